import Table from 'cli-table3'
import { printable } from '../../core/printable.js'
import type { Cell, Columns, Row } from '../../core/table.js'

export interface TextTableOptions {
  /** Colours of a terminal; none by default. */
  readonly colour?: boolean
  /** Significant digits that reals are rounded to. */
  readonly digits?: number
}

/** Lines of a table, numbers aligned right, for people: reals are rounded, null is a dash. */
export function textTable(
  columns: Columns,
  rows: readonly Row[],
  { colour = false, digits = 6 }: TextTableOptions = {},
): string {
  const names = Object.keys(columns)
  const table = new Table({
    head: names.map(printable),
    colAligns: names.map(name => (columns[name] === 'text' ? 'left' : 'right')),
    chars: PLAIN,
    style: {
      head: colour ? ['bold'] : [],
      border: colour ? ['grey'] : [],
      'padding-left': 0,
      'padding-right': 0,
    },
  })
  for (const row of rows) table.push(names.map(name => formatCell(row[name] ?? null, digits)))
  const lines = table.toString().split('\n')
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

/** Columns two spaces apart, one rule under the head: what fits a terminal and can be cut by other tools. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

function formatCell(cell: Cell, digits: number): string {
  if (cell === null) return '-'
  if (typeof cell !== 'number') return printable(String(cell))
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(digits)))
}
