import { kernels } from '../kernels/kernels.js'
import { N } from './bases.js'
import type { CorrectedArrays, Squares } from './corrected-map.js'

/**
 * Which positions a window covers.
 *
 * - `centered`: i - floor((w-1)/2) to i + ceil((w-1)/2), only where all exist.
 * - `forward-circular`: i to i + w - 1, positions modulo L.
 */
export type WindowKind = 'centered' | 'forward-circular'

export const WINDOW_KINDS: readonly WindowKind[] = ['centered', 'forward-circular']

/** The windows of sequences of any length. */
export interface WindowShape {
  readonly kind: WindowKind
  readonly width: number
}

/** Positions of a window before the one that it belongs to. */
function before({ kind, width }: WindowShape): number {
  return kind === 'centered' ? Math.floor((width - 1) / 2) : 0
}

/** The first position of the window that belongs to a position; the others follow, modulo L. */
export function windowStart(shape: WindowShape, position: number): number {
  return position - before(shape)
}

/** What a map is divided by: the sum of its magnitudes, the root of the sum of their squares, or nothing. */
export type Normalisation = 'l2-sum' | 'frobenius' | 'none'

export const NORMALISATIONS: readonly Normalisation[] = ['l2-sum', 'frobenius', 'none']

/** What a map of these totals is divided by. */
export function normOf(
  normalisation: Normalisation,
  totals: { readonly magnitude: number; readonly square: number; readonly scale: number },
): number {
  switch (normalisation) {
    case 'l2-sum':
      return totals.magnitude
    case 'frobenius':
      return Math.sqrt(totals.square)
    case 'none':
      return totals.scale
  }
}

/** The half-open span of positions that have a window in a sequence of length L. */
export function windowSpan(shape: WindowShape, length: number): { start: number; end: number } {
  if (shape.kind === 'forward-circular') return { start: 0, end: length }
  const start = before(shape)
  const end = length - (shape.width - 1 - start)
  return end > start ? { start, end } : { start: 0, end: 0 }
}

/** Sum of the corrected vectors of one window, put into `sum` as [x, y, z]. */
export function sumWindow(
  corrected: CorrectedArrays,
  length: number,
  shape: WindowShape,
  position: number,
  sum: Float64Array,
): void {
  const { e1, e2, e3 } = corrected
  let p = position - before(shape)
  if (shape.width === 3 && p + 3 <= length) {
    sum[0] = e1[p] + e1[p + 1] + e1[p + 2]
    sum[1] = e2[p] + e2[p + 1] + e2[p + 2]
    sum[2] = e3[p] + e3[p + 1] + e3[p + 2]
    return
  }
  let x = 0
  let y = 0
  let z = 0
  for (let j = 0; j < shape.width; j++) {
    x += e1[p]
    y += e2[p]
    z += e3[p]
    if (++p === length) p = 0
  }
  sum[0] = x
  sum[1] = y
  sum[2] = z
}

/**
 * Squared lengths of the sums over windows, by the position that a window belongs to, for positions [start, end) of
 * `windowSpan`. A window that touches an N does not exist: its square is -1.
 *
 * @param unknown Number of N in the sequence.
 * @returns How many windows of the span do not exist.
 */
export function squareWindows(
  corrected: CorrectedArrays,
  sequence: Uint8Array,
  unknown: number,
  shape: WindowShape,
  out: Squares,
): number {
  const length = sequence.length
  const { start, end } = windowSpan(shape, length)
  const inside = Math.max(start, Math.min(end, length - shape.width + 1 + before(shape))) // the rest wraps round
  squareInside(corrected, length, shape, start, inside, out)
  squareAny(corrected, length, shape, inside, end, out.values)
  return unknown === 0 ? 0 : dropUnknown(sequence, start, end, shape, out.values)
}

/** Windows that do not wrap. */
function squareInside(
  corrected: CorrectedArrays,
  length: number,
  shape: WindowShape,
  start: number,
  end: number,
  { values, address }: Squares,
): void {
  if (end <= start) return
  const { at } = corrected
  if (kernels !== undefined && at !== undefined && address !== 0) {
    kernels.squareWindows(at.e1, at.e2, at.e3, start, end, before(shape), shape.width, address)
  } else if (shape.width === 3) squareThree(corrected, start, end, before(shape), values)
  else squareAny(corrected, length, shape, start, end, values)
}

/**
 * Width 3, the default, each vector read once (2.0 ns a position with an inner loop unrolled, 1.4 ns so); sums run in the
 * order of `sumWindow`.
 */
function squareThree(
  corrected: CorrectedArrays,
  start: number,
  end: number,
  offset: number,
  squares: Float64Array,
): void {
  const { e1, e2, e3 } = corrected
  let p = start - offset
  let x0 = e1[p]
  let y0 = e2[p]
  let z0 = e3[p++]
  let x1 = e1[p]
  let y1 = e2[p]
  let z1 = e3[p++]
  for (let i = start; i < end; i++, p++) {
    const x2 = e1[p]
    const y2 = e2[p]
    const z2 = e3[p]
    const x = x0 + x1 + x2
    const y = y0 + y1 + y2
    const z = z0 + z1 + z2
    squares[i] = x * x + y * y + z * z
    x0 = x1
    y0 = y1
    z0 = z1
    x1 = x2
    y1 = y2
    z1 = z2
  }
}

const sum = new Float64Array(3)

function squareAny(
  corrected: CorrectedArrays,
  length: number,
  shape: WindowShape,
  start: number,
  end: number,
  squares: Float64Array,
): void {
  for (let i = start; i < end; i++) {
    sumWindow(corrected, length, shape, i, sum)
    squares[i] = sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]
  }
}

function dropUnknown(
  sequence: Uint8Array,
  start: number,
  end: number,
  shape: WindowShape,
  squares: Float64Array,
): number {
  const length = sequence.length
  let dropped = 0
  for (let i = start; i < end; i++) {
    let p = i - before(shape)
    for (let j = 0; j < shape.width; j++) {
      if (sequence[p] === N) {
        squares[i] = -1
        dropped++
        break
      }
      if (++p === length) p = 0
    }
  }
  return dropped
}
