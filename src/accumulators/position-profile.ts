import type { Accumulator, Arrays } from '../core/types.js'
import type { Basis } from '../dna/basis.js'
import { PositionSums, COORDINATE_UNIT } from '../dna/position-sums.js'
import type { CorrectedRecord } from '../dna/records.js'

/** What the maps of a population have in common by position. */
export interface PositionProfile {
  /** Mean cosine between the corrected maps of different records. */
  readonly constantShare: number
  /** Share of positions whose magnitude is 0 in at least 99 % of the maps. */
  readonly unseenShare: number
}

interface State {
  /** NONE before the first live record, MIXED if they differ in length or are too long. */
  sums: PositionSums | typeof NONE | typeof MIXED
  records: number
}

const NONE = 0
const MIXED = -1
/** Longer maps would take more memory than the rest of a state. */
const LONGEST = 16_384
const UNSEEN = 0.99

/**
 * How alike maps are position by position, whatever their sequences: the mean cosine between the corrected maps of different
 * records, (|sum u|^2 - n) / (n (n - 1)) with u = c / |c|, and the positions that a network does not see. Coordinates of u are
 * rounded to 2^-30. Dead maps add nothing; undefined if records differ in length, are longer than 16,384 or fewer than two.
 */
export function positionProfile(options: {
  basis: Basis
}): Accumulator<CorrectedRecord, State, PositionProfile | undefined> {
  const { basis } = options
  return {
    name: 'position-profile',
    params: { basis },
    empty: () => ({ sums: NONE, records: 0 }),
    add(state, { record: { sequence }, corrected, totals, dead }) {
      if (dead) return
      const sums = roomFor(state, sequence.length)
      if (sums === undefined) return
      state.records++
      sums.add(corrected, sequence, totals, basis)
    },
    merge(into, from) {
      if (from.sums === NONE) return
      if (from.sums === MIXED) Object.assign(into, { sums: MIXED, records: 0 })
      else {
        const sums = roomFor(into, from.sums.length)
        if (sums === undefined) return
        into.records += from.records
        sums.merge(from.sums)
      }
    },
    result({ sums, records: n }) {
      if (typeof sums === 'number' || n < 2) return undefined
      let square = 0
      for (const sum of sums.coordinates()) square += (sum / COORDINATE_UNIT) ** 2
      let unseen = 0
      for (const zeros of sums.zeros) if (zeros >= UNSEEN * n) unseen++
      return { constantShare: (square - n) / (n * (n - 1)), unseenShare: unseen / sums.length }
    },
    save: ({ sums, records }): Arrays =>
      typeof sums === 'number'
        ? { shape: Float64Array.of(sums, records), sums: NOTHING, zeros: NOTHING }
        : {
            shape: Float64Array.of(sums.length, records),
            sums: sums.coordinates(),
            zeros: Float64Array.from(sums.zeros),
          },
    load({ shape, sums, zeros }) {
      const [length, records] = shape
      const size = Math.max(0, length)
      if (sums.length !== 3 * size || zeros.length !== size) {
        throw new RangeError(`saved profile does not have ${size} positions`)
      }
      return {
        sums:
          length === NONE || length === MIXED
            ? length
            : PositionSums.load(sums as Float64Array, zeros as Float64Array),
        records,
      }
    },
  }
}

const NOTHING = new Float64Array(0)

/** The sums of records of that length; undefined if there are others already, or they are too long. */
function roomFor(state: State, length: number): PositionSums | undefined {
  const { sums } = state
  if (sums === NONE && length <= LONGEST) {
    const first = new PositionSums(length)
    state.sums = first
    return first
  }
  if (typeof sums !== 'number' && sums.length === length) return sums
  if (sums !== MIXED) Object.assign(state, { sums: MIXED, records: 0 })
  return undefined
}
