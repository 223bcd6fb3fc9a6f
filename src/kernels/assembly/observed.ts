/** See `ObservedBases` in dna/observed-bases.ts. */

@inline
function observed<T>(attribution: usize, sequence: usize, positions: usize, count: i32, result: usize): void {
  let positive = 0
  let largest = 0
  for (let j = 0; j < count; j++) {
    const i = <usize>load<i32>(positions + (<usize>j << 2))
    const p = attribution + (i << 2) * sizeof<T>()
    const a = <f64>load<T>(p)
    const c = <f64>load<T>(p + sizeof<T>())
    const g = <f64>load<T>(p + 2 * sizeof<T>())
    const t = <f64>load<T>(p + 3 * sizeof<T>())
    const own = <f64>load<T>(p + <usize>load<u8>(sequence + i) * sizeof<T>())
    positive += <i32>(own - (a + c + g + t) * 0.25 > 0)
    largest += <i32>(<i32>(a < own) + <i32>(c < own) + <i32>(g < own) + <i32>(t < own) == 3)
  }
  store<i32>(result, positive)
  store<i32>(result, largest, 4)
}

/** Of the observed bases at some positions of a map of singles: how many are above the mean of the four, and how many the largest. */
export function observedFloats(attribution: usize, sequence: usize, positions: usize, count: i32, result: usize): void {
  observed<f32>(attribution, sequence, positions, count, result)
}

/** The same of doubles. */
export function observedDoubles(attribution: usize, sequence: usize, positions: usize, count: i32, result: usize): void {
  observed<f64>(attribution, sequence, positions, count, result)
}
