import { badRecord, DataError } from '../core/errors.js'
import { N } from './bases.js'
import { type Basis, basisRows } from './basis.js'
import { allocateSquares, type Squares } from './selector.js'

/** The corrected map of a record as arrays indexed by position; longer than L where they are reused. */
export interface CorrectedArrays {
  /** Squared magnitude of the corrected vector; -1 at N. */
  readonly squares: Squares
  /** Coordinates of the corrected vector in the basis asked for. */
  readonly e1: Float64Array
  readonly e2: Float64Array
  readonly e3: Float64Array
}

/** What the kernel tells of the whole map, N positions left out. */
export interface CorrectedTotals {
  /** Sum of the magnitudes. */
  magnitude: number
  /** Sum of the squared magnitudes. */
  square: number
  /** Number of N. */
  unknown: number
}

export function allocateCorrected(length: number): CorrectedArrays {
  return {
    squares: allocateSquares(length),
    e1: new Float64Array(length),
    e2: new Float64Array(length),
    e3: new Float64Array(length),
  }
}

/** Writes the corrected map of a record; false where a value is NaN or infinite, or too large to square. */
export type CorrectMap = (
  attribution: Float32Array | Float64Array,
  sequence: Uint8Array,
  out: CorrectedArrays,
  totals: CorrectedTotals,
) => boolean

/**
 * The function that takes the mean over bases off every position (gradient correction) and writes magnitudes and
 * coordinates in a basis.
 *
 * Sums over bases run in the order A C G T, as NumPy's do over a last axis of four, so that magnitudes equal there are
 * equal here.
 */
export function mapCorrector(basis: Basis): CorrectMap {
  const [[, b1], [b2, , g2], [b3, , , t3]] = basisRows(basis)
  return (attribution, sequence, out, totals) => {
    const { e1, e2, e3 } = out
    const squares = out.squares.values
    const length = sequence.length
    let magnitude = 0
    let square = 0
    for (let i = 0, p = 0; i < length; i++, p += 4) {
      let a = attribution[p]
      let c = attribution[p + 1]
      let g = attribution[p + 2]
      let t = attribution[p + 3]
      const mean = (a + c + g + t) * 0.25
      a -= mean
      c -= mean
      g -= mean
      t -= mean
      const s = a * a + c * c + g * g + t * t
      squares[i] = s
      square += s
      magnitude += Math.sqrt(s)
      const ac = a + c
      e1[i] = (c - a) * b1
      e2[i] = ac * b2 + g * g2
      e3[i] = (ac + g) * b3 + t * t3
    }
    totals.magnitude = magnitude
    totals.square = square
    totals.unknown = 0
    if (!(square < Number.POSITIVE_INFINITY)) return false
    leaveOutUnknown(sequence, squares, totals)
    return true
  }
}

/**
 * Takes the mean over bases off every position of a map. Error: `record`, where a value is NaN or infinite, or too large to
 * square.
 */
export function correctValues(attribution: Float32Array | Float64Array, out: Float64Array): void {
  let square = 0
  for (let p = 0; p < attribution.length; p += 4) {
    const mean = (attribution[p] + attribution[p + 1] + attribution[p + 2] + attribution[p + 3]) * 0.25
    for (let b = 0; b < 4; b++) {
      out[p + b] = attribution[p + b] - mean
      square += out[p + b] * out[p + b]
    }
  }
  if (!(square < Number.POSITIVE_INFINITY)) throw unusableValue(attribution)
}

/** Marks N positions in `squares`; where there are any, totals are summed again without them. */
function leaveOutUnknown(sequence: Uint8Array, squares: Float64Array, totals: CorrectedTotals): void {
  const length = sequence.length
  const whole = length & ~3
  let any = 0
  for (let i = 0; i < whole; i += 4) any |= sequence[i] | sequence[i + 1] | sequence[i + 2] | sequence[i + 3]
  for (let i = whole; i < length; i++) any |= sequence[i]
  if (any < N) return
  let unknown = 0
  for (let i = 0; i < length; i++) unknown += sequence[i] >> 2
  let magnitude = 0
  let square = 0
  for (let i = 0; i < length; i++) {
    if (sequence[i] === N) squares[i] = -1
    else {
      square += squares[i]
      magnitude += Math.sqrt(squares[i])
    }
  }
  totals.magnitude = magnitude
  totals.square = square
  totals.unknown = unknown
}

/** The error for a map that was refused: names the first position and base at fault. */
export function unusableValue(attribution: Float32Array | Float64Array): DataError {
  for (let p = 0; p < attribution.length; p++) {
    if (!Number.isFinite(attribution[p])) {
      return badRecord(
        'not-finite',
        `attribution at position ${p >> 2}, base ${'ACGT'[p & 3]} is ${attribution[p]}, expected a finite number; dump the map again or leave the record out`,
      )
    }
  }
  return badRecord(
    'overflow',
    'attribution holds values whose squares overflow, expected magnitudes below 1e150; scale the map down',
  )
}

/** Whether every position has at most one non-zero channel: attribution times one-hot. */
export function isProjected(attribution: Float32Array | Float64Array): boolean {
  for (let p = 0; p < attribution.length; p += 4) {
    let channels = 0
    if (attribution[p] !== 0) channels++
    if (attribution[p + 1] !== 0) channels++
    if (attribution[p + 2] !== 0) channels++
    if (attribution[p + 3] !== 0) channels++
    if (channels > 1) return false
  }
  return true
}
