import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Column } from '../sources/columns/column.js'
import { halfTable } from '../kernels/float16.js'
import { DataError } from '../core/errors.js'
import { isColumnFile, openColumns } from '../sources/open.js'

/**
 * Figures of models from a table with a column `model`: Parquet or Arrow; CSV by RFC 4180, or TSV where the header has tabs
 * and no comma. Fields of nothing, nulls and NaN are missing values; a column of text whose other values are all numbers is
 * one of numbers. Columns of lists are left out.
 *
 * Errors: `not-found`; `column`, for no column of models; `format`, for a line of another length or a model named twice;
 * those of reading.
 */
export async function loadPerformance(path: string): Promise<PerformanceTable> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true
  return isFile && (await isColumnFile(path)) ? columnTable(path) : textTable(path)
}

type Value = string | number | null

async function columnTable(path: string): Promise<PerformanceTable> {
  const source = await openColumns(path)
  try {
    const fields = source.fields.filter(
      ({ type }) => type.kind === 'text' || (type.kind === 'numbers' && type.nesting.length === 0),
    )
    const names = fields.map(({ name }) => name)
    const lines: Value[][] = []
    for await (const { rows, columns } of source.read(names)) {
      const read = names.map(name => columns.get(name) as Column)
      for (let row = 0; row < rows.end - rows.start; row++)
        lines.push(read.map(column => valueAt(column, row)))
    }
    return tableOf(path, names, lines, i => fields[i].type.kind === 'numbers')
  } finally {
    await source.close()
  }
}

function valueAt(column: Column, row: number): Value {
  if (column.nulls?.[row] === 1) return null
  if (column.kind === 'text') {
    return new TextDecoder().decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
  }
  const value = column.element === 'float16' ? halfTable()[column.values[row]] : column.values[row]
  return Number.isNaN(value) ? null : value
}

async function textTable(path: string): Promise<PerformanceTable> {
  const where = { file: path }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, where, error)
  })
  const [head = '', ...rest] = text.replace(/^\ufeff/, '').split('\n')
  const separator = head.includes('\t') && !head.includes(',') ? '\t' : ','
  const [names = [], ...lines] = fieldsOf([head, ...rest].join('\n'), separator)
  const wrong = lines.findIndex(line => line.length !== names.length)
  if (wrong >= 0) {
    throw new DataError('format', `has ${lines[wrong].length} fields, expected ${names.length}; correct it`, {
      ...where,
      row: wrong,
    })
  }
  const model = names.indexOf('model')
  const numeric = names.map((_, i) => i !== model && lines.every(line => isNumber(line[i])))
  const values = lines.map(line =>
    line.map((field, i): Value => {
      const text = i === model ? field : field.trim()
      return text === '' ? null : numeric[i] ? Number(text) : text
    }),
  )
  return tableOf(path, names, values, i => numeric[i])
}

function tableOf(
  path: string,
  names: readonly string[],
  lines: readonly (readonly Value[])[],
  isNumeric: (column: number) => boolean,
): PerformanceTable {
  const where = { file: path }
  const key = names.indexOf('model')
  if (key < 0) {
    throw new DataError(
      'column',
      `has columns ${names.join(', ')}, expected one named model; rename one of them to model`,
      where,
    )
  }
  const columns = names.flatMap((name, i) => (i === key ? [] : [{ name, i, numeric: isNumeric(i) }]))
  const rows = new Map<string, { [column: string]: Value }>()
  for (const [row, line] of lines.entries()) {
    const model = String(line[key] ?? '')
    if (rows.has(model)) {
      throw new DataError('format', `has model ${model} again; keep one row per model`, { ...where, row })
    }
    rows.set(model, Object.fromEntries(columns.map(({ name, i }) => [name, line[i]])))
  }
  return { name: basename(path), columns: columns.map(({ name, numeric }) => ({ name, numeric })), rows }
}

function isNumber(field: string | undefined): boolean {
  const text = field?.trim() ?? ''
  return text === '' || Number.isFinite(Number(text))
}

/** Fields of lines; quoted ones may hold separators, line breaks and doubled quotes. Blank lines are left out. */
function fieldsOf(text: string, separator: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  let field = ''
  let quoted = false
  const endLine = () => {
    line.push(field)
    if (line.length > 1 || line[0] !== '') lines.push(line)
    line = []
    field = ''
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') field += c
      else if (text[i + 1] === '"') field += text[++i]
      else quoted = false
    } else if (c === '"' && field === '') quoted = true
    else if (c === separator) {
      line.push(field)
      field = ''
    } else if (c === '\n') endLine()
    else if (c !== '\r' || text[i + 1] !== '\n') field += c
  }
  if (field !== '' || line.length > 0) endLine()
  return lines
}

/** Figures of models from elsewhere: how well they generalise, and what they are. */
export interface PerformanceTable {
  /** What it is called: its file. */
  readonly name: string
  /** Columns besides the model, in order. */
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[]
  /** Values by model, then column; null where there is none. */
  readonly rows: ReadonlyMap<string, { readonly [column: string]: string | number | null }>
}

/** Words by which people name a figure of generalisation, the commonest first. */
const USUAL = ['auroc', 'auc', 'roc', 'aupr', 'auprc', 'pearson', 'spearman', 'r2', 'accuracy', 'f1', 'mcc']

/** The column that generalisation is read from: the one asked for, else a usual name, else the first of numbers. */
export function performanceColumn(table: PerformanceTable, wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return wanted
  const numeric = table.columns.filter(({ numeric }) => numeric).map(({ name }) => name)
  for (const usual of USUAL) {
    const found = numeric.find(name =>
      name
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .includes(usual),
    )
    if (found !== undefined) return found
  }
  return numeric[0]
}
