import { DataError } from '../core/errors.js'
import type { AnyAccumulator, Arrays } from '../core/types.js'

/** A law of accumulators that does not hold, and on what it was found. */
export interface BrokenLaw {
  readonly law: string
  readonly found: string
}

/** A random number generator in [0, 1). */
export type RandomFraction = () => number

/**
 * The first law of accumulators that does not hold on some records: that all splits, orders and merge trees give the bytes of one
 * fold; that merging an empty state changes nothing, whichever way; that `load(save(s))` is s; that `merge` leaves `from`, and
 * `result` the state, as they are. Undefined if all hold.
 *
 * @param add Adds record number i to a state: records are views, so each is read again.
 */
export function brokenLaw(
  accumulator: AnyAccumulator,
  count: number,
  add: (state: unknown, record: number) => void,
  random: RandomFraction,
  plans: number,
): BrokenLaw | undefined {
  const saved = (state: unknown) => bytesOf(accumulator.save(state))
  const foldOf = (records: Iterable<number>): unknown => {
    const state: unknown = accumulator.empty()
    for (const record of records) add(state, record)
    return state
  }
  const all = Array.from({ length: count }, (_, i) => i)
  const whole = foldOf(all)
  const bytes = saved(whole)
  const differs = (law: string, state: unknown): BrokenLaw | undefined => {
    const other = saved(state)
    const name = Object.keys({ ...bytes, ...other }).find(key => bytes[key] !== other[key])
    return name === undefined ? undefined : { law, found: `array ${name} of the saved state differs` }
  }

  const again = differs('folding the same records again gives the same state', foldOf(all))
  if (again !== undefined) return again
  const loaded: unknown = accumulator.load(accumulator.save(whole))
  const kept = differs('load(save(state)) is the state', loaded)
  if (kept !== undefined) return kept
  accumulator.merge(whole, accumulator.empty())
  const into = differs('merging an empty state changes nothing', whole)
  if (into !== undefined) return into
  const none: unknown = accumulator.empty()
  accumulator.merge(none, whole)
  const from =
    differs('merging into an empty state gives the other state', none) ??
    differs('merge leaves the state that it adds as it is', whole)
  if (from !== undefined) return from
  accumulator.result(whole)
  const read = differs('result leaves the state as it is', whole)
  if (read !== undefined) return read

  for (let plan = 0; plan < plans; plan++) {
    const parts = 2 + Math.floor(random() * 5)
    const shards = Array.from({ length: parts }, (): number[] => [])
    for (const record of shuffled(all, random)) shards[Math.floor(random() * parts)].push(record)
    const states = shards.map(foldOf)
    while (states.length > 1) {
      const [other] = states.splice(Math.floor(random() * states.length), 1)
      const target = Math.floor(random() * states.length)
      const restored = random() < 0.5
      const into: unknown = restored ? accumulator.load(accumulator.save(states[target])) : states[target]
      const before = saved(other)
      accumulator.merge(into, other)
      if (JSON.stringify(saved(other)) !== JSON.stringify(before)) {
        return {
          law: 'merge leaves the state that it adds as it is',
          found: `plan ${plan} of ${parts} parts`,
        }
      }
      states[target] = into
    }
    const broken = differs('any split, order and merge tree gives the state of one fold', states[0])
    if (broken !== undefined)
      return { ...broken, found: `${broken.found} in plan ${plan}, of ${parts} parts` }
  }
  return undefined
}

/** The error of a broken law. */
export function lawError(output: string, accumulator: string, { law, found }: BrokenLaw): DataError {
  return new DataError(
    'stage',
    `output ${output}: accumulator ${accumulator} breaks a law: ${law}; ${found}. Add in whole numbers or by sums(), and keep no state outside the state`,
  )
}

function bytesOf(arrays: Arrays): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { buffer, byteOffset, byteLength } = array
      return [
        name,
        `${array.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString('latin1')}`,
      ]
    }),
  )
}

function shuffled<T>(items: readonly T[], random: RandomFraction): T[] {
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j], list[i]]
  }
  return list
}
