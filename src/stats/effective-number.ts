/**
 * exp(H) of the contributions above 0, normalised, H being their entropy: how many patterns of equal strength would be
 * as diverse. undefined where no contribution is above 0.
 *
 * Source: Hill's number of order 1; M. O. Hill, "Diversity and evenness", Ecology 54 (1973).
 */
export function effectiveNumber(contributions: ArrayLike<number>): number | undefined {
  let sum = 0
  for (let i = 0; i < contributions.length; i++) if (contributions[i] > 0) sum += contributions[i]
  if (!(sum > 0)) return undefined
  let entropy = 0
  for (let i = 0; i < contributions.length; i++) {
    if (contributions[i] > 0) entropy -= (contributions[i] / sum) * Math.log(contributions[i] / sum)
  }
  return Math.exp(entropy)
}
