/** See `sumWindow` in dna/windows.ts, whose sums run in the same order: of three neighbours from the first, of others from 0. */

/** Sum of two windows side by side, of `width` neighbours each. */
@inline
function sumsBeside(values: usize, width: i32): v128 {
  let sum = f64x2.splat(0)
  const end = values + (<usize>width << 3)
  for (let p = values; p < end; p += 8) sum = f64x2.add(sum, v128.load(p))
  return sum
}

/** Squared lengths for windows [start, end) of any width, the first of which begins at `start - offset`. */
@inline
function squareAny(
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

/** The same for windows of three. */
@inline
function squareThree(
  e1: usize,
  e2: usize,
  e3: usize,
  start: i32,
  end: i32,
  offset: i32,
  squares: usize,
): void {
  let p = (<usize>(start - offset)) << 3
  let o = squares + ((<usize>start) << 3)
  const last = squares + ((<usize>end) << 3)
  for (; o + 8 < last; o += 16, p += 16) {
    const x = f64x2.add(f64x2.add(v128.load(e1 + p), v128.load(e1 + p, 8)), v128.load(e1 + p, 16))
    const y = f64x2.add(f64x2.add(v128.load(e2 + p), v128.load(e2 + p, 8)), v128.load(e2 + p, 16))
    const z = f64x2.add(f64x2.add(v128.load(e3 + p), v128.load(e3 + p, 8)), v128.load(e3 + p, 16))
    v128.store(o, f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.mul(z, z)))
  }
  for (; o < last; o += 8, p += 8) {
    const x = load<f64>(e1 + p) + load<f64>(e1 + p, 8) + load<f64>(e1 + p, 16)
    const y = load<f64>(e2 + p) + load<f64>(e2 + p, 8) + load<f64>(e2 + p, 16)
    const z = load<f64>(e3 + p) + load<f64>(e3 + p, 8) + load<f64>(e3 + p, 16)
    store<f64>(o, x * x + y * y + z * z)
  }
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
  if (width == 3) squareThree(e1, e2, e3, start, end, offset, squares)
  else squareAny(e1, e2, e3, start, end, offset, width, squares)
}
