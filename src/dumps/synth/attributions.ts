import type { QualityOptions } from './options.js'
import type { SyntheticSequence } from './sequences.js'
import { normals, randomFraction, streamOf } from './streams.js'

/** Length of the corrected vector of a sure base: 3/4 at the base, -1/4 at the three others. */
const SURE = Math.sqrt(3) / 2

/**
 * Makes the attribution map of a row, as a network of this quality might, without one:
 *
 * - at each site signal · w · I/2 · (g - 1/4), where g are the probabilities of the position, I its information in bits and
 *   w, uniform in [1/2, 3/2), how much the site counts;
 * - spikes, one in `spikes` of all positions, in a direction uniform over those of corrected vectors, as long as the vector
 *   of a sure base times a number uniform in [1/2, 3/2);
 * - normal noise on every base, and normal gauge on the four bases of a position alike, which gradient correction takes off.
 *
 * @param map Gets 4·L values, position by channel.
 */
export function syntheticMaps(
  options: QualityOptions,
): (row: number, sequence: SyntheticSequence, map: Float32Array | Float64Array) => void {
  const { mapSeed: seed, signal, noise, spikes, gauge, dead, seen } = options
  return (row, { codes, sites }, map) => {
    const length = codes.length
    map.fill(0)
    if (dead > 0 && randomFraction(streamOf(seed, 'dead', row)) < dead) return
    const weights = streamOf(seed, 'weights', row)
    for (const { start, shares } of sites) {
      const height = signal * (0.5 + randomFraction(weights))
      for (const [i, column] of shares.entries()) {
        const scale = (height * informationOf(column)) / 2
        const p = 4 * (start + i)
        for (let base = 0; base < 4; base++) map[p + base] += scale * (column[base] - 0.25)
      }
    }
    if (spikes > 0) {
      const random = streamOf(seed, 'spikes', row)
      const normal = normals(random)
      for (let i = 0; i < length; i++)
        if (randomFraction(random) < spikes)
          addSpike(map, 4 * i, SURE * (0.5 + randomFraction(random)), normal)
    }
    if (gauge > 0) {
      const normal = normals(streamOf(seed, 'gauge', row))
      for (let i = 0, p = 0; i < length; i++) {
        const offset = gauge * normal()
        for (const end = p + 4; p < end; p++) map[p] += offset
      }
    }
    if (noise > 0) {
      const normal = normals(streamOf(seed, 'noise', row))
      for (let p = 0; p < 4 * length; p++) map[p] += noise * normal()
    }
    if (seen !== undefined) map.fill(0, 0, 4 * seen.start).fill(0, 4 * seen.end)
  }
}

/** Four independent normal numbers less their mean have a direction that is uniform. */
function addSpike(map: Float32Array | Float64Array, p: number, height: number, normal: () => number): void {
  const [a, c, g, t] = [normal(), normal(), normal(), normal()]
  const mean = (a + c + g + t) / 4
  const size = Math.sqrt((a - mean) ** 2 + (c - mean) ** 2 + (g - mean) ** 2 + (t - mean) ** 2)
  const scale = size > 0 ? height / size : 0
  map[p] += scale * (a - mean)
  map[p + 1] += scale * (c - mean)
  map[p + 2] += scale * (g - mean)
  map[p + 3] += scale * (t - mean)
}

/** Bits of a position: 2 + sum of g log2 g. */
function informationOf(column: readonly number[]): number {
  let bits = 2
  for (const share of column) if (share > 0) bits += share * Math.log2(share)
  return Math.max(0, bits)
}
