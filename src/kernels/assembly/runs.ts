/** See `runFinder` in dna/runs.ts. */
export function attributedRuns(positions: usize, count: i32, length: i32, buffer: i32, runs: usize): i32 {
  if (count == 0) return 0
  let run = runs
  let end = i32.MIN_VALUE
  let next = i32.MIN_VALUE
  for (let i = 0; i < count; i++) {
    const position = load<i32>(positions + (<usize>i << 2))
    // A position begins a run where it neither follows the one before nor lies in what that was extended by.
    const begins = i32(position != next) & i32(position >= end)
    run += <usize>begins << 3
    store<i32>(run - 8, select<i32>(position, load<i32>(run - 8), begins != 0))
    next = position + 1
    end = min(next + buffer, length)
    store<i32>(run - 8, end, 4)
  }
  return <i32>((run - runs) >> 3)
}
