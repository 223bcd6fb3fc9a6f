import { mix32 } from '../../core/hash.js'
import { type Random, sfc32 } from '../../stats/random.js'

/**
 * What numbers are drawn for. Each has generators of its own, so that more noise, say, leaves the motifs where they are.
 */
const PURPOSES = [
  'class',
  'motifs',
  'bases',
  'unknown',
  'weights',
  'spikes',
  'gauge',
  'noise',
  'dead',
  'task',
  'split',
  'others',
] as const
export type Purpose = (typeof PURPOSES)[number]

/**
 * The generator of a row for a purpose. Rows below 2^32 of one seed and purpose have different generators, and a row's do
 * not depend on how many rows there are.
 */
export function streamOf(seed: number, purpose: Purpose, row: number): Random {
  const key = mix32(mix32(seed) + Math.imul(PURPOSES.indexOf(purpose) + 1, 0x9e3779b9))
  return sfc32(mix32((row ^ key) >>> 0))
}

/** A number in [0, 1), of 32 bits. */
export function randomFraction(random: Random): number {
  return random() / 2 ** 32
}

/** A whole number in [0, count). */
export function below(random: Random, count: number): number {
  return Math.floor(randomFraction(random) * count)
}

/** Standard normal numbers, in pairs. Source: G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29 (1958). */
export function normals(random: Random): () => number {
  let spare = Number.NaN
  return () => {
    if (!Number.isNaN(spare)) {
      const kept = spare
      spare = Number.NaN
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log((random() + 0.5) / 2 ** 32)) // never of 0
    const angle = 2 * Math.PI * randomFraction(random)
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
