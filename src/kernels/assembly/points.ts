/** See `fullCell` in dna/angles.ts, which the tables of bins come from; no step takes a branch. */

/** Slots of an octant of the azimuth, but for that of a ratio of 1. */
const SLOTS = 2048
/** Slots of half the range of a cosine. */
const HALF_SLOTS = 4096
const BORDER: i32 = 255

/** The doubles at two places. */
@inline
function both(one: usize, other: usize): v128 {
  return v128.load64_lane(other, v128.load64_zero(one), 1)
}

/** Sums of `width` doubles from each of two places, in the order of `sumWindow` in dna/windows.ts. */
@inline
function sums(values: usize, one: usize, other: usize, width: i32): v128 {
  const p = values + one
  const q = values + other
  if (width != 3) {
    let sum = f64x2.splat(0)
    for (let at: usize = 0; at < <usize>width << 3; at += 8) sum = f64x2.add(sum, both(p + at, q + at))
    return sum
  }
  return f64x2.add(f64x2.add(both(p, q), both(p + 8, q + 8)), both(p + 16, q + 16))
}

@inline
function bin(table: usize, slot: i32): i32 {
  return load<u8>(table + <usize>slot)
}

/**
 * Weights, cells and summed squared weights of points.
 *
 * @param positions The points' windows; the vectors summed for window i are `width` from that of i - offset on.
 * @param cells Gets base + cell.
 * @param unsettled Gets the numbers of points in a slot of a table in which two bins meet: their cells are not computed.
 * @param result Gets the sum of the squared weights.
 * @returns How many are unsettled. All arrays have room for one point more.
 */
export function layPoints(
  positions: usize,
  count: i32,
  squares: usize,
  e1: usize,
  e2: usize,
  e3: usize,
  offset: i32,
  width: i32,
  scale: f64,
  base: i32,
  azimuths: usize,
  thetas: usize,
  cells: usize,
  weights: usize,
  unsettled: usize,
  result: usize,
): i32 {
  let left = 0
  let squared: f64 = 0
  const one = f64x2.splat(1)
  const zero = f64x2.splat(0)
  store<i32>(positions + (<usize>count << 2), count > 0 ? load<i32>(positions) : 0)
  for (let j = 0; j < count; j += 2) {
    const first = load<i32>(positions + (<usize>j << 2))
    const second = load<i32>(positions + (<usize>j << 2), 4)
    const p = <usize>(first - offset) << 3
    const q = <usize>(second - offset) << 3
    const x = sums(e1, p, q, width)
    const y = sums(e2, p, q, width)
    const z = sums(e3, p, q, width)
    const r = f64x2.sqrt(both(squares + (<usize>first << 3), squares + (<usize>second << 3)))
    const radius = f64x2.mul(r, f64x2.splat(scale))
    const weight = f64x2.mul(radius, radius)
    v128.store(weights + (<usize>j << 3), weight)
    const square = f64x2.mul(weight, weight)
    squared += f64x2.extract_lane(square, 0)

    const a = f64x2.abs(y)
    const b = f64x2.abs(z)
    const longer = f64x2.pmax(a, b)
    const ratio = f64x2.div(f64x2.pmin(a, b), longer)
    const cosine = f64x2.div(x, r)
    const steep = i64x2.bitmask(f64x2.lt(a, b))
    const behind = i64x2.bitmask(f64x2.lt(y, zero))
    const below = i64x2.bitmask(f64x2.lt(z, zero))
    const known = i64x2.bitmask(
      v128.and(f64x2.gt(longer, zero), f64x2.lt(f64x2.abs(cosine), one)),
    )
    const ratios = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(ratio, f64x2.splat(SLOTS)))
    const cosines = i32x4.trunc_sat_f64x2_s_zero(
      f64x2.mul(f64x2.add(cosine, one), f64x2.splat(HALF_SLOTS)),
    )

    const octant = (behind & 1) | ((below & 1) << 1) | ((steep & 1) << 2)
    const azimuth = bin(azimuths, octant * (SLOTS + 1) + i32x4.extract_lane(ratios, 0))
    const theta = bin(thetas, i32x4.extract_lane(cosines, 0))
    store<i32>(cells + (<usize>j << 2), base + azimuth * 32 + theta)
    store<i32>(unsettled + (<usize>left << 2), j)
    left += i32(azimuth == BORDER) | i32(theta == BORDER) | (~known & 1)

    const octant2 = (behind >> 1) | (below & 2) | ((steep & 2) << 1)
    const azimuth2 = bin(azimuths, octant2 * (SLOTS + 1) + i32x4.extract_lane(ratios, 1))
    const theta2 = bin(thetas, i32x4.extract_lane(cosines, 1))
    store<i32>(cells + (<usize>j << 2), base + azimuth2 * 32 + theta2, 4)
    store<i32>(unsettled + (<usize>left << 2), j + 1)
    const isPoint = i32(j + 1 < count)
    left += (i32(azimuth2 == BORDER) | i32(theta2 == BORDER) | ((~known >> 1) & 1)) & isPoint
    squared += isPoint ? f64x2.extract_lane(square, 1) : 0
  }
  store<f64>(result, squared)
  return left
}
