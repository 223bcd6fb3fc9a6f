import type { Accumulator } from '../core/types.js'
import { isProjected } from '../dna/corrected-map.js'
import { GROUPS, groupOf } from '../core/hash.js'
import type { CorrectedRecord } from '../dna/records.js'
import { Counts } from '../stats/sums/counts.js'

export interface Tally {
  readonly records: number
  readonly positions: number
  /** Positions whose base is not A, C, G or T. */
  readonly unknownPositions: number
  /** Maps without a magnitude above 0: they add to the k-mer prior and to the counts, to nothing else. */
  readonly deadMaps: number
  /** Maps, not dead, with at most one non-zero channel at every position. */
  readonly projectedMaps: number
  /** Records of each of the 64 groups. */
  readonly groupRecords: Float64Array
}

const RECORDS = 0
const POSITIONS = 1
const UNKNOWN = 2
const DEAD = 3
const PROJECTED = 4

/** Counts of records and positions, by group of records. */
export function tally(): Accumulator<CorrectedRecord, Counts, Tally> {
  return {
    name: 'tally',
    params: null,
    empty: () => new Counts(GROUPS, 5),
    add(counts, { record, totals, dead }) {
      const group = groupOf(record.idHash)
      counts.add(group, RECORDS)
      counts.add(group, POSITIONS, record.sequence.length)
      if (totals.unknown > 0) counts.add(group, UNKNOWN, totals.unknown)
      if (dead) counts.add(group, DEAD)
      else if (isProjected(record.attribution)) counts.add(group, PROJECTED)
    },
    merge: (into, from) => into.merge(from),
    result(counts) {
      const sum = counts.sum()
      return {
        records: sum[RECORDS],
        positions: sum[POSITIONS],
        unknownPositions: sum[UNKNOWN],
        deadMaps: sum[DEAD],
        projectedMaps: sum[PROJECTED],
        groupRecords: Float64Array.from({ length: GROUPS }, (_, g) => counts.of(g)?.[RECORDS] ?? 0),
      }
    },
    save: counts => counts.save(),
    load: arrays => Counts.load(arrays, GROUPS, 5),
  }
}
