import { GRID_SHAPES } from '../dna/angles.js'
import { type BoxcarKind, publishedBoxcar, symmetricBoxcar } from '../stats/boxcar.js'
import { divergenceTerm, normalise } from '../stats/divergence.js'
import type { AngularOptions } from './options.js'

/** The smoothed density that an angular density is compared with. */
export function boxcarPrior(
  kind: BoxcarKind,
  density: Float64Array,
  azimuths: number,
  thetas: number,
): Float64Array {
  return kind === 'symmetric'
    ? symmetricBoxcar(density, azimuths, thetas)
    : publishedBoxcar(density, azimuths, thetas)
}

/**
 * The angular KLD in nats: the density of directions against its own smoothed version, over cells where both are above
 * 0 (method, section 3). undefined where there are no points.
 */
export function angularKld(weights: Float64Array, options: AngularOptions): number | undefined {
  return angularContributions(weights, options)?.reduce((sum, term) => sum + term, 0)
}

/** What each cell contributes to the angular KLD, in nats; 0 for cells that do not enter it. */
export function angularContributions(
  weights: Float64Array,
  options: AngularOptions,
): Float64Array | undefined {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const p = normalise(weights)
  if (!p.some(share => share > 0)) return undefined
  const q = boxcarPrior(options.prior, p, azimuths, thetas)
  const border = options.cells === 'interior' ? 1 : 0
  const contributions = new Float64Array(p.length)
  for (let i = border; i < azimuths - border; i++) {
    for (let j = border; j < thetas - border; j++) {
      const cell = i * thetas + j
      if (q[cell] > 0) contributions[cell] = divergenceTerm(p[cell], q[cell])
    }
  }
  return contributions
}
