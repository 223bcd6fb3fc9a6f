/**
 * Reads a word of every line of the cache in [from, to), so that the memory sends one behind the other: what is then read
 * here and there is near. Returns the words combined, which callers ignore.
 */
export function fetchLines(from: usize, to: usize): i32 {
  let all = 0
  for (let p = from; p < to; p += 64) all |= load<i32>(p)
  return all
}

/**
 * Adds weights to exact sums: see `ExactSums.add` in stats/sums/exact-sums.ts.
 *
 * @param limbs Limb j of cell i is the double at i · width + j.
 * @returns How many weights were added: fewer than `count` where the next is none, or needs limbs that are not there.
 */
export function addWeights(
  cells: usize,
  weights: usize,
  from: i32,
  count: i32,
  limbs: usize,
  first: i32,
  width: i32,
): i32 {
  const last = width - 4
  for (let i = from; i < count; i++) {
    const bits = load<u64>(weights + ((<usize>i) << 3))
    if (bits == 0) continue
    const exponent = <i32>(bits >> 52)
    if (exponent >= 2047) return i
    const normal = i32(exponent != 0)
    const mantissa = (bits & 0xfffffffffffff) | ((<u64>normal) << 52)
    const bit = exponent - normal
    const plane = (bit >> 5) - first
    if (plane < 0 || plane > last) return i
    const shift = <u64>(bit & 31)
    const p = limbs + ((<usize>(load<i32>(cells + ((<usize>i) << 2)) * width + plane)) << 3)
    const two = f64x2.convert_low_i32x4_u(i64x2.splat(mantissa << shift))
    v128.store(p, f64x2.add(v128.load(p), two))
    store<f64>(p, load<f64>(p, 16) + <f64>(<i64>((mantissa >> 1) >> (63 - shift))), 16)
  }
  return count
}
