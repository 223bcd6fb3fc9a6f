/**
 * Sums of two windows side by side, of `width` neighbours each, in the order of `sumWindow` in dna/windows.ts: of three from the
 * first, of others from 0.
 */
@inline
function sumsBeside(values: usize, width: i32): v128 {
  if (width == 3) {
    return f64x2.add(f64x2.add(v128.load(values), v128.load(values, 8)), v128.load(values, 16))
  }
  let sum = f64x2.splat(0)
  const end = values + (<usize>width << 3)
  for (let p = values; p < end; p += 8) sum = f64x2.add(sum, v128.load(p))
  return sum
}

/** Squared lengths of the sums over windows [start, end), the first of which begins at `start - offset`. */
export function squareWindows(
  e1: usize,
  e2: usize,
  e3: usize,
  start: i32,
  end: i32,
  offset: i32,
  width: i32,
  squares: usize,
): void {
  let p = (<usize>(start - offset)) << 3
  let o = squares + ((<usize>start) << 3)
  const last = squares + ((<usize>end) << 3)
  for (; o < last; o += 16, p += 16) {
    const x = sumsBeside(e1 + p, width)
    const y = sumsBeside(e2 + p, width)
    const z = sumsBeside(e3 + p, width)
    const square = f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z))
    if (o + 8 < last) v128.store(o, square)
    else v128.store64_lane(o, square, 0)
  }
}
