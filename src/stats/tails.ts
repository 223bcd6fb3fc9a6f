/** Lanczos' coefficients for g = 7, n = 9 (Godfrey's); ln Γ is then good to 1e-13 or better. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x), x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  let sum = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (z + i)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** P(X >= n) of a Poisson variable with this mean: the regularised lower incomplete gamma function P(n, mean). */
export function poissonTail(n: number, mean: number): number {
  if (n <= 0) return 1
  if (!(mean > 0)) return 0
  const log = n * Math.log(mean) - mean - logGamma(n + 1) // ln of the probability of n itself
  if (mean < n + 1) {
    let term = 1
    let sum = 1
    for (let i = 1; term > sum * 1e-17; i++) sum += term *= mean / (n + i)
    return Math.min(1, Math.exp(log) * sum)
  }
  // Lentz's continued fraction of the upper function Q(n, mean); P is what remains.
  let b = mean + 1 - n
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let i = 1; i < 10_000; i++) {
    const a = -i * (i - n)
    b += 2
    d = 1 / nonZero(a * d + b)
    c = nonZero(b + a / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return Math.max(0, 1 - Math.exp(log + Math.log(n)) * h)
}

/**
 * P(T >= t) of Student's t with this many degrees of freedom, to 1e-9 of itself however small it is: half of
 * I_x(freedom / 2, 1/2) at x = freedom / (freedom + t^2). Source: Abramowitz and Stegun, 26.7.1.
 */
export function studentTail(t: number, freedom: number): number {
  const half = 0.5 * betaShare(freedom / (freedom + t * t), freedom / 2, 0.5)
  return t >= 0 ? half : 1 - half
}

/**
 * The t that Student's t with this many degrees of freedom exceeds with this probability, 0 < tail <= 0.5: found by
 * bisection of `studentTail`, to the last bit or so.
 */
export function studentQuantile(tail: number, freedom: number): number {
  let low = 0
  let high = 1
  while (studentTail(high, freedom) > tail) high *= 2
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentTail(middle, freedom) > tail) low = middle
    else high = middle
  }
  return high
}

/** P(X >= x) of a chi-square variable with 3 degrees of freedom: of a table of four bases. */
export function chiSquareTail3(x: number): number {
  if (!(x > 0)) return 1
  // Q(3/2, x/2) = erfc(sqrt(x/2)) + sqrt(2x/π) e^(-x/2); erfc by Student's t is not exact, so by its own fraction.
  return Math.min(1, erfc(Math.sqrt(x / 2)) + Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2))
}

/** The complementary error function for x >= 0: a series below 2, Lentz's continued fraction above. */
export function erfc(x: number): number {
  if (x < 2) {
    let term = x
    let sum = x
    for (let i = 1; Math.abs(term) > 1e-17 * Math.abs(sum); i++) {
      term *= (-x * x) / i
      sum += term / (2 * i + 1)
      if (term === 0) break
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = x
  for (let i = 60; i > 0; i--) fraction = x + i / 2 / fraction
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
}

/** The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (NIST DLMF 8.17.22). */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a)
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) - logGamma(a) - logGamma(b) + logGamma(a + b) - Math.log(a),
  )
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let i = 1; i < 10_000; i++) {
    const even = (i * (b - i) * x) / ((a + 2 * i - 1) * (a + 2 * i))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    h *= d * c
    const odd = (-(a + i) * (a + b + i) * x) / ((a + 2 * i) * (a + 2 * i + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return front * h
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}
