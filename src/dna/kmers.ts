import { LETTERS, N } from './bases.js'

/** Smallest and largest k. 4^10 counts for each of 64 groups of records take 256 MB, which is as far as memory goes. */
export const K_MIN = 1
export const K_MAX = 10

/** The letters of the k-mer with this index: base 4, first base most significant, so that index order is alphabetical. */
export function kmerText(index: number, k: number): string {
  let text = ''
  for (let i = k - 1; i >= 0; i--) text += LETTERS[(index >> (2 * i)) & 3]
  return text
}

/**
 * Adds 1 to `counts` at the index of each k-mer inside the half-open span [start, end) of base codes, and returns how
 * many there were. A k-mer that covers an N is not counted.
 */
export function countKmers(
  sequence: Uint8Array,
  start: number,
  end: number,
  k: number,
  counts: Uint32Array | Float64Array,
): number {
  const mask = 4 ** k - 1
  let index = 0
  let total = 0
  let known = 0 // bases since the last N, as far as k
  for (let i = start; i < end; i++) {
    const base = sequence[i]
    if (base >= N) {
      known = 0
      index = 0
      continue
    }
    index = ((index << 2) | base) & mask
    if (++known >= k) {
      counts[index]++
      total++
    }
  }
  return total
}
