import { printable } from '../../core/printable.js'

/** A value of a chart and its standard error, where it has one. */
export interface ChartRow {
  readonly name: string
  readonly value: number | null
  readonly se: number | null
}

export interface TextChartOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** Colours of a terminal; none by default. */
  readonly colour?: boolean
}

/** Narrower than this a chart says nothing. */
const LEAST_WIDTH = 60
const MOST_ROWS = 40
const LONGEST_NAME = 28

/**
 * Lines of a chart from 0 on, a row a value: a dot, and a bar of one standard error either way where that takes more than
 * the dot. Values below 0 lie left of the line; those that are null have no dot. Nothing for a narrow terminal.
 */
export function textChart(title: string, rows: readonly ChartRow[], options: TextChartOptions): string {
  const { width, colour = false } = options
  const shown = rows.slice(0, MOST_ROWS)
  if (width < LEAST_WIDTH || !shown.some(({ value }) => value !== null)) return ''
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const names = shown.map(({ name }) => shorten(printable(name)))
  const nameWidth = Math.max(...names.map(name => name.length))
  const track = Math.min(100, width - nameWidth - 4)
  const ends = shown.flatMap(({ value, se }) =>
    value === null ? [] : [value - (se ?? 0), value + (se ?? 0)],
  )
  const low = Math.min(0, ...ends)
  const high = Math.max(0, ...ends)
  const place = (value: number) => Math.round(((value - low) / (high - low || 1)) * (track - 1))
  const zero = place(0)
  const lines = shown.map(({ value, se }, i) => {
    const cells = Array.from({ length: track }, () => ' ')
    cells[zero] = '│'
    if (value !== null) {
      const at = place(value)
      const [from, to] = [place(value - (se ?? 0)), place(value + (se ?? 0))]
      for (let c = Math.min(zero, at) + 1; c < Math.max(zero, at); c++) cells[c] = '·'
      for (let c = from; c <= to; c++) cells[c] = c === from ? '├' : c === to ? '┤' : '─'
      cells[at] = '●'
    }
    const painted = cells
      .join('')
      .trimEnd()
      .replace(/[│·]+/g, part => paint(90, part))
      .replace(/[├─┤●]+/g, part => paint(36, part))
    return `${names[i].padEnd(nameWidth)}  ${painted}`.trimEnd()
  })
  const rest = rows.length - shown.length
  return [
    '',
    paint(1, title),
    ...lines,
    `${' '.repeat(nameWidth + 2)}${axis(low, high, zero, track)}`.trimEnd(),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    '',
  ].join('\n')
}

/** The ends of the axis, and 0. */
function axis(low: number, high: number, zero: number, track: number): string {
  const right = brief(high)
  const cells = Array.from({ length: track }, () => ' ')
  const write = (text: string, from: number) => {
    for (let i = 0; i < text.length; i++) if (from + i < track) cells[from + i] = text[i]
  }
  if (low < 0) write(brief(low), 0)
  if (low === 0 || zero > brief(low).length) write('0', zero)
  if (track - right.length > zero + 1) write(right, track - right.length)
  return cells.join('')
}

function brief(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function shorten(name: string): string {
  const characters = Array.from(name)
  if (characters.length <= LONGEST_NAME) return name
  const half = (LONGEST_NAME - 1) / 2
  return `${characters.slice(0, Math.ceil(half)).join('')}…${characters.slice(-Math.floor(half)).join('')}`
}
