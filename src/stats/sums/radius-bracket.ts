import { DataError } from '../../core/errors.js'
import type { Counts } from './counts.js'

/** Radii counted by exponent and by the upper bits of the fraction. */
export type RadiusHistogram = Counts

/** Exponents of doubles >= 0. */
export const EXPONENTS = 2048

/**
 * 2^14 bins an octave: of the 8e9 windows of 4 million maps of 2,114 nt about 2e5 fall in the bin of the cut, which the
 * second pass keeps one by one; an octave costs 64 KB.
 */
export const BINS_PER_EXPONENT = 2 ** 14

const view = new Float64Array(1)
const words = new Uint32Array(view.buffer)

/** Number of the bin of a radius >= 0; bins are in the order of radii. */
export function radiusBin(radius: number): number {
  view[0] = radius
  return words[1] >>> 6
}

/** Least radius of a bin. */
function binStart(bin: number): number {
  words[0] = 0
  words[1] = bin << 6
  return view[0]
}

/** A global cut is the `rank`-th largest (from 1) of the radii in [low, high); `windows` is how many there are in all. */
export interface RadiusBracket {
  readonly low: number
  readonly high: number
  readonly rank: number
  readonly windows: number
}

/**
 * floor(top · n) of the fraction as it is written: 0.29 of 100 is 29, although the product of the doubles is
 * 28.999999999999996. A product within its own rounding of a whole number, one part in 2^52, is that number.
 */
export function topRank(top: number, windows: number): number {
  const product = top * windows
  const whole = Math.round(product)
  return Math.abs(product - whole) <= Number.EPSILON * whole ? whole : Math.floor(product)
}

/** Why windows have no global cut: they are too few. undefined if they have one, and if there are none. */
export function tooFewWindows(top: number, windows: number): DataError | undefined {
  if (windows === 0 || topRank(top, windows) > 0) return undefined
  return new DataError(
    'empty',
    `a global threshold of the top ${top} of ${windows} windows is none of them; score more maps or raise the fraction`,
  )
}

/**
 * Brackets the floor(top · n)-th largest of the n radii counted; undefined for n = 0. Where floor(top · n) is 0 the bracket
 * lies above all radii, and `tooFewWindows` says why.
 */
export function bracketCut(histogram: RadiusHistogram, top: number): RadiusBracket | undefined {
  let windows = 0
  for (let e = 0; e < EXPONENTS; e++) windows += histogram.total(e)
  let rank = topRank(top, windows)
  if (windows === 0) return undefined
  if (rank === 0) return { low: Number.MAX_VALUE, high: Number.MAX_VALUE, rank, windows }
  for (let e = EXPONENTS - 1; e >= 0; e--) {
    const page = histogram.of(e)
    if (page === undefined) continue
    if (rank > histogram.total(e)) {
      rank -= histogram.total(e)
      continue
    }
    for (let i = BINS_PER_EXPONENT - 1; i >= 0; i--) {
      if (rank <= page[i]) {
        const bin = e * BINS_PER_EXPONENT + i
        return { low: binStart(bin), high: binStart(bin + 1), rank, windows }
      }
      rank -= page[i]
    }
  }
  return undefined
}
