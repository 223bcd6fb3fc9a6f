import type { Columns, RowEncoder } from '../core/table.js'

/** Rows as JSON objects, one per line, with every column in order; NaN and infinities are null. */
export function ndjsonRows(columns: Columns): RowEncoder {
  const names = Object.keys(columns)
  return async function* (batches) {
    for await (const rows of batches) {
      const lines = rows.map(
        row => `${JSON.stringify(Object.fromEntries(names.map(name => [name, row[name] ?? null])))}\n`,
      )
      yield Buffer.from(lines.join(''))
    }
  }
}
