import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator, AttributionRecord } from '../core/types.js'
import { N } from '../dna/bases.js'
import { isProjected } from '../dna/corrected-map.js'
import { GROUPS, groupOf } from '../core/hash.js'
import { type ObservedBases, observedBases } from '../dna/observed-bases.js'
import type { RunsRecord } from '../dna/records.js'
import { Counts } from '../stats/sums/counts.js'
import { ExactSums } from '../stats/sums/exact-sums.js'

/** Sums over records, of all of them or of a group. */
export interface SupportSums {
  /** Records with attributed positions. */
  readonly records: number
  /** Sum over these of the share of attributed positions whose observed base has a corrected value above 0. */
  readonly positiveShares: number
  /** Attributed positions, and those whose observed base has the largest corrected value. */
  readonly positions: number
  readonly observed: number
}

export interface Support {
  readonly all: SupportSums
  /** The same by group of records. */
  readonly groups: readonly SupportSums[]
  /** Maps, not dead, without a value below 0. */
  readonly nonNegativeMaps: number
  /** Maps, not dead, whose observed base is 0 at every position, as in maps of differences from the sequence. */
  readonly observedZeroMaps: number
  /** Maps with exactly one 0 at every position, which is not always that of the observed base. */
  readonly zeroElsewhereMaps: number
  /** Projected maps with a channel that is not the observed base. */
  readonly projectedElsewhereMaps: number
}

interface State {
  readonly shares: ExactSums
  readonly counts: Counts
}

const RECORDS = 0
const POSITIONS = 1
const OBSERVED = 2
const NON_NEGATIVE = 3
const OBSERVED_ZERO = 4
const ZERO_ELSEWHERE = 5
const PROJECTED_ELSEWHERE = 6
const COUNTS = 7

/**
 * What maps say of the observed bases: whether they support the output, and whether maps and sequences belong together. Dead maps
 * add nothing.
 */
export function support(): Accumulator<RunsRecord, State, Support> {
  const found: ObservedBases = { positive: 0, largest: 0 }
  return {
    name: 'support',
    params: null,
    empty: () => ({ shares: new ExactSums(GROUPS), counts: new Counts(GROUPS, COUNTS) }),
    add({ shares, counts }, { record, dead, positions, attributed }) {
      if (dead) return
      const { attribution, sequence } = record
      const group = groupOf(record.idHash)
      if (attributed > 0) {
        observedBases(record, positions, attributed, found)
        shares.add(group, found.positive / attributed)
        counts.add(group, RECORDS)
        counts.add(group, POSITIONS, attributed)
        if (found.largest > 0) counts.add(group, OBSERVED, found.largest)
      }
      if (!hasNegative(attribution)) counts.add(group, NON_NEGATIVE)
      if (isProjectedElsewhere(record)) counts.add(group, PROJECTED_ELSEWHERE)
      const zeros = describeZeros(attribution, sequence)
      if (zeros === 'observed') counts.add(group, OBSERVED_ZERO)
      else if (zeros === 'elsewhere') counts.add(group, ZERO_ELSEWHERE)
    },
    merge(into, from) {
      into.shares.merge(from.shares)
      into.counts.merge(from.counts)
    },
    result({ shares, counts }) {
      const each = shares.values()
      const sum = counts.sum()
      return {
        all: sumsOf(shares.fold(1).values()[0], sum),
        groups: Array.from({ length: GROUPS }, (_, g) => sumsOf(each[g], counts.of(g) ?? NONE)),
        nonNegativeMaps: sum[NON_NEGATIVE],
        observedZeroMaps: sum[OBSERVED_ZERO],
        zeroElsewhereMaps: sum[ZERO_ELSEWHERE],
        projectedElsewhereMaps: sum[PROJECTED_ELSEWHERE],
      }
    },
    save: ({ shares, counts }) =>
      joinArrays([
        ['shares', shares.save()],
        ['counts', counts.save()],
      ]),
    load: arrays => ({
      shares: ExactSums.load(arraysOf('shares', arrays), GROUPS),
      counts: Counts.load(arraysOf('counts', arrays), GROUPS, COUNTS),
    }),
  }
}

const NONE = new Float64Array(COUNTS)

function sumsOf(positiveShares: number, counts: ArrayLike<number>): SupportSums {
  return {
    records: counts[RECORDS],
    positiveShares,
    positions: counts[POSITIONS],
    observed: counts[OBSERVED],
  }
}

type MapOfSequence = Pick<AttributionRecord, 'sequence' | 'attribution'>

/** Whether any value is below 0. */
function hasNegative(attribution: Float32Array | Float64Array): boolean {
  for (let p = 0; p < attribution.length; p++) if (attribution[p] < 0) return true
  return false
}

/**
 * Where a map has its zeros: `observed`, if the observed base is 0 at every position, as in the differences that in-silico
 * mutagenesis gives; `elsewhere`, if every position has exactly one 0, but not always at the observed base; undefined for other
 * maps. N positions do not count.
 */
function describeZeros(
  attribution: Float32Array | Float64Array,
  sequence: Uint8Array,
): 'observed' | 'elsewhere' | undefined {
  let observed = true
  let single = true
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    const base = sequence[i]
    if (base >= N) continue
    if (attribution[p + base] !== 0) observed = false
    const zeros =
      (attribution[p] === 0 ? 1 : 0) +
      (attribution[p + 1] === 0 ? 1 : 0) +
      (attribution[p + 2] === 0 ? 1 : 0) +
      (attribution[p + 3] === 0 ? 1 : 0)
    if (zeros !== 1) single = false
    if (!observed && !single) return undefined
  }
  return observed ? 'observed' : 'elsewhere'
}

/**
 * Whether a projected map (attribution times one-hot: at most one channel of a position is not 0) has a channel that is not the
 * observed base: then it belongs to another sequence.
 */
function isProjectedElsewhere({ sequence, attribution }: MapOfSequence): boolean {
  for (let i = 0, p = 0; i < sequence.length; i++, p += 4) {
    const base = sequence[i]
    if (base >= N) continue
    for (let b = 0; b < 4; b++) if (b !== base && attribution[p + b] !== 0) return isProjected(attribution)
  }
  return false
}
