import type { BatchSize, Range } from '../../core/types.js'
import { unread } from './damage.js'
import type { RowGroup } from './footer.js'

/**
 * Rows of a row group are read in windows of about this many bytes in memory. Writers make row groups of gigabytes;
 * 2 MiB, two pages as most cut them, is read at full speed, and checkpoints and shards may start at every window.
 */
export const WINDOW_BYTES = 2 ** 21

/** Rows that take next to no bytes (constants, nulls) still take offsets and records. */
export const WINDOW_ROWS = 2 ** 16

/** 20 TB at 2 MiB a window; more are a damaged row count. */
const MOST = 10_000_000

/** Rows that are read at once. */
export interface RowWindow extends BatchSize {
  /** Number of its row group. */
  readonly group: number
  /** Its first row in the row group, and in the file. */
  readonly inGroup: number
  readonly first: number
}

/** The windows of all row groups, in order. They depend on nothing but the file and `windowBytes`. */
export function cutWindows(groups: readonly RowGroup[], windowBytes: number): readonly RowWindow[] {
  const windows: RowWindow[] = []
  let first = 0
  for (const [group, { rows: groupRows, chunks }] of groups.entries()) {
    const decoded = chunks.reduce((sum, chunk) => sum + chunk.decoded, 0)
    // Without an index, the page that a row lies in is found by decoding all pages before it.
    const isIndexed = chunks.every(chunk => chunk.index !== undefined)
    const packed = chunks.reduce((sum, chunk) => sum + chunk.end - chunk.start, 0)
    const most = Math.max(
      1,
      Math.min(WINDOW_ROWS, Math.floor((windowBytes / Math.max(1, decoded)) * groupRows)),
    )
    if (windows.length + groupRows / most > MOST) {
      throw unread(`the file has ${groupRows} rows in row group ${group}, more than can be read`, 'split it')
    }
    for (let inGroup = 0; inGroup < groupRows; inGroup += most) {
      const rows = Math.min(most, groupRows - inGroup)
      const bytes = Math.round((packed * rows) / groupRows)
      windows.push({ group, inGroup, first, rows, bytes, continues: inGroup > 0 && !isIndexed })
      first += rows
    }
  }
  return windows
}

/** The rows of the file that a window holds. */
export function windowRows(window: RowWindow): Range {
  return { start: window.first, end: window.first + window.rows }
}
