/** Singles of four float16 numbers, whose bits are the lower halves of words. */
@inline
function singlesOf(bits: v128): v128 {
  const size = i32x4.shl(v128.and(bits, i32x4.splat(0x7fff)), 13)
  const exponent = v128.and(size, i32x4.splat(0x0f800000))
  // The exponent of a single is 112 more, and twice that where it says that the number is not finite.
  const usual = i32x4.add(size, i32x4.splat(0x38000000))
  const isEndless = i32x4.eq(exponent, i32x4.splat(0x0f800000))
  const normal = i32x4.add(usual, v128.and(isEndless, i32x4.splat(0x38000000)))
  // A subnormal lacks its leading 1: with one it is 2^-14 too large.
  const small = f32x4.sub(i32x4.add(usual, i32x4.splat(0x00800000)), f32x4.splat(1 / <f32>16384))
  const single = v128.bitselect(small, normal, i32x4.eq(exponent, i32x4.splat(0)))
  return v128.or(single, i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16))
}

/** Float16 numbers as singles: see `decodeHalves` in kernels/float16.ts. Reads and writes whole eights. */
export function decodeHalves(halves: usize, count: i32, singles: usize): void {
  for (let i = 0; i < count; i += 8) {
    const bits = v128.load(halves + (<usize>i << 1))
    const to = singles + (<usize>i << 2)
    v128.store(to, singlesOf(i32x4.extend_low_i16x8_u(bits)))
    v128.store(to, singlesOf(i32x4.extend_high_i16x8_u(bits)), 16)
  }
}
