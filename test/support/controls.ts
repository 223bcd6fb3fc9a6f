import type { AttributionRecord } from '../../src/core/types.js'
import { between, randomFrom, shuffled } from './dumps.js'
import { recordOf } from './records.js'

/** Numbers of the normal distribution, the same for the same seed (Box and Muller). */
export function normalFrom(seed: number): () => number {
  const random = randomFrom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Maps of white noise over random sequences. */
export function whiteNoise(count: number, length: number, seed: number): AttributionRecord[] {
  const random = randomFrom(seed)
  const normal = normalFrom(seed + 1)
  return Array.from({ length: count }, (_, row) => {
    const sequence = Uint8Array.from({ length }, () => between(random, 0, 3))
    return recordOf(
      `${seed}/${row}`,
      sequence,
      Array.from({ length: 4 * length }, () => normal()),
    )
  })
}

/** The same maps, the positions of each in random order; sequences stay. */
export function positionsShuffled(records: readonly AttributionRecord[], seed: number): AttributionRecord[] {
  const random = randomFrom(seed)
  return records.map(({ id, sequence, attribution }) => {
    const order = shuffled(random, [...sequence.keys()])
    return recordOf(
      id,
      sequence,
      order.flatMap(i => [...attribution.subarray(4 * i, 4 * i + 4)]),
    )
  })
}

/**
 * Saliency of a network that was never trained: a layer of random filters, ReLU, and random weights for each filter and
 * position.
 */
export function untrained(count: number, length: number, seed: number): AttributionRecord[] {
  const random = randomFrom(seed)
  const normal = normalFrom(seed + 1)
  const filters = 24
  const width = 19
  const filter = Array.from({ length: filters }, () => Float64Array.from({ length: 4 * width }, normal))
  const out = Array.from({ length: filters }, () => Float64Array.from({ length: length - width + 1 }, normal))
  return Array.from({ length: count }, (_, row) => {
    const sequence = Uint8Array.from({ length }, () => between(random, 0, 3))
    const gradient = new Float64Array(4 * length)
    for (let f = 0; f < filters; f++) {
      for (let p = 0; p <= length - width; p++) {
        let sum = 0
        for (let j = 0; j < width; j++) sum += filter[f][4 * j + sequence[p + j]]
        if (sum <= 0) continue
        for (let j = 0; j < 4 * width; j++) gradient[4 * p + j] += out[f][p] * filter[f][j]
      }
    }
    return recordOf(`${seed}/${row}`, sequence, gradient)
  })
}
