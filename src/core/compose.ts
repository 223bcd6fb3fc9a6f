import { arraysOf, joinArrays } from './arrays.js'
import { partError } from './errors.js'
import type { Accumulator, AnyAccumulator, Json, OpaqueAccumulator, Stage } from './types.js'

/**
 * Stages in a row as one stage: what comes out of each goes into the next. With an accumulator as the last part, an
 * accumulator of what comes out of the stages.
 *
 * @example
 * ```ts
 * import { correct, kmerSpectrum, listRuns, pipe, selectRuns } from 'attrstream'
 *
 * const rows = pipe(correct(), selectRuns({ q: 0.95 }), listRuns()) // a stage
 * const kmers = pipe(correct(), selectRuns({ q: 0.95 }), kmerSpectrum({ k: 5 })) // an accumulator
 * console.log(rows.name, kmers.name)
 * ```
 */
export function pipe<A, B, C>(a: Stage<A, B>, b: Stage<B, C>): Stage<A, C>
export function pipe<A, B, S, T>(a: Stage<A, B>, last: Accumulator<B, S, T>): Accumulator<A, S, T>
export function pipe<A, B, C, D>(a: Stage<A, B>, b: Stage<B, C>, c: Stage<C, D>): Stage<A, D>
export function pipe<A, B, C, S, T>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  last: Accumulator<C, S, T>,
): Accumulator<A, S, T>
export function pipe<A, B, C, D, E>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
): Stage<A, E>
export function pipe<A, B, C, D, S, T>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  last: Accumulator<D, S, T>,
): Accumulator<A, S, T>
export function pipe<A, B, C, D, E, S, T>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
  last: Accumulator<E, S, T>,
): Accumulator<A, S, T>
export function pipe(first: AnyStage, ...others: readonly (AnyStage | AnyAccumulator)[]) {
  const last = others.at(-1)
  if (last === undefined) return first
  if (!('empty' in last)) return (others as AnyStage[]).reduce(pipeTwo, first)
  return after((others.slice(0, -1) as AnyStage[]).reduce(pipeTwo, first), last)
}

// oxlint-disable-next-line typescript/no-explicit-any -- the overloads of `pipe` have the types
type AnyStage = Stage<any, any>

function pipeTwo<A, B, C>(first: Stage<A, B>, second: Stage<B, C>): Stage<A, C> {
  return {
    name: `${first.name} | ${second.name}`,
    params: { [first.name]: first.params, [second.name]: second.params },
    connect: next => connectStage(first, connectStage(second, next)),
  }
}

/** A stage, connected; what it throws is reported with its name. */
export function connectStage<A, B>(stage: Stage<A, B>, next: (record: B) => void): (record: A) => void {
  const take = stage.connect(next)
  return record => {
    try {
      take(record)
    } catch (error) {
      throw partError(`stage ${stage.name}`, error)
    }
  }
}

/** The function that adds a record to a state; what the accumulator throws is reported with its name. */
export function adderOf<R, S>(accumulator: Accumulator<R, S, unknown>): (state: S, record: R) => void {
  const add = accumulator.add.bind(accumulator)
  return (state, record) => {
    try {
      add(state, record)
    } catch (error) {
      throw partError(`accumulator ${accumulator.name}`, error)
    }
  }
}

/** The stage that hands every record on as it is. */
export function identity<A>(): Stage<A> {
  return { name: 'identity', params: null, connect: next => next }
}

/** An accumulator that keeps nothing. */
export function nothing<R>(): Accumulator<R, null, undefined> {
  return {
    name: 'nothing',
    params: null,
    empty: () => null,
    add: () => {},
    merge: () => {},
    result: () => undefined,
    save: () => ({}),
    load: () => null,
  }
}

/** An accumulator of what comes out of a stage. */
function after<A, B, S, T>(stage: Stage<A, B>, accumulator: Accumulator<B, S, T>): Accumulator<A, S, T> {
  let current: S | undefined
  const add = adderOf(accumulator)
  const push = connectStage(stage, record => add(current as S, record))
  return {
    ...accumulator,
    name: `${stage.name} | ${accumulator.name}`,
    params: { [stage.name]: stage.params, [accumulator.name]: accumulator.params },
    add(state, record) {
      current = state
      push(record)
      current = undefined // who keeps the accumulator does not keep a state
    },
  }
}

/**
 * The same accumulator with another result.
 *
 * @example
 * ```ts
 * import { correct, mapResult, openMaps, pipe, run, tally } from 'attrstream'
 *
 * const positions = mapResult(pipe(correct(), tally()), ({ positions }) => positions)
 * console.log(await run(await openMaps('maps.parquet'), positions))
 * ```
 */
export function mapResult<R, S, T, U>(
  accumulator: Accumulator<R, S, T>,
  how: (result: T) => U,
): Accumulator<R, S, U> {
  return { ...accumulator, result: state => how(accumulator.result(state)) }
}

/** Members that may be missing: the result of one that is missing is undefined. */
type Given<M> = {
  [K in keyof M]: Extract<M[K], undefined | false> extends never
    ? M[K]
    : Exclude<M[K], undefined | false> extends OpaqueAccumulator<infer R, infer T>
      ? OpaqueAccumulator<R, T | undefined>
      : never
}

/** The members that are there, for `together`: those that are undefined or false add nothing and have no result. */
export function given<M extends { readonly [name: string]: AnyAccumulator | undefined | false }>(
  members: M,
): Given<M> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member)) as Given<M>
}

type StatesOf<M> = { [K in keyof M]: M[K] extends Accumulator<infer _R, infer S, infer _T> ? S : never }
type ResultsOf<M> = { [K in keyof M]: M[K] extends Accumulator<infer _R, infer _S, infer T> ? T : never }

/** Several accumulators as one: each sees every record, and the result has each one's under its name. */
export function together<R, M extends { readonly [name: string]: OpaqueAccumulator<R, unknown> }>(
  members: M & { readonly [name: string]: OpaqueAccumulator<R, unknown> },
): Accumulator<R, StatesOf<M>, ResultsOf<M>> {
  const names = Object.keys(members)
  const list = names.map(name => members[name])
  const each = <V>(make: (member: OpaqueAccumulator<R, unknown>, name: string) => V) =>
    Object.fromEntries(list.map((member, i) => [names[i], make(member, names[i])]))
  const adders = list.map(member => adderOf(member))
  // States are changed in place, so that their list is good for as long as the state is the same one.
  let current: StatesOf<M> | undefined
  let states: unknown[] = []
  /** Nor is it kept once something is made of it. */
  const forget = () => {
    current = undefined
    states = []
  }
  const params: { [name: string]: Json } = each(member => ({ [member.name]: member.params }))
  return {
    name: 'together',
    params,
    empty: () => each(member => member.empty()) as StatesOf<M>,
    add(state, record) {
      if (state !== current) {
        current = state
        states = names.map(name => state[name])
      }
      for (let i = 0; i < adders.length; i++) adders[i](states[i], record)
    },
    merge(into, from) {
      for (const name of names) members[name].merge(into[name], from[name])
    },
    result(state) {
      forget()
      return each((member, name) => member.result(state[name])) as ResultsOf<M>
    },
    save(state) {
      forget()
      return joinArrays(names.map(name => [name, members[name].save(state[name])]))
    },
    load: arrays => each((member, name) => member.load(arraysOf(name, arrays))) as StatesOf<M>,
  }
}

/**
 * One accumulator for each value of a key, made when the value is first met; the result is a map from value to result,
 * in the order of the values.
 *
 * @param params Everything that changes the meaning of `key` and `make`: states merge only where it is equal.
 *
 * @example
 * ```ts
 * import { correct, groupBy, openMaps, pipe, run, tally } from 'attrstream'
 *
 * const halves = groupBy(({ idHash }) => (idHash & 1 ? 'odd' : 'even'), () => pipe(correct(), tally()), 'parity')
 * const tallies = await run(await openMaps('maps.parquet'), halves)
 * console.log(tallies.get('odd')?.records)
 * ```
 */
export function groupBy<R, S, T>(
  key: (record: R) => string,
  make: (value: string) => Accumulator<R, S, T>,
  params: Json,
): Accumulator<R, Map<string, S>, Map<string, T>> {
  const made = new Map<string, Accumulator<R, S, T> & { readonly put: (state: S, record: R) => void }>()
  const of = (value: string) => {
    let accumulator = made.get(value)
    if (accumulator === undefined) {
      const plain = make(value)
      accumulator = { ...plain, put: adderOf(plain) }
      made.set(value, accumulator)
    }
    return accumulator
  }
  const sorted = (state: Map<string, S>) => [...state.keys()].toSorted()
  return {
    name: 'by',
    params,
    empty: () => new Map(),
    add(state, record) {
      const value = key(record)
      const accumulator = of(value)
      let inner = state.get(value)
      if (inner === undefined) state.set(value, (inner = accumulator.empty()))
      accumulator.put(inner, record)
    },
    merge(into, from) {
      for (const [value, state] of from) {
        const accumulator = of(value)
        let inner = into.get(value)
        if (inner === undefined) into.set(value, (inner = accumulator.empty()))
        accumulator.merge(inner, state)
      }
    },
    result: state => new Map(sorted(state).map(value => [value, of(value).result(state.get(value) as S)])),
    save: state =>
      joinArrays(
        sorted(state).map(value => [encodeURIComponent(value), of(value).save(state.get(value) as S)]),
      ),
    load(arrays) {
      const values = new Set(
        Object.keys(arrays).map(name => decodeURIComponent(name.slice(0, name.indexOf('/')))),
      )
      return new Map(
        [...values].map(value => [value, of(value).load(arraysOf(encodeURIComponent(value), arrays))]),
      )
    },
  }
}
