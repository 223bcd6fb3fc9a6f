import type { Range } from '../../core/types.js'

/**
 * Bytes of a record batch's body that are read at once, about. Two such windows are in memory, so that a file whose
 * writer made one record batch of it (pyarrow's `write_table` does) takes no more memory than one of many. Measured on
 * list<float> with windows of 0.5, 1, 2, 4, 8, 32 MiB, every value summed: 1.4, 1.8, 2.4, 2.8, 2.4, 2.0 GB/s at a
 * peak of 80, 90, 95, 115, 145, 190 MB.
 */
export const WINDOW_BYTES = 2 * 2 ** 20

/** Windows start at multiples of this many rows, where there are that many, so that validity bitmaps cut at bytes. */
const ROW_STEP = 8

/** A window of rows of one record batch, counted from the batch's first. */
export interface BatchWindow {
  readonly recordBatch: number
  readonly rows: Range
  /** Its share of the batch's bytes. */
  readonly bytes: number
}

/**
 * The windows of a record batch of that many rows and bytes; one where it is small or empty. They depend on nothing
 * else, since checkpoints count them.
 */
export function cutBatch(
  recordBatch: number,
  rows: number,
  bodyLength: number,
  windowBytes = WINDOW_BYTES,
): BatchWindow[] {
  const count = Math.max(1, Math.round(bodyLength / windowBytes))
  const even = Math.max(1, Math.ceil(rows / count))
  const step = even < ROW_STEP ? even : Math.ceil(even / ROW_STEP) * ROW_STEP
  const windows: BatchWindow[] = []
  for (let start = 0; start < rows || windows.length === 0; start += step) {
    const end = Math.min(rows, start + step)
    const bytes = rows === 0 ? bodyLength : Math.round((bodyLength / rows) * (end - start))
    windows.push({ recordBatch, rows: { start, end }, bytes })
  }
  return windows
}
