/** Sums of three neighbouring vectors for windows [start, end), the first of which begins at `start - offset`. */
export function squareThree(
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
