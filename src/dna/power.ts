/** Larger powers are as well made of logarithms. */
const MOST_PRODUCTS = 64

/**
 * The function that raises a number >= 0 to a power, with the same bits on every engine: `**` and `Math.pow` differ between versions
 * of V8. Whole and half powers are products, of which each is rounded as IEEE 754 has it; any other is exp(power · ln x).
 */
export function powerOf(power: number): (x: number) => number {
  const whole = Math.floor(power)
  const half = power - whole
  if (power < 0 || power > MOST_PRODUCTS || (half !== 0 && half !== 0.5)) {
    return x => Math.exp(power * Math.log(x))
  }
  if (power === 0) return () => 1
  if (power === 0.5) return Math.sqrt
  if (power === 1) return x => x
  if (power === 2) return x => x * x
  return half === 0 ? x => product(x, whole) : x => product(x, whole) * Math.sqrt(x)
}

/** x · x · ..., `times` times, by squaring. */
function product(x: number, times: number): number {
  let result = 1
  for (let square = x, left = times; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square
    if (left > 1) square *= square
  }
  return result
}
