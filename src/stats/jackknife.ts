/**
 * Errors from groups of records, each left out in turn. Records, not positions, are the unit of sampling.
 *
 * Source: the delete-a-group jackknife, e.g. P. S. Kott, "The delete-a-group jackknife", J. Official Statistics 17 (2001).
 */

/** Fewer groups than this tell no error. */
export const LEAST_GROUPS = 8

/** Two-sided 95% quantile of the normal distribution. */
export const Z95 = 1.959963984540054

/** sqrt((G-1)/G · sum (T_g - mean T)^2) of the values T_g of a statistic without group g. */
export function jackknifeSe(left: ArrayLike<number>): number {
  return Math.sqrt(((left.length - 1) / left.length) * squaredDeviations(left))
}

/** The same, where it can be told: undefined for fewer than eight groups, and where a value is not finite. */
export function jackknifeError(left: ArrayLike<number>): number | undefined {
  const se = left.length < LEAST_GROUPS ? Number.NaN : jackknifeSe(left)
  return Number.isFinite(se) ? se : undefined
}

/** sqrt(G/(G-1) · sum (s_g - mean s)^2) of a statistic that is the sum of its groups' contributions s_g. */
export function contributionsSe(parts: ArrayLike<number>): number {
  return Math.sqrt((parts.length / (parts.length - 1)) * squaredDeviations(parts))
}

/** The 95% interval of a value with this standard error, by the normal distribution. */
export function interval95(value: number, se: number): [low: number, high: number] {
  return [value - Z95 * se, value + Z95 * se]
}

function squaredDeviations(values: ArrayLike<number>): number {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i] / values.length
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) ** 2
  return sum
}
