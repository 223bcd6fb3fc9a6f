import { DataError } from '../core/errors.js'
import { printable } from '../core/printable.js'
import { textLines } from './text-lines.js'
import type { Cell, Columns, Row, RowWriter } from '../core/table.js'

/** Columns that lead a BED line, in the order that the format fixes. `start` and `end` are 0-based and half-open. */
const LEADING = ['chrom', 'start', 'end', 'name', 'score', 'strand']

/**
 * Rows as BED lines: chrom, start, end, then those of name, score and strand that there are, then all other columns in
 * their order, tab between them; null is a dot. No header, so that every tool reads it.
 *
 * Errors: `usage`, where a column is missing; `record`, for a span that is none.
 */
export function bedRows(columns: Columns): RowWriter {
  const missing = LEADING.slice(0, 3).filter(name => !(name in columns))
  if (missing.length > 0) {
    throw new DataError(
      'usage',
      `BED needs columns chrom, start and end, found no ${missing.join(', ')}; write Parquet`,
    )
  }
  const names = [
    ...LEADING.filter(name => name in columns),
    ...Object.keys(columns).filter(name => !LEADING.includes(name)),
  ]
  return textLines(row => line(names, row))
}

function line(names: readonly string[], row: Row): string {
  const { chrom, start, end } = row
  if (
    !(
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      (start as number) >= 0 &&
      (end as number) >= (start as number)
    )
  ) {
    throw new DataError('record', `span of ${chrom} is ${start} to ${end}, expected 0 <= start <= end`)
  }
  return `${names.map(name => field(row[name] ?? null)).join('\t')}\n`
}

/** A tab or a line end inside a field would make it two; other control characters are of no use to any reader. */
function field(cell: Cell): string {
  return cell === null || cell === '' ? '.' : printable(String(cell).replaceAll(/[\t\r\n]+/g, ' '))
}
