/** Made-up dumps: the same for the same seed, batch by batch, of any size. */

export const ROWS_PER_BATCH = 64

/** 32 random bits a call (xorshift). */
function generator(seed) {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }
}

/**
 * Batch `index` of a dump of maps of length L: ids, letters and values, position-major.
 *
 * Values are near normal (sum of four uniforms) with stretches of 6 to 21 positions that are 2 to 9 times as large, so that
 * there are runs long enough for k-mers, and mantissas are random, as in real dumps: nothing compresses them.
 */
export function makeBatch(index, rows, length) {
  const next = generator(0x9e3779b9 ^ Math.imul(index + 1, 0x85ebca6b))
  const letters = new Uint8Array(rows * length)
  const values = new Float32Array(4 * rows * length)
  for (let i = 0; i < 16; i++) next()
  for (let row = 0, at = 0; row < rows; row++) {
    let stretch = 0
    let height = 1
    for (let i = 0; i < length; i++, at++) {
      const bits = next()
      letters[at] = 'ACGT'.charCodeAt(bits & 3)
      if (stretch > 0) stretch--
      else if ((bits & 0xfc) === 0) {
        stretch = 6 + ((bits >>> 8) & 15)
        height = 2 + ((bits >>> 12) & 7)
      } else height = 1
      for (let base = 0; base < 4; base++) {
        const first = next()
        const second = next()
        const sum = (first & 0xffff) + (first >>> 16) + (second & 0xffff) + (second >>> 16) - 131070
        values[4 * at + base] = (height * sum) / 37837 + second / 2 ** 55
      }
    }
  }
  const ids = Array.from({ length: rows }, (_, row) => {
    const start = (index * ROWS_PER_BATCH + row) * length
    return `chr1:${start}-${start + length}`
  })
  return { ids, letters, values }
}

/** How many whole batches make a file of at least so many bytes. */
export function batchesFor(bytes, length, bytesPerPosition) {
  return Math.ceil(bytes / (ROWS_PER_BATCH * length * bytesPerPosition))
}
