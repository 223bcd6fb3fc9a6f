import { studentQuantile } from './tails.js'

/**
 * Errors from groups of records, each left out in turn. Records, not positions, are the unit of sampling.
 *
 * Source: the delete-a-group jackknife, e.g. P. S. Kott, "The delete-a-group jackknife", J. Official Statistics 17 (2001).
 */

/** Fewer groups than this give no error. */
export const LEAST_GROUPS = 8

/** sqrt((G-1)/G · sum (T_g - mean T)^2) of the values T_g of a statistic without group g. */
export function jackknifeSe(left: ArrayLike<number>): number {
  return Math.sqrt(((left.length - 1) / left.length) * squaredDeviations(left))
}

/** The same, where it can be computed: undefined for fewer than eight groups, and where a value is not finite. */
export function jackknifeError(left: ArrayLike<number>): number | undefined {
  const se = left.length < LEAST_GROUPS ? Number.NaN : jackknifeSe(left)
  return Number.isFinite(se) ? se : undefined
}

/** sqrt(G/(G-1) · sum u_g^2) of a statistic from what its groups deviate by: deviations u_g that add up to 0. */
export function deviationsSe(deviations: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < deviations.length; i++) sum += deviations[i] ** 2
  return Math.sqrt((deviations.length / (deviations.length - 1)) * sum)
}

/** How many standard errors a 95% interval reaches each way, where the error comes from this many groups: Student's t. */
export function halfWidth95(groups: number): number {
  return studentQuantile(0.025, groups - 1)
}

/** The 95% interval of a value whose standard error comes from this many groups. */
export function interval95(value: number, se: number, groups: number): [low: number, high: number] {
  const reach = halfWidth95(groups) * se
  return [value - reach, value + reach]
}

function squaredDeviations(values: ArrayLike<number>): number {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i] / values.length
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) ** 2
  return sum
}
