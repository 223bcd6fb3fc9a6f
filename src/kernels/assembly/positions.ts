/** See `PositionSums` in dna/position-sums.ts. */

/** Adding and subtracting it rounds a double below 2^51 to a whole number. */
const ROUND: f64 = 1.5 * 4503599627370496

@inline
function addRounded(sums: usize, values: v128): void {
  const round = f64x2.splat(ROUND)
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.sub(f64x2.add(values, round), round)))
}

/**
 * Adds a map without N to the sums by position, two positions at a time.
 *
 * @param published Whether e2 lacks a term of e3, as in the published basis.
 * @param sums Three sums of coordinates and the count of zeros, `stride` bytes apart.
 */
export function addPositions(
  e1: usize,
  e2: usize,
  e3: usize,
  squares: usize,
  length: i32,
  scale: f64,
  published: i32,
  sums: usize,
  stride: usize,
): void {
  const by = f64x2.splat(scale)
  const one = f64x2.splat(1)
  const none = f64x2.splat(0)
  const end = (<usize>length << 3)
  for (let o: usize = 0; o < end; o += 16) {
    const z = v128.load(e3 + o)
    let y = v128.load(e2 + o)
    if (published) y = f64x2.sub(f64x2.mul(f64x2.splat(3), y), f64x2.mul(z, f64x2.splat(Math.SQRT1_2)))
    addRounded(sums + o, f64x2.mul(v128.load(e1 + o), by))
    addRounded(sums + stride + o, f64x2.mul(y, by))
    addRounded(sums + 2 * stride + o, f64x2.mul(z, by))
    const zeros = sums + 3 * stride + o
    const isZero = f64x2.eq(v128.load(squares + o), none)
    v128.store(zeros, f64x2.add(v128.load(zeros), v128.and(isZero, one)))
  }
}
