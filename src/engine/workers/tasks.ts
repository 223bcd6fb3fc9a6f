import type { BatchSize, Range } from '../../core/types.js'

/** Longest tasks: beginning one costs a message and a seek, about a millisecond. */
const MOST_BYTES = 64 * 2 ** 20
/** Shortest tasks where there is much to do: some 10 ms of folding, the most that workers wait for the last one. */
const LEAST_BYTES = 8 * 2 ** 20

/** The bytes of the batches in those ranges. */
export function bytesOf(ranges: readonly Range[], sizes: readonly BatchSize[]): number {
  let total = 0
  for (const { start, end } of ranges) for (let b = start; b < end; b++) total += sizes[b].bytes
  return total
}

/**
 * Cuts ranges of batches into tasks of consecutive batches, for workers that take one after another: half a worker's share
 * of what is left each, so that tasks grow shorter and all workers end at nearly the same time. Batches that continue the one
 * before stay with it, so that nothing is decompressed by two workers.
 *
 * @param rest Bytes of what comes behind these ranges, in other files.
 */
export function cutTasks(
  missing: readonly Range[],
  sizes: readonly BatchSize[],
  workers: number,
  rest = 0,
): Range[] {
  if (workers === 1) return [...missing]
  let left = bytesOf(missing, sizes) + rest
  const least = Math.min(LEAST_BYTES, left / (8 * workers))
  const tasks: Range[] = []
  for (const range of missing) {
    let start = range.start
    let bytes = 0
    for (let b = range.start; b < range.end; b++) {
      bytes += sizes[b].bytes
      const target = Math.max(least, Math.min(MOST_BYTES, left / (2 * workers)))
      const isEnd = b === range.end - 1
      if (isEnd || (bytes >= target && sizes[b + 1].continues !== true)) {
        tasks.push({ start, end: b + 1 })
        start = b + 1
        left -= bytes
        bytes = 0
      }
    }
  }
  return tasks
}
