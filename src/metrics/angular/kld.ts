import { GRID_SHAPES } from '../../dna/angles.js'
import { type BoxcarKind, publishedBoxcar, symmetricBoxcar } from '../../stats/boxcar.js'
import type { SmoothedDensity } from '../../stats/cross-validation.js'
import { divergenceTerm, normalise } from '../../stats/divergence.js'
import { type AngularOptions, CONVENTIONS } from '../options.js'

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

/** The density that weights come to, with its prior; undefined where there are no points. */
export function smoothedDensity(weights: Float64Array, options: AngularOptions): SmoothedDensity | undefined {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const density = normalise(weights)
  for (let c = 0; c < density.length; c++) {
    if (density[c] > 0) return { density, prior: boxcarPrior(options.prior, density, azimuths, thetas) }
  }
  return undefined
}

/**
 * The angular KLD in nats: the density of directions against its own smoothed version, over cells where both are above
 * 0 (method, section 3). undefined where there are no points.
 *
 * @param options Those of the paper by default.
 */
export function angularKld(
  weights: Float64Array,
  options: AngularOptions = CONVENTIONS.paper.angular,
): number | undefined {
  const smoothed = smoothedDensity(weights, options)
  return smoothed && kldOf(smoothed, options)
}

/** The same of a density that is there already. */
export function kldOf(smoothed: SmoothedDensity, options: AngularOptions): number {
  const contributions = angularContributions(smoothed, options)
  let sum = 0
  for (let c = 0; c < contributions.length; c++) sum += contributions[c]
  return sum
}

/** What each cell contributes to the angular KLD, in nats; 0 for cells that do not enter it. */
export function angularContributions(
  { density, prior }: SmoothedDensity,
  options: AngularOptions,
): Float64Array {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const border = options.cells === 'interior' ? 1 : 0
  const contributions = new Float64Array(density.length)
  for (let i = border; i < azimuths - border; i++) {
    for (let j = border; j < thetas - border; j++) {
      const cell = i * thetas + j
      if (prior[cell] > 0) contributions[cell] = divergenceTerm(density[cell], prior[cell])
    }
  }
  return contributions
}
