import { GRID_SHAPES } from '../dna/angles.js'
import { symmetricBoxcar } from '../stats/boxcar.js'
import { crossValidateDensity } from '../stats/cross-validation.js'
import { effectiveNumber } from '../stats/effective-number.js'
import { effectivePoints } from '../stats/grid-state.js'
import { LEAST_GROUPS } from '../stats/jackknife.js'
import { angularContributions, angularKld } from './angular-score.js'
import type { Estimates } from './consistency.js'
import type { AngularOptions } from './options.js'

/** Weights of an angular grid by group: cell c of group g is number g · cells + c. */
export interface AngularSums {
  readonly weights: Float64Array
  /** Sum of squared weights of each group. */
  readonly squares: Float64Array
}

/**
 * The angular KLD of the records of some groups, without each of them, its null (the mean over draws) and its
 * cross-validated value. Every left-out density has its own smoothed prior.
 */
export function angularEstimates(
  sums: AngularSums,
  nulls: readonly AngularSums[],
  groups: readonly number[],
  options: AngularOptions,
): Estimates {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const cells = azimuths * thetas
  const several = groups.length >= LEAST_GROUPS
  const parts = partsOf(sums, groups, cells)
  const whole = wholeEstimates(
    addAll(parts, cells),
    nulls.map(sums => addAll(partsOf(sums, groups, cells), cells)),
    options,
  )
  if (whole.kld === undefined || !several) return whole
  const rests = withoutEach(parts, cells)
  const kldsOf = (densities: readonly Float64Array[]) =>
    densities.map(weights => angularKld(weights, options) ?? Number.NaN)
  const floors = nulls.map(sums => kldsOf(withoutEach(partsOf(sums, groups, cells), cells)))
  const points = effectivePoints(
    parts.reduce((sum, part) => sum + part.reduce((total, weight) => total + weight, 0), 0),
    groups.reduce((sum, g) => sum + sums.squares[g], 0),
  )
  const smooth = (density: Float64Array) => symmetricBoxcar(density, azimuths, thetas)
  return {
    ...whole,
    left: kldsOf(rests),
    nullLeft: floors.length === 0 ? undefined : groups.map((_, i) => mean(floors.map(floor => floor[i]))),
    cv: crossValidateDensity(parts, g => rests[g], smooth, points),
  }
}

/** The same of weights that are not kept by group. */
export function wholeEstimates(
  weights: Float64Array,
  nulls: readonly Float64Array[],
  options: AngularOptions,
): Estimates {
  const contributions = angularContributions(weights, options)
  const floors = nulls.flatMap(weights => angularKld(weights, options) ?? [])
  return {
    kld: contributions?.reduce((sum, term) => sum + term, 0),
    left: undefined,
    null: floors.length === 0 ? undefined : mean(floors),
    nullLeft: undefined,
    cv: undefined,
    diversity: contributions && effectiveNumber(contributions),
  }
}

function partsOf({ weights }: AngularSums, groups: readonly number[], cells: number): Float64Array[] {
  return groups.map(g => weights.subarray(g * cells, (g + 1) * cells))
}

function addAll(parts: readonly Float64Array[], cells: number): Float64Array {
  const sum = new Float64Array(cells)
  for (const part of parts) add(sum, part)
  return sum
}

/**
 * The sums of all parts but each one, from the sums of those before and after it: differences would not be 0 everywhere
 * that they should be.
 */
function withoutEach(parts: readonly Float64Array[], cells: number): Float64Array[] {
  const rests: Float64Array[] = []
  const before = new Float64Array(cells)
  for (const part of parts) {
    rests.push(before.slice())
    add(before, part)
  }
  const after = new Float64Array(cells)
  for (let i = parts.length - 1; i >= 0; i--) {
    add(rests[i], after)
    add(after, parts[i])
  }
  return rests
}

function add(into: Float64Array, more: Float64Array): void {
  for (let c = 0; c < into.length; c++) into[c] += more[c]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
