/** Fewer groups give no standard error (method, section 6). */
export const LEAST_GROUPS = 8

/**
 * Standard error of a statistic from its values with one group of records left out at a time: the delete-a-group
 * jackknife, sqrt((G - 1)/G · sum of (T_g - mean)^2). undefined for fewer than eight groups, and where a value is not finite.
 */
export function jackknifeError(leftOut: ArrayLike<number>): number | undefined {
  const groups = leftOut.length
  if (groups < LEAST_GROUPS) return undefined
  let mean = 0
  for (let g = 0; g < groups; g++) mean += leftOut[g]
  mean /= groups
  let squares = 0
  for (let g = 0; g < groups; g++) squares += (leftOut[g] - mean) ** 2
  const error = Math.sqrt(((groups - 1) / groups) * squares)
  return Number.isFinite(error) ? error : undefined
}
