import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator, OpaqueAccumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import { jackknifeError } from '../stats/jackknife.js'
import { t95 } from '../stats/students-t.js'

/** A record, or what a stage made of one: groups of records are chosen by the hash of its id. */
export type Hashed = { readonly idHash: number } | { readonly record: { readonly idHash: number } }

/** A statistic of a population, with its error. */
export interface Estimate {
  /** Undefined if the statistic has no finite value. */
  readonly value: number | undefined
  /** Delete-a-group jackknife standard error; undefined with fewer than eight groups of records. */
  readonly se: number | undefined
  /** 95 % interval: value ± t · se, by Student's t with groups - 1 degrees of freedom. */
  readonly ci95: readonly [low: number, high: number] | undefined
  /** Groups of records that are not empty, at most 64. */
  readonly groups: number
}

/** Estimates of one statistic, or of several by name. */
export type Estimated<V> = V extends number | undefined ? Estimate : { readonly [name in keyof V]: Estimate }

/**
 * The same accumulator with error bars for any statistic of its result: records go to 64 groups by the hash of their id, the
 * statistic is worked out without each group in turn, and the spread of these values is its error. Memory is 64 states.
 *
 * Source: the delete-a-group jackknife, P. S. Kott, J. Official Statistics 17 (2001). Records, not positions, are the unit of
 * sampling.
 *
 * @param statistic Of the result over all records, or over those of 63 groups; several at once as an object of numbers.
 */
export function withErrors<
  R,
  S,
  T,
  V extends number | undefined | { readonly [name: string]: number | undefined },
>(
  accumulator: Accumulator<R, S, T>,
  statistic: (result: T) => V,
): Accumulator<R & Hashed, readonly (S | undefined)[], Estimated<V>> {
  type State = (S | undefined)[]
  /** All groups but one. */
  const without = (state: readonly (S | undefined)[], left: number) => {
    const all = accumulator.empty()
    for (const [group, of] of state.entries()) {
      if (of !== undefined && group !== left) accumulator.merge(all, of)
    }
    return statistic(accumulator.result(all))
  }
  return {
    name: `with-errors | ${accumulator.name}`,
    params: { groups: GROUPS, [accumulator.name]: accumulator.params },
    empty: () => Array.from({ length: GROUPS }),
    add(state, record) {
      const group = groupOf('idHash' in record ? record.idHash : record.record.idHash)
      accumulator.add(((state as State)[group] ??= accumulator.empty()), record)
    },
    merge(into, from) {
      for (const [group, of] of from.entries()) {
        if (of !== undefined) accumulator.merge(((into as State)[group] ??= accumulator.empty()), of)
      }
    },
    result(state) {
      const whole = without(state, -1)
      const groups = [...state.keys()].filter(group => state[group] !== undefined)
      const parts = groups.map(group => without(state, group))
      if (typeof whole !== 'object') return estimate(whole, parts as (number | undefined)[]) as Estimated<V>
      return Object.fromEntries(
        Object.entries(whole).map(([name, value]) => [
          name,
          estimate(
            value,
            parts.map(part => (part as { readonly [name: string]: number | undefined })[name]),
          ),
        ]),
      ) as Estimated<V>
    },
    save: state =>
      joinArrays(
        state.flatMap((of, group) =>
          of === undefined ? [] : [[`group${group}`, savedGroup(accumulator, of)]],
        ),
      ),
    load: arrays =>
      Array.from({ length: GROUPS }, (_, group) => {
        const of = arraysOf(`group${group}`, arrays)
        return 'present' in of ? accumulator.load(arraysOf('state', of)) : undefined
      }),
  }
}

/** A group's arrays, and a mark that it is not empty where its state has none. */
function savedGroup(accumulator: OpaqueAccumulator<never, unknown>, state: unknown) {
  return { present: Uint8Array.of(1), ...joinArrays([['state', accumulator.save(state)]]) }
}

function estimate(whole: number | undefined, parts: readonly (number | undefined)[]): Estimate {
  const value = whole !== undefined && Number.isFinite(whole) ? whole : undefined
  const se = jackknifeError(parts.map(part => part ?? Number.NaN))
  const reach = se === undefined ? Number.NaN : t95(parts.length - 1) * se
  return {
    value,
    se,
    ci95: value === undefined || Number.isNaN(reach) ? undefined : [value - reach, value + reach],
    groups: parts.length,
  }
}
