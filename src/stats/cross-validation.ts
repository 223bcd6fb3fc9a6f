import { contributionsSe } from './jackknife.js'

/** How much better the other groups predict a group than the prior does. */
export interface CrossValidated {
  /** In nats; 0 where no weight of the prior gives more. */
  readonly value: number
  /** Weight of the prior that it was reached with; null for 0. */
  readonly a: number | null
  readonly se: number
  /** What each group contributes, in the order of the groups; they add up to the value. */
  readonly parts: readonly number[]
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
 * @param groups Counts of each group; undefined where it has none.
 * @param total Counts of all of them.
 * @param prior q, which sums to 1 and is above 0 wherever there are counts.
 */
export function crossValidateCounts(
  groups: readonly (ArrayLike<number> | undefined)[],
  total: ArrayLike<number>,
  prior: ArrayLike<number>,
): CrossValidated {
  let all = 0
  for (let x = 0; x < total.length; x++) all += total[x]
  const parts = COUNT_WEIGHTS.map(() => groups.map(() => 0))
  for (const [g, own] of groups.entries()) {
    if (own === undefined) continue
    let others = all
    for (let x = 0; x < own.length; x++) others -= own[x]
    for (let x = 0; x < own.length; x++) {
      if (own[x] === 0) continue
      const q = prior[x]
      const rest = total[x] - own[x]
      for (let i = 0; i < COUNT_WEIGHTS.length; i++) {
        const a = COUNT_WEIGHTS[i]
        parts[i][g] += (own[x] / all) * Math.log((rest + a * q) / ((others + a) * q))
      }
    }
  }
  return best(COUNT_WEIGHTS, parts)
}

/**
 * The cross-validated consistency of a density over cells: with p_g a group's share of the total weight, P_g the density
 * of the other groups, Q_g that density smoothed, and lambda = ne / (ne + a), the largest over a of
 *
 *     sum over g, cells of p_g · ln((lambda P_g + (1 - lambda) Q_g) / Q_g)
 *
 * @param groups Weights of each group.
 * @param others Weights of all groups but that one.
 * @param smooth Smooths a density.
 * @param effectivePoints ne, of all groups together.
 */
export function crossValidateDensity(
  groups: readonly Float64Array[],
  others: (group: number) => Float64Array,
  smooth: (density: Float64Array) => Float64Array,
  effectivePoints: number,
): CrossValidated {
  let all = 0
  for (const own of groups) for (const weight of own) all += weight
  const parts = DENSITY_WEIGHTS.map(() => groups.map(() => 0))
  for (const [g, own] of groups.entries()) {
    const rest = others(g)
    let sum = 0
    for (const weight of rest) sum += weight
    if (!(sum > 0)) continue // nothing predicts the only group there is
    const p = rest.map(weight => weight / sum)
    const q = smooth(p)
    for (let c = 0; c < own.length; c++) {
      if (own[c] === 0) continue
      const prior = Math.max(q[c], LEAST_DENSITY)
      for (let i = 0; i < DENSITY_WEIGHTS.length; i++) {
        const lambda = effectivePoints / (effectivePoints + DENSITY_WEIGHTS[i])
        parts[i][g] += (own[c] / all) * Math.log((lambda * p[c] + (1 - lambda) * prior) / prior)
      }
    }
  }
  return best(DENSITY_WEIGHTS, parts)
}

function best(weights: readonly number[], parts: readonly (readonly number[])[]): CrossValidated {
  let value = 0
  let chosen = -1
  for (let i = 0; i < weights.length; i++) {
    const sum = parts[i].reduce((total, part) => total + part, 0)
    if (sum > value) {
      value = sum
      chosen = i
    }
  }
  if (chosen < 0) return { value: 0, a: null, se: 0, parts: parts[0].map(() => 0) }
  return { value, a: weights[chosen], se: contributionsSe(parts[chosen]), parts: parts[chosen] }
}
