/** High 32 bits of doubles >= 0 order as the doubles do; kernels compare these without a branch. */

/** The 32-bit words of an array of doubles: the high word of double i is word 2i + 1. */
export function wordsOf(doubles: Float64Array): Int32Array {
  return new Int32Array(doubles.buffer, doubles.byteOffset, 2 * doubles.length)
}

const one = new Float64Array(1)
const words = wordsOf(one)

/** The high word of one double. */
export function highWord(value: number): number {
  one[0] = value
  return words[1]
}

/** The double of these words. */
export function fromWords(high: number, low: number): number {
  words[1] = high
  words[0] = low
  return one[0]
}

if (highWord(1) !== 0x3ff00000) throw new Error('attrstream needs a little-endian machine')
