import { deviationsSe } from './jackknife.js'
import { SumsOfLogs } from './sums-of-logs.js'

/** How much better the other groups predict a group than the prior does. */
export interface CrossValidated {
  /** In nats; 0 where no weight of the prior gives more. */
  readonly value: number
  /** Weight of the prior that it was reached with; null for 0. */
  readonly a: number | null
  readonly se: number
  /** What each group contributes, in the order of the groups; they add up to the value. */
  readonly parts: readonly number[]
  /** What the error is made of, in the same order; they add up to 0. Those of two models on the same ids are subtracted. */
  readonly deviations: readonly number[]
}

/** A density over cells, and the same smoothed. */
export interface SmoothedDensity {
  readonly density: Float64Array
  readonly prior: Float64Array
}

const COUNT_WEIGHTS = [300, 1000, 3000, 1e4, 3e4, 1e5]
const DENSITY_WEIGHTS = [100, 1000, 3000, 1e4, 3e4, 1e5]
/** Least density that a smoothed prior is taken to have. */
const LEAST_DENSITY = 1e-12

/**
 * The cross-validated consistency of counts: with n_g the counts of group g, T their total over all groups, r_g those of
 * the other groups and R_g their sum, the largest over a of
 *
 *     1/T · sum over g, x of n_g[x] · ln((r_g[x] + a q[x]) / ((R_g + a) q[x]))
 *
 * Its error is that of a ratio, of what groups contribute to how many counts they have: with s_g a group's contribution and
 * N_g its counts, the deviations are s_g - value · N_g / T. Source: W. G. Cochran, Sampling Techniques (1977), chapter 6.
 *
 * @param groups Counts of each group; undefined where it has none.
 * @param total Counts of all of them.
 * @param prior q, which sums to 1 and is above 0 wherever there are counts.
 */
export function crossValidateCounts(
  groups: readonly (ArrayLike<number> | undefined)[],
  total: ArrayLike<number>,
  prior: ArrayLike<number>,
): CrossValidated {
  const all = sumOf(total)
  const parts = partsOf(COUNT_WEIGHTS, groups.length)
  const sums = new SumsOfLogs(COUNT_WEIGHTS)
  for (let g = 0; g < groups.length; g++) {
    const own = groups[g]
    if (own === undefined) continue
    const logs = sums.of(own, total, prior, all)
    for (let i = 0; i < parts.length; i++) parts[i][g] = logs[i] / all
  }
  const shares = groups.map(own => (own === undefined ? 0 : sumOf(own) / all))
  return best(COUNT_WEIGHTS, parts, (part, g, value) => part - value * shares[g])
}

/**
 * How much better the counts of one model predict those of another than the prior does: with n_g the counts of group g of the
 * other, T their total, r_g the first model's counts of all groups but that one and R_g their sum, the largest over a of
 *
 *     1/T · sum over g, x of n_g[x] · ln((r_g[x] + a q[x]) / ((R_g + a) q[x]))
 *
 * and 0, whose a is null. Of a model by itself it is the cross-validated consistency.
 *
 * @param from Counts of the first model by group; undefined for a group without any.
 * @param of Counts of the other, in the same groups.
 * @param prior q, which sums to 1 and is above 0 wherever the other has counts.
 */
export function predictCounts(
  from: readonly (ArrayLike<number> | undefined)[],
  of: readonly (ArrayLike<number> | undefined)[],
  prior: ArrayLike<number>,
): { readonly value: number; readonly a: number | null } {
  const total = new Float64Array(prior.length)
  for (const own of from) for (let x = 0; x < (own?.length ?? 0); x++) total[x] += own?.[x] ?? 0
  const all = sumOf(total)
  const sums = new Float64Array(COUNT_WEIGHTS.length)
  let counted = 0
  for (const [g, own] of of.entries()) {
    if (own === undefined) continue
    counted += sumOf(own)
    const left = from[g]
    const rest = all - (left === undefined ? 0 : sumOf(left))
    for (let x = 0; x < own.length; x++) {
      if (own[x] === 0) continue
      const expected = (total[x] - (left?.[x] ?? 0)) / prior[x]
      for (const [i, a] of COUNT_WEIGHTS.entries()) {
        sums[i] += own[x] * Math.log((expected + a) / (rest + a))
      }
    }
  }
  const best = sums.indexOf(Math.max(...sums))
  return sums[best] > 0 ? { value: sums[best] / counted, a: COUNT_WEIGHTS[best] } : { value: 0, a: null }
}

/**
 * The cross-validated consistency of a density over cells: with p_g a group's share of the total weight, P_g the density
 * of the other groups, Q_g that density smoothed per solid angle, and lambda = ne / (ne + a), the largest over a of
 *
 *     sum over g, cells of p_g · ln((lambda P_g + (1 - lambda) Q_g) / Q_g)
 *
 * The deviations are those of the contributions from their mean.
 *
 * @param groups Weights of each group.
 * @param others Density of all groups but that one, and the same smoothed; undefined for the only group there is, which
 * nothing predicts.
 * @param effectivePoints ne, of all groups together.
 */
export function crossValidateDensity(
  groups: readonly Float64Array[],
  others: readonly (SmoothedDensity | undefined)[],
  effectivePoints: number,
): CrossValidated {
  let all = 0
  for (const own of groups) all += sumOf(own)
  const parts = partsOf(DENSITY_WEIGHTS, groups.length)
  const lambdas = Float64Array.from(DENSITY_WEIGHTS, a => effectivePoints / (effectivePoints + a))
  const sums = new Float64Array(lambdas.length)
  for (let g = 0; g < groups.length; g++) {
    const rest = others[g]
    if (rest === undefined) continue
    sums.fill(0)
    predict(groups[g], rest, lambdas, sums)
    for (let i = 0; i < parts.length; i++) parts[i][g] = sums[i] / all
  }
  return best(DENSITY_WEIGHTS, parts, (part, _, value) => part - value / groups.length)
}

/** Adds the logarithms of how much better a density, mixed with its prior, predicts a group than the prior alone. */
function predict(
  own: Float64Array,
  { density, prior }: SmoothedDensity,
  lambdas: Float64Array,
  sums: Float64Array,
): void {
  for (let c = 0; c < own.length; c++) {
    const weight = own[c]
    if (weight === 0) continue
    const q = Math.max(prior[c], LEAST_DENSITY)
    const ratio = density[c] / q
    for (let i = 0; i < lambdas.length; i++) {
      sums[i] += weight * Math.log(lambdas[i] * ratio + (1 - lambdas[i]))
    }
  }
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}

function partsOf(weights: readonly number[], groups: number): number[][] {
  return weights.map(() => Array.from({ length: groups }, () => 0))
}

/** The largest sum over groups, and its error by the groups' deviations from it. */
function best(
  weights: readonly number[],
  parts: readonly (readonly number[])[],
  deviation: (part: number, group: number, value: number) => number,
): CrossValidated {
  let value = 0
  let chosen = -1
  for (let i = 0; i < weights.length; i++) {
    const sum = parts[i].reduce((total, part) => total + part, 0)
    if (sum > value) {
      value = sum
      chosen = i
    }
  }
  if (chosen < 0) {
    const none = parts[0].map(() => 0)
    return { value: 0, a: null, se: 0, parts: none, deviations: none }
  }
  const deviations = parts[chosen].map((part, g) => deviation(part, g, value))
  return { value, a: weights[chosen], se: deviationsSe(deviations), parts: parts[chosen], deviations }
}
