import type { Cell, Columns, Row, RowEncoder } from '../core/table.js'

/**
 * A table as CSV by RFC 4180: a header, lines that end in CR LF, quotes where a value needs them. Numbers are written
 * in full; null, NaN and infinities as an empty field.
 */
export function csv(columns: Columns, rows: readonly Row[]): string {
  const names = Object.keys(columns)
  return line(names) + lines(names, rows)
}

/** The same, row by row as they come. */
export function csvRows(columns: Columns): RowEncoder {
  const names = Object.keys(columns)
  return async function* (batches) {
    yield Buffer.from(line(names))
    for await (const rows of batches) yield Buffer.from(lines(names, rows))
  }
}

function lines(names: readonly string[], rows: readonly Row[]): string {
  return rows.map(row => line(names.map(name => row[name] ?? null))).join('')
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\r\n`
}

function field(cell: Cell): string {
  if (cell === null || (typeof cell === 'number' && !Number.isFinite(cell))) return ''
  const text = String(cell)
  // An empty text is quoted: that tells it from null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
