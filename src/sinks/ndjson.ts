import { textLines } from './text-lines.js'
import type { Columns, RowWriter } from '../core/table.js'

/** Rows as JSON objects, one per line, with every column in order; NaN and infinities are null. */
export function ndjsonRows(columns: Columns): RowWriter {
  const names = Object.keys(columns)
  return textLines(
    row => `${JSON.stringify(Object.fromEntries(names.map(name => [name, row[name] ?? null])))}\n`,
  )
}
