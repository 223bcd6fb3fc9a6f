const WEYL: i32 = 0x9e3779b9

@inline
function mix(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35))
  return v128.xor(h, i32x4.shr_u(h, 16))
}

/** Two positions whose random words are the lower two lanes of `bits`. */
@inline
function turnTwo(
  bits: v128,
  first: i32,
  second: i32,
  o: usize,
  squares: usize,
  magnitudes: usize,
  sines: usize,
  own: f64,
  third: f64,
  e1: usize,
  e2: usize,
  e3: usize,
): void {
  const height = f64x2.sub(
    f64x2.mul(
      f64x2.add(f64x2.convert_low_i32x4_s(i32x4.shr_u(bits, 12)), f64x2.splat(0.5)),
      f64x2.splat(2 / <f64>1048576),
    ),
    f64x2.splat(1),
  )
  const z = f64x2.mul(v128.load(magnitudes + o), height)
  const r = f64x2.sqrt(f64x2.mul(v128.load(squares + o), f64x2.sub(f64x2.splat(1), f64x2.mul(height, height))))
  const one = sines + (<usize>(first & 4095) << 3)
  const other = sines + (<usize>(second & 4095) << 3)
  const sine = v128.load64_lane(other, v128.load64_zero(one), 1)
  const cosine = v128.load64_lane(other, v128.load64_zero(one, 8192), 1, 8192)
  v128.store(e1 + o, f64x2.mul(r, cosine))
  const y = f64x2.mul(r, sine)
  v128.store(e2 + o, f64x2.add(f64x2.mul(y, f64x2.splat(own)), f64x2.mul(z, f64x2.splat(third))))
  v128.store(e3 + o, z)
}

/** See `rotator` in dna/rotation.ts. Writes whole fours of positions: arrays have room for them. */
export function rotate(
  squares: usize,
  magnitudes: usize,
  length: i32,
  seed: i32,
  sines: usize,
  own: f64,
  third: f64,
  e1: usize,
  e2: usize,
  e3: usize,
): void {
  let counter = i32x4.mul(i32x4(1, 2, 3, 4), i32x4.splat(WEYL))
  const step = i32x4.splat(WEYL * 4)
  const seeds = i32x4.splat(seed)
  for (let o: usize = 0; o < <usize>length << 3; o += 32) {
    const bits = mix(v128.xor(counter, seeds))
    counter = i32x4.add(counter, step)
    const first = i32x4.extract_lane(bits, 0)
    const second = i32x4.extract_lane(bits, 1)
    turnTwo(bits, first, second, o, squares, magnitudes, sines, own, third, e1, e2, e3)
    const upper = v128.shuffle<i32>(bits, bits, 2, 3, 2, 3)
    const next = i32x4.extract_lane(bits, 2)
    const fourth = i32x4.extract_lane(bits, 3)
    turnTwo(upper, next, fourth, o + 16, squares, magnitudes, sines, own, third, e1, e2, e3)
  }
}
