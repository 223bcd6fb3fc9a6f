/** The 32-bit words of an array of doubles: the high word of double i, its sign first, is word 2i + 1. */
export function wordsOf(doubles: Float64Array): Int32Array {
  return new Int32Array(doubles.buffer, doubles.byteOffset, 2 * doubles.length)
}

if (wordsOf(Float64Array.of(1))[1] !== 0x3ff00000) throw new Error('attrstream needs a little-endian machine')
