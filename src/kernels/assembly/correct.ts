/** See `mapCorrector` in dna/corrected-map.ts, whose sums run in the same order. */

/** Four floats of one position and four of the next, as pairs of one base each. */
@inline
function pair<T>(attribution: usize, base: i32): v128 {
  if (sizeof<T>() == 4) {
    const first = v128.load(attribution)
    const second = v128.load(attribution, 16)
    if (base == 0) return f64x2.promote_low_f32x4(v128.shuffle<f32>(first, second, 0, 4, 1, 5))
    if (base == 1) return f64x2.promote_low_f32x4(v128.shuffle<f32>(first, second, 1, 5, 0, 4))
    if (base == 2) return f64x2.promote_low_f32x4(v128.shuffle<f32>(first, second, 2, 6, 3, 7))
    return f64x2.promote_low_f32x4(v128.shuffle<f32>(first, second, 3, 7, 2, 6))
  }
  const p = attribution + (<usize>base << 3)
  return v128.load64_lane(p, v128.load64_zero(p), 1, 32)
}

@inline
function value<T>(attribution: usize, base: i32): f64 {
  return <f64>load<T>(attribution + <usize>base * sizeof<T>())
}

@inline
function correct<T>(
  attribution: usize,
  length: i32,
  b1: f64,
  b2: f64,
  g2: f64,
  b3: f64,
  t3: f64,
  squares: usize,
  magnitudes: usize,
  e1: usize,
  e2: usize,
  e3: usize,
  totals: usize,
): void {
  let roots = f64x2.splat(0)
  let sums = f64x2.splat(0)
  const quarter = f64x2.splat(0.25)
  const vb1 = f64x2.splat(b1)
  const vb2 = f64x2.splat(b2)
  const vg2 = f64x2.splat(g2)
  const vb3 = f64x2.splat(b3)
  const vt3 = f64x2.splat(t3)
  const even = length & ~1
  let p = attribution
  const whole = <usize>even << 3
  let o: usize = 0
  for (; o < whole; o += 16) {
    let a = pair<T>(p, 0)
    let c = pair<T>(p, 1)
    let g = pair<T>(p, 2)
    let t = pair<T>(p, 3)
    const mean = f64x2.mul(f64x2.add(f64x2.add(f64x2.add(a, c), g), t), quarter)
    a = f64x2.sub(a, mean)
    c = f64x2.sub(c, mean)
    g = f64x2.sub(g, mean)
    t = f64x2.sub(t, mean)
    const s = f64x2.add(
      f64x2.add(f64x2.add(f64x2.mul(a, a), f64x2.mul(c, c)), f64x2.mul(g, g)),
      f64x2.mul(t, t),
    )
    v128.store(squares + o, s)
    sums = f64x2.add(sums, s)
    const root = f64x2.sqrt(s)
    v128.store(magnitudes + o, root)
    roots = f64x2.add(roots, root)
    const ac = f64x2.add(a, c)
    v128.store(e1 + o, f64x2.mul(f64x2.sub(c, a), vb1))
    v128.store(e2 + o, f64x2.add(f64x2.mul(ac, vb2), f64x2.mul(g, vg2)))
    v128.store(e3 + o, f64x2.add(f64x2.mul(f64x2.add(ac, g), vb3), f64x2.mul(t, vt3)))
    p += 8 * sizeof<T>()
  }
  let magnitude = f64x2.extract_lane(roots, 0)
  let square = f64x2.extract_lane(sums, 0)
  if (even < length) {
    let a = value<T>(p, 0)
    let c = value<T>(p, 1)
    let g = value<T>(p, 2)
    let t = value<T>(p, 3)
    const mean = (a + c + g + t) * 0.25
    a -= mean
    c -= mean
    g -= mean
    t -= mean
    const s = a * a + c * c + g * g + t * t
    store<f64>(squares + o, s)
    square += s
    const root = Math.sqrt(s)
    store<f64>(magnitudes + o, root)
    magnitude += root
    const ac = a + c
    store<f64>(e1 + o, (c - a) * b1)
    store<f64>(e2 + o, ac * b2 + g * g2)
    store<f64>(e3 + o, (ac + g) * b3 + t * t3)
  }
  store<f64>(totals, magnitude + f64x2.extract_lane(roots, 1))
  store<f64>(totals, square + f64x2.extract_lane(sums, 1), 8)
}

/** The corrected map of a map of singles, L x 4, position-major; `totals` gets summed magnitudes and squares. */
export function correctFloats(
  attribution: usize,
  length: i32,
  b1: f64,
  b2: f64,
  g2: f64,
  b3: f64,
  t3: f64,
  squares: usize,
  magnitudes: usize,
  e1: usize,
  e2: usize,
  e3: usize,
  totals: usize,
): void {
  correct<f32>(attribution, length, b1, b2, g2, b3, t3, squares, magnitudes, e1, e2, e3, totals)
}

/** The same of doubles. */
export function correctDoubles(
  attribution: usize,
  length: i32,
  b1: f64,
  b2: f64,
  g2: f64,
  b3: f64,
  t3: f64,
  squares: usize,
  magnitudes: usize,
  e1: usize,
  e2: usize,
  e3: usize,
  totals: usize,
): void {
  correct<f64>(attribution, length, b1, b2, g2, b3, t3, squares, magnitudes, e1, e2, e3, totals)
}
