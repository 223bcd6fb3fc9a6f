import type { GridStatistics } from '../statistics.js'
import { GRID_SHAPES, SOLID_ANGLES } from '../../dna/angles.js'
import { solidAngleBoxcar } from '../../stats/boxcar.js'
import { crossValidateDensity, type SmoothedDensity } from '../../stats/cross-validation.js'
import { effectiveNumber } from '../../stats/divergence.js'
import { effectivePoints } from '../../stats/sums/angular-grid-state.js'
import { LEAST_GROUPS } from '../../stats/jackknife.js'
import { angularContributions, angularKld, kldOf, smoothedDensity } from './kld.js'
import type { EstimateDetail, Estimates } from '../consistency.js'
import type { AngularOptions } from '../options.js'

/** Weights of an angular grid by group: cell c of group g is number g · cells + c. */
export interface AngularSums {
  readonly weights: Float64Array
  /** Sum of squared weights of each group. */
  readonly squares: Float64Array
}

/**
 * The angular KLD of the records of some groups, without each of them, its null (the mean over draws) and its
 * cross-validated value. Every left-out density has its own smoothed prior, which is one per solid angle for the
 * cross-validated value: an isotropic density is then its own prior, and noise has no floor.
 */
export function angularEstimates(
  sums: AngularSums,
  nulls: readonly AngularSums[],
  groups: readonly number[],
  options: AngularOptions,
  detail: EstimateDetail = 'all',
): Estimates {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const cells = azimuths * thetas
  const smooth = solidAngleBoxcar(SOLID_ANGLES[options.grid], azimuths, thetas)
  const parts = partsOf(sums, groups, cells)
  const nullParts = nulls.map(sums => partsOf(sums, groups, cells))
  const whole = ungroupedEstimates(
    addAll(parts, cells),
    nullParts.map(parts => addAll(parts, cells)),
    options,
    detail,
  )
  if (whole.kld === undefined || groups.length < LEAST_GROUPS) return whole
  const rests = withoutEach(parts, cells).map(weights => smoothedDensity(weights, options))
  const kldOfRest = (rest: SmoothedDensity | undefined) => (rest ? kldOf(rest, options) : Number.NaN)
  return {
    ...whole,
    left: rests.map(kldOfRest),
    nullLeft:
      detail === 'curve' || nulls.length === 0
        ? undefined
        : meanOfEach(
            nullParts.map(parts =>
              withoutEach(parts, cells).map(weights => kldOfRest(smoothedDensity(weights, options))),
            ),
          ),
    cv: crossValidateDensity(
      parts,
      rests.map(rest => rest && { density: rest.density, prior: smooth(rest.density) }),
      pointsOf(parts, sums, groups),
    ),
  }
}

/** The same of weights that are not kept by group. */
export function ungroupedEstimates(
  weights: Float64Array,
  nulls: readonly Float64Array[],
  options: AngularOptions,
  detail: EstimateDetail = 'all',
): Estimates {
  const smoothed = smoothedDensity(weights, options)
  const floors = nulls.flatMap(weights => angularKld(weights, options) ?? [])
  return {
    kld: smoothed && kldOf(smoothed, options),
    left: undefined,
    null: floors.length === 0 ? undefined : mean(floors),
    nullLeft: undefined,
    cv: undefined,
    diversity:
      smoothed && detail === 'all' ? effectiveNumber(angularContributions(smoothed, options)) : undefined,
  }
}

/** Effective points of some groups. */
function pointsOf(
  parts: readonly Float64Array[],
  { squares }: AngularSums,
  groups: readonly number[],
): number {
  let weight = 0
  for (const part of parts) weight += sumOf(part)
  let squared = 0
  for (const g of groups) squared += squares[g]
  return effectivePoints(weight, squared)
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

function sumOf(weights: Float64Array): number {
  let sum = 0
  for (let c = 0; c < weights.length; c++) sum += weights[c]
  return sum
}

/** The mean over draws of each of their values. */
function meanOfEach(draws: readonly (readonly number[])[]): number[] {
  return draws[0].map((_, i) => mean(draws.map(values => values[i])))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The sums of a grid by group; undefined where they are not kept. */
export function angularSums({ groups, groupSquares }: GridStatistics): AngularSums | undefined {
  return groups && groupSquares && { weights: groups.values(), squares: groupSquares.values() }
}
