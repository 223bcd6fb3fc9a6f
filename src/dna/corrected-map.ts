import { badRecord, DataError } from '../core/errors.js'
import { addressOf, doubles, isReached, type Kernels, kernels } from '../kernels/kernels.js'
import { hasUnknown, N } from './bases.js'
import { type Basis, basisRows } from './basis.js'

/** Squared lengths by position, -1 where a position has none. */
export interface Squares {
  readonly values: Float64Array
  /** Where the values lie for kernels; 0 where they cannot reach them. */
  readonly address: number
}

/** Room for the squared lengths of this many positions, in memory that kernels reach if there is any. */
export function allocateSquares(length: number): Squares {
  const values = doubles((length + 3) & ~3)
  return { values, address: addressOf(values) }
}

/** Coordinates of vectors, indexed by position; longer than L where they are reused. */
export interface Vectors {
  readonly e1: Float64Array
  readonly e2: Float64Array
  readonly e3: Float64Array
  /** Where they lie for kernels, with room for whole fours of positions; undefined where kernels cannot reach them. */
  readonly at: { readonly e1: number; readonly e2: number; readonly e3: number } | undefined
}

/** The corrected map of a record: its vectors in the basis asked for, and how long they are. */
export interface CorrectedArrays extends Vectors {
  /** Squared magnitudes; -1 at N. */
  readonly squares: Squares
  /** Magnitudes, also at N. */
  readonly magnitudes: Float64Array
  /** The same for the magnitudes of the vectors. */
  readonly at: (NonNullable<Vectors['at']> & { readonly magnitudes: number }) | undefined
}

/** What the kernel tells of the whole map, N positions left out. */
export interface CorrectedTotals {
  /** Sum of the magnitudes. */
  magnitude: number
  /** Sum of the squared magnitudes. */
  square: number
  /** Number of N. */
  unknown: number
  /** What the map was multiplied by before, a power of two: 1, except for one so small that its squares would vanish. */
  scale: number
}

/** Maps whose squares sum to less are multiplied by `TINY_SCALE` first. Floats and halves are never so small. */
const TINY = 2 ** -900
const TINY_SCALE = 2 ** 600

/** Room for the corrected map of a record of that length, where kernels reach it if they can. */
export function allocateCorrected(length: number): CorrectedArrays {
  const magnitudes = doubles((length + 3) & ~3)
  return withVectors({ squares: allocateSquares(length), magnitudes }, allocateVectors(length))
}

/** Those vectors with the magnitudes of a map. */
export function withVectors(
  { squares, magnitudes }: Pick<CorrectedArrays, 'squares' | 'magnitudes'>,
  { e1, e2, e3, at }: Vectors,
): CorrectedArrays {
  const address = addressOf(magnitudes)
  const isReached = at !== undefined && squares.address !== 0 && address !== 0
  return { squares, magnitudes, e1, e2, e3, at: isReached ? { ...at, magnitudes: address } : undefined }
}

/** Room for the vectors of this many positions, the same way. */
export function allocateVectors(length: number): Vectors {
  const whole = (length + 3) & ~3
  const [e1, e2, e3] = [doubles(whole), doubles(whole), doubles(whole)]
  const at = { e1: addressOf(e1), e2: addressOf(e2), e3: addressOf(e3) }
  return { e1, e2, e3, at: at.e1 && at.e2 && at.e3 ? at : undefined }
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
 * equal here. Totals are of the even positions and of the odd ones, then of both: so two positions are summed at a time.
 */
export function mapCorrector(basis: Basis): CorrectMap {
  const rows = basisRows(basis)
  const correct = (
    attribution: Float32Array | Float64Array,
    length: number,
    out: CorrectedArrays,
    totals: CorrectedTotals,
  ) => {
    const input = out.at && reachedInput(attribution)
    if (kernels === undefined || out.at === undefined || input === undefined)
      correctHere(rows, attribution, length, out, totals)
    else correctByKernel(kernels, rows, input, length, out.squares.address, out.at, totals)
  }
  return (attribution, sequence, out, totals) => {
    const { length } = sequence
    correct(attribution, length, out, totals)
    totals.unknown = 0
    totals.scale = 1
    if (
      totals.square < TINY &&
      attribution instanceof Float64Array &&
      attribution.some(value => value !== 0)
    ) {
      correct(scaledUp(attribution), length, out, totals)
      totals.scale = TINY_SCALE
      // Large values that are the same for all bases: there is nothing to scale.
      if (!(totals.square < Number.POSITIVE_INFINITY)) {
        correct(attribution, length, out, totals)
        totals.scale = 1
      }
    }
    if (!(totals.square < Number.POSITIVE_INFINITY)) return false
    leaveOutUnknown(sequence, out, totals)
    return true
  }
}

/** Room for a map that is multiplied. */
let larger = doubles(0)

function scaledUp(attribution: Float64Array): Float64Array {
  if (larger.length < attribution.length) larger = doubles(attribution.length)
  const scaled = larger.subarray(0, attribution.length)
  for (let p = 0; p < scaled.length; p++) scaled[p] = attribution[p] * TINY_SCALE
  return scaled
}

/** Multiplies a map by a power of two where its squares would vanish otherwise; what by. */
export function scaleUp(values: Float64Array): number {
  let square = 0
  for (const value of values) square += value * value
  if (!(square < TINY)) return 1
  for (let p = 0; p < values.length; p++) values[p] *= TINY_SCALE
  return TINY_SCALE
}

type Rows = ReturnType<typeof basisRows>

function correctHere(
  [[, b1], [b2, , g2], [b3, , , t3]]: Rows,
  attribution: Float32Array | Float64Array,
  length: number,
  { squares: { values: squares }, magnitudes, e1, e2, e3 }: CorrectedArrays,
  totals: CorrectedTotals,
): void {
  let magnitude = 0
  let otherMagnitude = 0
  let square = 0
  let otherSquare = 0
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
    const squareSoFar = otherSquare + s
    otherSquare = square
    square = squareSoFar
    const root = Math.sqrt(s)
    magnitudes[i] = root
    const magnitudeSoFar = otherMagnitude + root
    otherMagnitude = magnitude
    magnitude = magnitudeSoFar
    const ac = a + c
    e1[i] = (c - a) * b1
    e2[i] = ac * b2 + g * g2
    e3[i] = (ac + g) * b3 + t * t3
  }
  totals.magnitude = magnitude + otherMagnitude
  totals.square = square + otherSquare
}

/** Room for a map that kernels can reach, as doubles and as floats. */
let room = doubles(0)
let roomOfFloats: Float32Array = new Float32Array(0)

/** A map where kernels can reach it, a copy where it is not; undefined where there is no room for one. */
function reachedInput(attribution: Float32Array | Float64Array): Float32Array | Float64Array | undefined {
  if (isReached(attribution)) return attribution
  if (room.length < attribution.length) {
    room = doubles(attribution.length)
    roomOfFloats = new Float32Array(room.buffer, room.byteOffset, room.length)
  }
  const input = attribution instanceof Float32Array ? roomOfFloats : room
  if (!isReached(room)) return undefined
  input.set(attribution)
  return input
}

const sums = doubles(2)
const atSums = addressOf(sums)

function correctByKernel(
  { correctFloats, correctDoubles }: Kernels,
  [[, b1], [b2, , g2], [b3, , , t3]]: Rows,
  input: Float32Array | Float64Array,
  length: number,
  squares: number,
  { magnitudes, e1, e2, e3 }: NonNullable<CorrectedArrays['at']>,
  totals: CorrectedTotals,
): void {
  const correct = input instanceof Float32Array ? correctFloats : correctDoubles
  correct(input.byteOffset, length, b1, b2, g2, b3, t3, squares, magnitudes, e1, e2, e3, atSums)
  totals.magnitude = sums[0]
  totals.square = sums[1]
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
function leaveOutUnknown(
  sequence: Uint8Array,
  { squares: { values: squares }, magnitudes }: CorrectedArrays,
  totals: CorrectedTotals,
): void {
  if (!hasUnknown(sequence)) return
  const length = sequence.length
  let unknown = 0
  for (let i = 0; i < length; i++) unknown += sequence[i] >> 2
  let magnitude = 0
  let square = 0
  for (let i = 0; i < length; i++) {
    if (sequence[i] === N) squares[i] = -1
    else {
      square += squares[i]
      magnitude += magnitudes[i]
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
