/**
 * Two-sided 95 % quantile of Student's t with `df` degrees of freedom: the value that |t| stays below with probability 0.95.
 *
 * By bisection of the distribution function, which for a whole number of degrees is a finite sum: M. Abramowitz and I. A.
 * Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. Error: `RangeError`, for another number than 1, 2, ...
 */
export function t95(df: number): number {
  if (!Number.isInteger(df) || df < 1) throw new RangeError(`${df} degrees of freedom, expected 1 or more`)
  let low = 0
  let high = 16
  while (high - low > 1e-14 * high) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (within(middle, df) < 0.95) low = middle
    else high = middle
  }
  return high
}

/** Probability that |t| < value. */
function within(value: number, df: number): number {
  const theta = Math.atan(value / Math.sqrt(df))
  const cos2 = Math.cos(theta) ** 2
  const odd = df % 2 === 1
  let term = odd ? Math.cos(theta) : 1
  let sum = df === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cos2
    sum += term
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum
}
