import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'

/** Bytes of rows that are read at once, about, as in Arrow and Parquet. */
export const WINDOW_BYTES = 2 ** 21

/**
 * The most bytes of rows that are read at once, however large the chunks of the file are. Rows of larger chunks are read
 * in several windows, for each of which the chunk is unpacked again.
 */
export const MOST_BYTES = 64 * 2 ** 20

/** Rows of a window at most: those of no bytes still take records. */
const MOST_ROWS = 2 ** 16

/** 20 TB at 2 MiB a window; more are a damaged shape. */
const MOST_WINDOWS = 10_000_000

/** Rows that are read at once. */
export interface RowWindow extends Range {
  /** Whether it lies in the same chunk as the window before. */
  readonly continues: boolean
}

export interface RowShape {
  /** Name of the file, for messages. */
  readonly name: string
  readonly rows: number
  readonly rowBytes: number
  readonly step: number
}

/**
 * Windows of rows, in order, that start and end with the file's own chunks of `step` rows where these are not too large.
 * They depend on nothing else, since checkpoints count them. Error: `damaged`, for more rows than can be.
 */
export function cutRows(
  { name, rows, rowBytes, step }: RowShape,
  windowBytes: number = WINDOW_BYTES,
): RowWindow[] {
  const fitting = (bytes: number) =>
    Math.min(MOST_ROWS, Math.max(1, Math.floor(bytes / Math.max(1, rowBytes))))
  const fit = fitting(windowBytes)
  const unit = step <= fit ? fit - (fit % step) : step
  const pieces = Math.ceil(unit / fitting(Math.max(windowBytes, MOST_BYTES)))
  const size = Math.ceil(unit / pieces)
  if (rows / size > MOST_WINDOWS) {
    throw new DataError('damaged', `has ${rows} rows of ${rowBytes} bytes, more than can be read; split it`, {
      file: name,
    })
  }
  const windows: RowWindow[] = []
  for (let start = 0; start < rows; start += unit) {
    const last = Math.min(rows, start + unit)
    for (let from = start; from < last; from += size)
      windows.push({ start: from, end: Math.min(last, from + size), continues: from > start })
  }
  return windows
}
