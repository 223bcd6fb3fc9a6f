import type { CorrectedArrays } from './corrected-map.js'

/**
 * Which positions a window covers.
 *
 * - `centered`: i - floor((w-1)/2) to i + ceil((w-1)/2), only where all exist.
 * - `forward-circular`: i to i + w - 1, positions modulo L.
 */
export type WindowKind = 'centered' | 'forward-circular'

export const WINDOW_KINDS: readonly WindowKind[] = ['centered', 'forward-circular']

/** Sums of corrected vectors over windows, by the position a window belongs to; longer than L where reused. */
export interface WindowArrays {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  /** Squared length of the sum; -1 where the window does not exist. */
  readonly squares: Float64Array
}

export function allocateWindows(length: number): WindowArrays {
  return {
    x: new Float64Array(length),
    y: new Float64Array(length),
    z: new Float64Array(length),
    squares: new Float64Array(length),
  }
}

/**
 * Sums the corrected vectors of `width` consecutive positions for the windows of a sequence of length L.
 *
 * Windows that touch an N do not exist. `out` is filled for positions [start, end) of the returned span, outside of
 * which no window exists; inside it `squares` is -1 where one does not.
 */
export function sumWindows(
  corrected: CorrectedArrays,
  sequence: Uint8Array,
  unknown: number,
  kind: WindowKind,
  width: number,
  out: WindowArrays,
): { start: number; end: number } {
  const length = sequence.length
  const before = kind === 'centered' ? Math.floor((width - 1) / 2) : 0
  const after = width - 1 - before
  const start = kind === 'centered' ? before : 0
  const end = kind === 'centered' ? length - after : length
  if (end <= start) return { start: 0, end: 0 }

  const inside = Math.min(end, length - after) // windows from here on wrap round
  if (width === 3) sumThree(corrected, start, inside, before, out)
  else sumAny(corrected, start, inside, before, width, length, out)
  if (inside < end) sumAny(corrected, Math.max(start, inside), end, before, width, length, out)
  if (unknown > 0) dropUnknown(sequence, start, end, before, width, out.squares)
  return { start, end }
}

/** Width 3, the default, without an inner loop. */
function sumThree(
  corrected: CorrectedArrays,
  start: number,
  end: number,
  before: number,
  out: WindowArrays,
): void {
  const { e1, e2, e3 } = corrected
  const { x, y, z, squares } = out
  for (let i = start, p = start - before; i < end; i++, p++) {
    const sx = e1[p] + e1[p + 1] + e1[p + 2]
    const sy = e2[p] + e2[p + 1] + e2[p + 2]
    const sz = e3[p] + e3[p + 1] + e3[p + 2]
    x[i] = sx
    y[i] = sy
    z[i] = sz
    squares[i] = sx * sx + sy * sy + sz * sz
  }
}

function sumAny(
  corrected: CorrectedArrays,
  start: number,
  end: number,
  before: number,
  width: number,
  length: number,
  out: WindowArrays,
): void {
  const { e1, e2, e3 } = corrected
  for (let i = start; i < end; i++) {
    let sx = 0
    let sy = 0
    let sz = 0
    for (let j = 0; j < width; j++) {
      const p = (i - before + j) % length
      sx += e1[p]
      sy += e2[p]
      sz += e3[p]
    }
    out.x[i] = sx
    out.y[i] = sy
    out.z[i] = sz
    out.squares[i] = sx * sx + sy * sy + sz * sz
  }
}

function dropUnknown(
  sequence: Uint8Array,
  start: number,
  end: number,
  before: number,
  width: number,
  squares: Float64Array,
): void {
  const length = sequence.length
  for (let i = start; i < end; i++) {
    for (let j = 0; j < width; j++) {
      if (sequence[(i - before + j) % length] > 3) {
        squares[i] = -1
        break
      }
    }
  }
}
