/** One word: the cell that a generator's first number chooses, or the other one of that cell. */
@inline
function put(place: u32, second: u32, table: usize, word: usize, counts: usize): void {
  const entry = load<u64>(table + ((<usize>place) << 3))
  const cell = place ^ select<u32>(0, <u32>(entry >> 32), second < <u32>entry)
  store<u32>(word, cell)
  const count = counts + ((<usize>cell) << 2)
  store<i32>(count, load<i32>(count) + 1)
}

/**
 * Draws words [from, to) with each of four generators: see `FourDraws` in stats/four-draws.ts.
 *
 * @param table Two integers a cell; see `Alias` in stats/random.ts.
 * @param words Words of the first generator; those of the next are `wordBytes` further, and so on.
 * @param counts How often each cell was drawn, the same way.
 */
export function drawFour(
  table: usize,
  shift: i32,
  seeds: usize,
  from: i32,
  to: i32,
  words: usize,
  wordBytes: usize,
  counts: usize,
  countBytes: usize,
): void {
  const one = i32x4.splat(1)
  let a = v128.load(seeds)
  let b = i32x4.splat(0x9e3779b9)
  let c = i32x4.splat(0x243f6a88)
  let counter = one
  for (let i = from - 6; i < to; i++) {
    const first = i32x4.add(i32x4.add(a, b), counter)
    counter = i32x4.add(counter, one)
    a = v128.xor(b, i32x4.shr_u(b, 9))
    b = i32x4.add(c, i32x4.shl(c, 3))
    c = i32x4.add(v128.or(i32x4.shl(c, 21), i32x4.shr_u(c, 11)), first)
    const second = i32x4.add(i32x4.add(a, b), counter)
    counter = i32x4.add(counter, one)
    a = v128.xor(b, i32x4.shr_u(b, 9))
    b = i32x4.add(c, i32x4.shl(c, 3))
    c = i32x4.add(v128.or(i32x4.shl(c, 21), i32x4.shr_u(c, 11)), second)
    if (i < from) continue
    const places = i32x4.shr_u(first, shift)
    const word = words + ((<usize>i) << 2)
    put(i32x4.extract_lane(places, 0), i32x4.extract_lane(second, 0), table, word, counts)
    put(i32x4.extract_lane(places, 1), i32x4.extract_lane(second, 1), table, word + wordBytes, counts + countBytes)
    put(i32x4.extract_lane(places, 2), i32x4.extract_lane(second, 2), table, word + 2 * wordBytes, counts + 2 * countBytes)
    put(i32x4.extract_lane(places, 3), i32x4.extract_lane(second, 3), table, word + 3 * wordBytes, counts + 3 * countBytes)
  }
}
