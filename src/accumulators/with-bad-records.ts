import { arraysOf, joinArrays } from '../core/arrays.js'
import { DataError } from '../core/errors.js'
import type { Accumulator, AttributionRecord } from '../core/types.js'
import { BadRecords } from '../stats/sums/bad-records.js'

/** More places than this are not kept: they take 9 MB, and more than that is no longer a quarantine. */
const MOST_PLACES = 1_000_000

export interface ScreenOptions {
  /** Whether the place of each bad record is kept. */
  readonly places: boolean
  /** More bad records than this end the run at once; it decides no result, so it is no part of `params`. */
  readonly most?: number | undefined
}

/** What the good records come to, and the count of the bad. */
export interface WithBadRecords<T> {
  readonly result: T
  readonly bad: BadRecords
}

/** The same accumulator over the good records alone; the bad are counted by model and reason. */
export function countingBadRecords<S, T>(
  inner: Accumulator<AttributionRecord, S, T>,
  { places, most = Number.POSITIVE_INFINITY }: ScreenOptions,
): Accumulator<AttributionRecord, { readonly inner: S; readonly bad: BadRecords }, WithBadRecords<T>> {
  const limit = places ? Math.min(most, MOST_PLACES) : most
  // Of this accumulator, over all its states: whatever they are merged into has met as many at least.
  let met = 0
  return {
    name: `screened | ${inner.name}`,
    params: { places, [inner.name]: inner.params },
    empty: () => ({ inner: inner.empty(), bad: new BadRecords() }),
    add(state, record) {
      const { fault } = record
      if (fault === undefined) {
        inner.add(state.inner, record)
        return
      }
      const { error, input, row } = fault
      const reason = error.reason ?? 'other'
      if (++met > limit) throw tooMany(met, limit, limit < most, error)
      state.bad.add(record.model ?? '', reason)
      if (places) state.bad.place(input, row, reason)
    },
    merge(into, from) {
      inner.merge(into.inner, from.inner)
      into.bad.merge(from.bad)
    },
    result: state => ({ result: inner.result(state.inner), bad: state.bad }),
    save: state =>
      joinArrays([
        ['good', inner.save(state.inner)],
        ['bad', state.bad.save()],
      ]),
    load: arrays => ({
      inner: inner.load(arraysOf('good', arrays)),
      bad: BadRecords.load(arraysOf('bad', arrays)),
    }),
  }
}

function tooMany(met: number, limit: number, full: boolean, last: DataError): DataError {
  const allowed = full ? `a quarantine holds ${limit}` : `--max-bad allows ${limit}`
  return new DataError(
    'record',
    `is bad record number ${met}, and ${allowed}: ${last.what.replace(/;[^;]*$/, '')}; repair the data${full ? ', or skip bad records' : ', or allow more'}`,
    {},
    last,
    last.reason,
  )
}
