import { DataError } from '../core/errors.js'
import type { Truth } from '../core/types.js'
import { N } from './bases.js'

/** Bits of a position's class: a motif was embedded there; it is background. One of an uncertain motif is neither. */
export const SIGNAL = 1
export const BACKGROUND = 2

/** Bits above which a position is signal (method, section 7; tfomics' evaluate.py at the threshold of the paper). */
const INFORMATION = 0.1
/** Positions within this of the record's least information are background. */
const LEAST = 1e-6
/** What the probabilities of a position may be off 1: as much as four of float16, or of a table of two digits, can be. */
const SUM = 0.05

/**
 * Writes the class of each position of a record, by its ground truth; 0 at N.
 *
 * Of labels 1 is signal and 0 background. Of probabilities g the information is 2 + sum of g log2(g + 1e-10), in bits:
 * above 0.1 is signal, the record's least (within 1e-6, over positions that are not N) background; a position can be both.
 *
 * @param information Scratch of at least L.
 * Errors: `record`, for what is no probability.
 */
export function classifyPositions(
  truth: Truth,
  sequence: Uint8Array,
  information: Float64Array,
  classes: Uint8Array,
): void {
  const length = sequence.length
  if (truth.kind === 'labels') {
    const labels = truth.values
    for (let i = 0; i < length; i++) {
      classes[i] = sequence[i] === N ? 0 : labels[i] === 1 ? SIGNAL : BACKGROUND
    }
    return
  }
  const { values } = truth
  let least = Number.POSITIVE_INFINITY
  let bits = 0
  for (let i = 0, p = 0; i < length; i++, p += 4) {
    if (sequence[i] === N) continue
    // Most positions are as the one before: background.
    if (i === 0 || sequence[i - 1] === N || !sameAsBefore(values, p)) bits = informationAt(values, p)
    information[i] = bits
    if (bits < least) least = bits
  }
  for (let i = 0; i < length; i++) {
    if (sequence[i] === N) classes[i] = 0
    else
      classes[i] =
        (information[i] > INFORMATION ? SIGNAL : 0) | (information[i] - least <= LEAST ? BACKGROUND : 0)
  }
}

function sameAsBefore(values: Float32Array | Float64Array, p: number): boolean {
  return (
    values[p] === values[p - 4] &&
    values[p + 1] === values[p - 3] &&
    values[p + 2] === values[p - 2] &&
    values[p + 3] === values[p - 1]
  )
}

function informationAt(values: Float32Array | Float64Array, p: number): number {
  let bits = 2
  let sum = 0
  for (let b = 0; b < 4; b++) {
    const g = values[p + b]
    if (!(g >= 0 && g <= 1 + SUM)) {
      throw new DataError(
        'record',
        `truth at position ${p >> 2}, base ${'ACGT'[b]} is ${g}, expected a probability; dump the truth again, or leave it out with --no-truth`,
      )
    }
    sum += g
    bits += g * Math.log2(g + 1e-10)
  }
  if (!(Math.abs(sum - 1) <= SUM)) {
    throw new DataError(
      'record',
      `truth at position ${p >> 2} adds up to ${sum}, expected probabilities of four bases, which add up to 1; dump the truth again, or leave it out with --no-truth`,
    )
  }
  return bits
}
