import type { Cell, Columns, Row, RowWriter } from '../core/table.js'

/**
 * A table as CSV by RFC 4180: a header, lines that end in CR LF, quotes where a value needs them. Numbers are written
 * in full; null, NaN and infinities as an empty field.
 */
export function csv(columns: Columns, rows: readonly Row[]): string {
  const names = Object.keys(columns)
  return line(names) + lines(names, rows)
}

/** The same, some rows at a time. */
export function csvRows(columns: Columns): RowWriter {
  const names = Object.keys(columns)
  let header = line(names)
  const led = (text: string) => {
    const bytes = Buffer.from(header + text)
    header = ''
    return bytes
  }
  return {
    groupRows: 0,
    group: rows => led(lines(names, rows)),
    finish: () => led(''),
    save: () => header,
    restore(saved) {
      header = saved
    },
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
  // An empty text is quoted: to distinguish it from null.
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
