import Table from 'cli-table3'
import { printable } from '../../core/printable.js'
import type { Cell, Columns, Row } from '../../core/table.js'

export interface TextTableOptions {
  /** Colours of a terminal; none by default. */
  readonly colour?: boolean
  /** Characters of a line that names are shortened to fit; unlimited by default. */
  readonly width?: number | undefined
  /** Significant digits that reals are rounded to. */
  readonly digits?: number
}

/** Lines of a table, numbers aligned right, for people: reals are rounded, null is a dash. */
export function textTable(
  columns: Columns,
  rows: readonly Row[],
  { colour = false, digits = 6, width }: TextTableOptions = {},
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
  const cells = rows.map(row => names.map(name => formatCell(row[name] ?? null, digits)))
  if (width !== undefined) shortenNames(cells, names, width)
  table.push(...cells)
  const lines = table.toString().split('\n')
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

/** Shortens the names of models, in place, as far as the lines must to fit; to 12 characters at least. */
function shortenNames(cells: string[][], names: readonly string[], width: number): void {
  const at = names.indexOf('model')
  if (at < 0) return
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map(row => row[i].length)))
  const over = widths.reduce((sum, each) => sum + each + 2, -2) - width
  const most = Math.max(12, widths[at] - over)
  if (over <= 0) return
  for (const row of cells) {
    const { length } = row[at]
    if (length > most)
      row[at] = `${row[at].slice(0, Math.ceil(most / 2) - 1)}…${row[at].slice(length - Math.floor(most / 2))}`
  }
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
