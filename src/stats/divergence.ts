/** Weights divided by their sum; all zero where the sum is 0. */
export function normalise(weights: ArrayLike<number>): Float64Array {
  const shares = new Float64Array(weights)
  let sum = 0
  for (let i = 0; i < shares.length; i++) sum += shares[i]
  if (sum > 0) for (let i = 0; i < shares.length; i++) shares[i] /= sum
  return shares
}

/** The term P ln(P/Q) of a Kullback-Leibler divergence, in nats; 0 where P is 0. */
export function divergenceTerm(p: number, q: number): number {
  return p > 0 ? p * Math.log(p / q) : 0
}

/** D(P‖Q) = sum over P > 0 of P ln(P/Q), in nats; Infinity where P > 0 and Q = 0. */
export function divergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < p.length; i++) sum += divergenceTerm(p[i], q[i])
  return sum
}

/** The divergence of weights from other weights, each normalised first; NaN where either are all 0. */
export function divergenceOfWeights(weights: ArrayLike<number>, others: ArrayLike<number>): number {
  let sum = 0
  let otherSum = 0
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]
    otherSum += others[i]
  }
  let total = 0
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] > 0) total += weights[i] * Math.log(weights[i] / others[i])
  }
  return total / sum - Math.log(sum / otherSum)
}

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
