import type { Accumulator, Arrays } from '../core/types.js'
import type { Basis } from '../dna/basis.js'
import type { CorrectedRecord } from '../dna/records.js'

/** What the maps of a population have in common by position. */
export interface PositionProfile {
  /** Mean cosine between the corrected maps of different records. */
  readonly constantShare: number
  /** Share of positions whose magnitude is 0 in at least 99 % of the maps. */
  readonly unseenShare: number
}

interface State {
  /** Length of all live records: NONE before the first, MIXED if they differ or are too long. */
  length: number
  records: number
  /** Sum over records of the unit map's three coordinates, in whole units of 2^-30: [3 i + coordinate]. */
  sums: Float64Array
  /** Records whose magnitude at a position is 0. */
  zeros: Float64Array
}

const NONE = 0
const MIXED = -1
/** Longer maps would take more memory than the rest of a state. */
const LONGEST = 16_384
/** Unit of the coordinates, so that their sums are whole numbers, which add up the same in any order. */
const UNIT = 2 ** 30
/** Adding and subtracting it rounds a double below 2^51 to a whole number. */
const ROUND = 1.5 * 2 ** 52
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
  const add = basis === 'gram-schmidt' ? addOrthonormal : addPublished
  return {
    name: 'position-profile',
    params: { basis },
    empty: () => stateOf(NONE),
    add(state, { record, corrected, totals, dead }) {
      if (dead) return
      const { length } = record.sequence
      if (state.length !== length && !start(state, length)) return
      state.records++
      add(state, corrected, UNIT / Math.sqrt(totals.square), record.sequence)
      const { zeros } = state
      const { values } = corrected.squares
      for (let i = 0; i < length; i++) zeros[i] += values[i] === 0 ? 1 : 0
    },
    merge(into, from) {
      if (from.length === NONE) return
      if (from.length === MIXED) Object.assign(into, stateOf(MIXED))
      else if (into.length === from.length || start(into, from.length)) {
        into.records += from.records
        for (let i = 0; i < from.sums.length; i++) into.sums[i] += from.sums[i]
        for (let i = 0; i < from.zeros.length; i++) into.zeros[i] += from.zeros[i]
      }
    },
    result({ length, records: n, sums, zeros }) {
      if (length <= 0 || n < 2) return undefined
      let square = 0
      for (let i = 0; i < sums.length; i++) square += (sums[i] / UNIT) ** 2
      let unseen = 0
      for (let i = 0; i < length; i++) if (zeros[i] >= UNSEEN * n) unseen++
      return { constantShare: (square - n) / (n * (n - 1)), unseenShare: unseen / length }
    },
    save: ({ length, records, sums, zeros }): Arrays => ({
      shape: Float64Array.of(length, records),
      sums: sums.slice(),
      zeros: zeros.slice(),
    }),
    load({ shape, sums, zeros }) {
      const [length, records] = shape
      const size = Math.max(0, length)
      if (sums.length !== 3 * size || zeros.length !== size) {
        throw new RangeError(`saved profile does not have ${size} positions`)
      }
      return { length, records, sums: Float64Array.from(sums), zeros: Float64Array.from(zeros) }
    },
  }
}

function stateOf(length: number): State {
  const size = Math.max(0, length)
  return { length, records: 0, sums: new Float64Array(3 * size), zeros: new Float64Array(size) }
}

/** Makes room for records of that length; false if there are others already, or they are too long. */
function start(state: State, length: number): boolean {
  const fits = state.length === NONE && length <= LONGEST
  if (state.length !== MIXED) Object.assign(state, stateOf(fits ? length : MIXED))
  return fits
}

type Coordinates = Pick<CorrectedRecord['corrected'], 'e1' | 'e2' | 'e3'>

function addOrthonormal(
  { sums, length }: State,
  { e1, e2, e3 }: Coordinates,
  scale: number,
  sequence: Uint8Array,
): void {
  for (let i = 0, at = 0; i < length; i++, at += 3) {
    if (sequence[i] > 3) continue
    sums[at] += e1[i] * scale + ROUND - ROUND
    sums[at + 1] += e2[i] * scale + ROUND - ROUND
    sums[at + 2] += e3[i] * scale + ROUND - ROUND
  }
}

/** The published basis lacks a term of e2: (-x - y + 2z)/√6 is 3 times it, less e3/√2. */
function addPublished(
  { sums, length }: State,
  { e1, e2, e3 }: Coordinates,
  scale: number,
  sequence: Uint8Array,
): void {
  for (let i = 0, at = 0; i < length; i++, at += 3) {
    if (sequence[i] > 3) continue
    sums[at] += e1[i] * scale + ROUND - ROUND
    sums[at + 1] += (3 * e2[i] - e3[i] * Math.SQRT1_2) * scale + ROUND - ROUND
    sums[at + 2] += e3[i] * scale + ROUND - ROUND
  }
}
