/**
 * Positions above a quantile: see `Selector` in dna/quantiles/quantile-selector.ts, which finds the same ones by another way.
 *
 * Candidates are gathered by comparison with `low` and distinguished by which of a few intervals up to `high` they lie in; those in
 * the interval of the cut are ranked.
 */

/** Positions of [start, end) whose value is at least `pivot`, ascending; `places` says which lanes each of 16 masks moves. */
@inline
function gather(values: usize, start: i32, end: i32, pivot: f64, places: usize, positions: usize): i32 {
  const limit = f64x2.splat(pivot)
  let at = positions
  let i = start
  let p = values + (<usize>start << 3)
  let numbers = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3))
  for (; i < end - 3; i += 4, p += 32) {
    const first = f64x2.ge(v128.load(p), limit)
    const second = f64x2.ge(v128.load(p, 16), limit)
    const mask = i32x4.bitmask(v128.shuffle<i32>(first, second, 0, 2, 4, 6))
    v128.store(at, i8x16.swizzle(numbers, v128.load(places + (<usize>mask << 4))))
    at += <usize>popcnt(mask) << 2
    numbers = i32x4.add(numbers, i32x4.splat(4))
  }
  for (; i < end; i++, p += 8) {
    store<i32>(at, i)
    at += <usize>(load<f64>(p) >= pivot) << 2
  }
  return <i32>((at - positions) >> 2)
}

/** Keeps the positions whose candidate is at least `limit`. */
@inline
function keep(candidates: usize, count: i32, limit: f64, places: usize, positions: usize): i32 {
  const limits = f64x2.splat(limit)
  let at = positions
  let i = 0
  for (; i < count - 3; i += 4) {
    const p = candidates + (<usize>i << 3)
    const first = f64x2.ge(v128.load(p), limits)
    const second = f64x2.ge(v128.load(p, 16), limits)
    const mask = i32x4.bitmask(v128.shuffle<i32>(first, second, 0, 2, 4, 6))
    const numbers = v128.load(positions + (<usize>i << 2))
    v128.store(at, i8x16.swizzle(numbers, v128.load(places + (<usize>mask << 4))))
    at += <usize>popcnt(mask) << 2
  }
  for (; i < count; i++) {
    store<i32>(at, load<i32>(positions + (<usize>i << 2)))
    at += <usize>(load<f64>(candidates + (<usize>i << 3)) >= limit) << 2
  }
  return <i32>((at - positions) >> 2)
}

/** The same where the cut is an order statistic itself: squares a little above it may have the same root. */
function keepByRoot(candidates: usize, count: i32, cut: f64, positions: usize): i32 {
  let at = positions
  for (let i = 0; i < count; i++) {
    store<i32>(at, load<i32>(positions + (<usize>i << 2)))
    at += <usize>(Math.sqrt(load<f64>(candidates + (<usize>i << 3))) > cut) << 2
  }
  return <i32>((at - positions) >> 2)
}

@inline
function at(values: usize, i: i32): f64 {
  return load<f64>(values + (<usize>i << 3))
}

/** The value of ascending rank `rank` among the first n, which are reordered: Hoare's selection, median of three. */
function selectAscending(values: usize, n: i32, rank: i32): f64 {
  let low = 0
  let high = n - 1
  while (high > low) {
    const a = at(values, low)
    const b = at(values, (low + high) >>> 1)
    const c = at(values, high)
    const pivot = max(min(a, b), min(max(a, b), c))
    let i = low
    let j = high
    while (i <= j) {
      while (at(values, i) < pivot) i++
      while (at(values, j) > pivot) j--
      if (i <= j) {
        const swap = at(values, i)
        store<f64>(values + (<usize>i << 3), at(values, j))
        store<f64>(values + (<usize>j << 3), swap)
        i++
        j--
      }
    }
    if (rank <= j) high = j
    else if (rank >= i) low = i
    else break
  }
  return at(values, rank)
}

/** So few values are ranked by comparing each with all, which takes no branch; more are distinguished first, and else partitioned. */
const FEW = 32

/** The values of ascending rank `rank` and `rank + 1` among n, which is more than `rank`; the second is 0 where it is not. */
@inline
function rankFew(values: usize, n: i32, rank: i32): v128 {
  const end = values + (<usize>n << 3)
  store<f64>(end, Infinity)
  // The value of a rank is the largest of those that no more than `rank` others are below.
  const ranks = i32x4(rank, rank, rank + 1, rank + 1)
  let found = f64x2.splat(0)
  for (let p = values; p < end; p += 8) {
    const value = v128.load64_splat(p)
    let below = i32x4.splat(0) // both words of a lane count
    for (let q = values; q < end; q += 16) below = i32x4.sub(below, f64x2.lt(v128.load(q), value))
    const total = i32x4.add(below, v128.shuffle<i64>(below, below, 1, 0))
    found = f64x2.pmax(found, v128.andnot(value, i32x4.gt_s(total, ranks)))
  }
  return found
}

/** The same, of any number, which are reordered. */
@inline
function rankMany(values: usize, n: i32, rank: i32): v128 {
  const lower = selectAscending(values, n, rank)
  let upper: f64 = Infinity
  for (let i = rank + 1; i < n; i++) upper = min(upper, at(values, i))
  return f64x2.replace_lane(f64x2.splat(lower), 1, upper)
}

/** Candidates are distinguished by this many intervals of equal width; those above them all are in one more. */
const BUCKETS = 16

/** The numbers of the intervals of two values, as doubles whose whole part counts. */
@inline
function intervals(p: usize, low: v128, scale: v128): v128 {
  return f64x2.pmin(f64x2.mul(f64x2.sub(v128.load(p), low), scale), f64x2.splat(BUCKETS))
}

@inline
function addOne(counts: usize, bucket: i32): void {
  const count = counts + (<usize>bucket << 2)
  store<i32>(count, load<i32>(count) + 1)
}

/** Counts values by interval. Two arrays of counts take turns, so that no count waits for the one before. */
@inline
function countIntervals(values: usize, count: i32, low: v128, scale: v128, counts: usize): void {
  const others = counts + ((BUCKETS + 4) << 2)
  for (let at = counts; at < others + ((BUCKETS + 4) << 2); at += 16) v128.store(at, i32x4.splat(0))
  let i = 0
  for (; i < count - 1; i += 2) {
    const both = i32x4.trunc_sat_f64x2_s_zero(intervals(values + (<usize>i << 3), low, scale))
    addOne(counts, i32x4.extract_lane(both, 0))
    addOne(others, i32x4.extract_lane(both, 1))
  }
  if (i < count) {
    addOne(
      counts,
      i32x4.extract_lane(
        i32x4.trunc_sat_f64x2_s_zero(intervals(values + (<usize>i << 3), low, scale)),
        0,
      ),
    )
  }
  for (let at = counts; at < others; at += 16) {
    v128.store(at, i32x4.add(v128.load(at), v128.load(at, (BUCKETS + 4) << 2)))
  }
}

/** Copies the values of intervals [first, last]; returns how many there are. */
@inline
function takeIntervals(
  values: usize,
  count: i32,
  low: v128,
  scale: v128,
  first: i32,
  last: i32,
  into: usize,
): i32 {
  const from = f64x2.splat(<f64>first)
  const to = f64x2.splat(<f64>(last + 1))
  let at = into
  for (let i = 0; i < count; i += 2) {
    const p = values + (<usize>i << 3)
    const place = intervals(p, low, scale)
    const mask = i64x2.bitmask(v128.and(f64x2.ge(place, from), f64x2.lt(place, to)))
    store<f64>(at, load<f64>(p))
    at += <usize>(mask & 1) << 3
    store<f64>(at, load<f64>(p, 8))
    at += <usize>((mask >> 1) & i32(i + 1 < count)) << 3
  }
  return <i32>((at - into) >> 3)
}

/**
 * The values with `wanted` and `wanted - 1` values from them upwards, among `count`, which is not less; the second is 0 where
 * it is none.
 */
@inline
function twoFromTop(
  values: usize,
  count: i32,
  wanted: i32,
  low: f64,
  high: f64,
  room: usize,
): v128 {
  if (count <= FEW) return rankFew(values, count, count - wanted)
  if (!(low < Infinity)) low = 0
  const width = high - low
  // Where they are no two numbers, all that is finite is in the first interval.
  const isWide = width > 64 * f64.MIN_NORMAL_VALUE && width < Infinity
  const scale = f64x2.splat(isWide ? <f64>BUCKETS / width : f64.MIN_VALUE)
  const lows = f64x2.splat(low)
  countIntervals(values, count, lows, scale, room)
  let first = BUCKETS
  let held = load<i32>(room, BUCKETS << 2)
  let above = 0
  while (above + held < wanted) {
    first--
    above += held
    held = load<i32>(room + (<usize>first << 2))
  }
  let last = first
  if (above + 1 == wanted && above > 0) {
    do last++
    while (load<i32>(room + (<usize>last << 2)) == 0)
  }
  const rank = above + held - wanted
  const n = takeIntervals(values, count, lows, scale, first, last, room)
  return n <= FEW ? rankFew(room, n, rank) : rankMany(room, n, rank)
}

/**
 * Leaves the positions above the cut in `positions` and returns how many there are.
 *
 * @param wanted Number of values from the lower order statistic upwards.
 * @param share How far the cut lies between the two order statistics.
 * @param low Candidates are the values from here on; if they are too few, all that are not below 0.
 * @param high Where the intervals end; those from here on are in one more.
 * @param candidates Room for as many doubles as positions, and for one more.
 * @param inside The same, and for the counts of intervals.
 * @param result Gets the cut and the lower order statistic.
 */
export function selectAbove(
  values: usize,
  start: i32,
  end: i32,
  wanted: i32,
  share: f64,
  low: f64,
  high: f64,
  places: usize,
  positions: usize,
  candidates: usize,
  inside: usize,
  result: usize,
): i32 {
  let count = gather(values, start, end, low, places, positions)
  if (count < wanted) {
    count = gather(values, start, end, 0, places, positions)
    high = low
    low = 0
  }
  for (let i = 0; i < count; i++) {
    store<f64>(candidates + (<usize>i << 3), at(values, load<i32>(positions + (<usize>i << 2))))
  }
  const both = twoFromTop(candidates, count, wanted, low, high, inside)
  const lower = f64x2.extract_lane(both, 0)
  const upper = f64x2.extract_lane(both, 1)
  const a = Math.sqrt(lower)
  const b = Math.sqrt(upper)
  let cut = a
  if (share != 0) cut = share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share)
  store<f64>(result, cut)
  store<f64>(result, lower, 8)
  if (cut > a && cut < b) return keep(candidates, count, upper, places, positions)
  return keepByRoot(candidates, count, cut, positions)
}
