import type { ColumnBatch, ColumnSource } from '../columns/column.js'
import { textColumn } from '../columns/elements.js'
import { openText, type TextFile } from '../../io/text-file.js'
import { DataError } from '../../core/errors.js'
import type { BatchSize, Range } from '../../core/types.js'
import { type Around, windowOf } from './window.js'

/** Name of the column. */
export const REGION = 'region'

/** Regions that are read at once. */
const WINDOW_ROWS = 4096

const NEWLINE = 10

interface Window extends BatchSize {
  readonly first: number
  /** Where it starts, in unpacked bytes. */
  readonly offset: number
}

/**
 * The regions of a BED file (or narrowPeak), plain or gzip, as a column `region` of lines, each led by its number and a
 * tab: `placeOf` makes a place of one. Lines that are empty, or of comments, `track` or `browser`, are none.
 *
 * Errors: `empty`; those of `openText`.
 */
export async function openBed(path: string): Promise<ColumnSource> {
  const file = await openText(path, 'BED')
  const windows = await findWindows(file)
  const rows = windows.reduce((sum, window) => sum + window.rows, 0)
  if (rows === 0) throw new DataError('empty', 'holds no region, expected BED', { file: path })
  let fingerprint: Promise<string> | undefined
  return {
    name: path,
    format: file.gzip ? 'BED, gzip' : 'BED',
    fields: [{ name: REGION, type: { kind: 'text' }, declared: 'text' }],
    metadata: new Map(),
    batches: windows,
    layout: `${rows} regions`,
    codecs: file.gzip ? ['gzip'] : [],
    fingerprint: () => (fingerprint ??= file.fingerprint(`bed windows ${WINDOW_ROWS}`)),
    close: () => Promise.resolve(),
    read: (_columns, range, signal) => readWindows(file, windows, range, signal),
  }
}

/** Whether a line is a region. */
function isRegion(line: string): boolean {
  return !/^\s*(#|track\b|browser\b|$)/.test(line)
}

/** Lines, with where each starts; what ends a line is not in it. */
async function* linesOf(file: TextFile, offset: number): AsyncGenerator<[line: string, start: number]> {
  let rest = Buffer.alloc(0)
  let start = offset
  for await (const chunk of file.bytes(offset)) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let from = 0
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      yield [bytes.toString('utf8', from, to), start + from]
      from = to + 1
    }
    rest = Buffer.from(bytes.subarray(from))
    start += from
    if (rest.length > MOST_LINE) {
      throw new DataError('format', `has a line of more than ${MOST_LINE} bytes, expected BED`, {
        file: file.name,
      })
    }
  }
  if (rest.length > 0) yield [rest.toString('utf8'), start]
}

const MOST_LINE = 2 ** 20

async function findWindows(file: TextFile): Promise<Window[]> {
  const windows: Window[] = []
  let offset = 0
  let rows = 0
  let first = 0
  const cut = (end: number) => {
    if (rows > 0) windows.push({ rows, bytes: end - offset, first, offset })
    first += rows
    offset = end
    rows = 0
  }
  let end = 0
  for await (const [line, start] of linesOf(file, 0)) {
    end = start + Buffer.byteLength(line)
    if (!isRegion(line)) continue
    if (rows === WINDOW_ROWS) cut(start)
    rows++
  }
  cut(end)
  return windows
}

async function* readWindows(
  file: TextFile,
  windows: readonly Window[],
  { start, end }: Range = { start: 0, end: windows.length },
  signal?: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  if (start === end) return
  let index = start
  let lines: string[] = []
  for await (const [line] of linesOf(file, windows[start].offset)) {
    if (!isRegion(line)) continue
    const window = windows[index]
    lines.push(`${window.first + lines.length}\t${line}`)
    if (lines.length < window.rows) continue
    signal?.throwIfAborted()
    const rows = { start: window.first, end: window.first + window.rows }
    yield { index, rows, columns: new Map([[REGION, textColumn(lines)]]) }
    lines = []
    if (++index === end) return
  }
  throw new DataError('damaged', 'has changed while it was read; run again', { file: file.name })
}

/**
 * The place of a map of that length, as an id: `chr1:100-300`, 0-based and half-open, with `(-)` behind those of the minus
 * strand. Of a map whose length is not known it is the region itself.
 *
 * @param region A value of the column `region` of a BED file.
 * Errors: `format`, for a line that is no region; `pairing`, for one of another length without `around`.
 */
export function placeOf(
  region: string,
  length: number | undefined,
  around: Around | undefined,
  file: string,
): string {
  const tab = region.indexOf('\t')
  const where = { file, row: Number(region.slice(0, tab)) }
  const line = region.slice(tab + 1)
  const fields = line.trimEnd().split(/\t| +/)
  const [chrom, from, to] = fields
  const start = Number(from)
  const end = Number(to)
  if (!/^\d+$/.test(from ?? '') || !/^\d+$/.test(to ?? '') || end < start) {
    throw new DataError('format', `is "${line.slice(0, 80)}", expected chromosome, start and end`, where)
  }
  const strand = fields[5] === '-' ? '(-)' : ''
  const window = windowOf({ chrom, start, end, summit: Number(fields[9] ?? -1) }, length, around)
  if (typeof window === 'string') throw new DataError('pairing', window, where)
  return `${chrom}:${window.start}-${window.end}${strand}`
}
