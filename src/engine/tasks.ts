import type { BatchSize, Range } from '../core/types.js'

/** A task is worth handing out from about this many bytes: starting one costs a message and a seek, some 10 ms at most. */
const TASK_BYTES = 64 * 2 ** 20

/**
 * Cuts ranges of batches into tasks of consecutive batches: of about 64 MiB, or less where that would leave lanes
 * without work, so that each gets about four.
 */
export function cutTasks(missing: readonly Range[], sizes: readonly BatchSize[], lanes: number): Range[] {
  let total = 0
  for (const { start, end } of missing) for (let b = start; b < end; b++) total += sizes[b].bytes
  if (lanes === 1) return [...missing]
  const target = Math.max(1, Math.min(TASK_BYTES, total / (4 * lanes)))
  const tasks: Range[] = []
  for (const range of missing) {
    let start = range.start
    let bytes = 0
    for (let b = range.start; b < range.end; b++) {
      bytes += sizes[b].bytes
      if (bytes >= target || b === range.end - 1) {
        tasks.push({ start, end: b + 1 })
        start = b + 1
        bytes = 0
      }
    }
  }
  return tasks
}
