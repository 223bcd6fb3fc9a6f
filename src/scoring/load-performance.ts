import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { DataError } from '../core/errors.js'
import type { PerformanceTable } from '../report/performance.js'

/**
 * Figures of models from a table with a header and a column `model`: CSV by RFC 4180, or TSV where the header has tabs and no
 * comma. Fields of nothing are missing values; a column whose other values are all numbers is one of numbers.
 *
 * Errors: `not-found`; `column`, for no column of models; `format`, for a line of another length or a model named twice.
 */
export async function loadPerformance(path: string): Promise<PerformanceTable> {
  const where = { file: path }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, where, error)
  })
  const [head = '', ...rest] = text.replace(/^\ufeff/, '').split('\n')
  const separator = head.includes('\t') && !head.includes(',') ? '\t' : ','
  const [names = [], ...lines] = fieldsOf([head, ...rest].join('\n'), separator)
  const key = names.indexOf('model')
  if (key < 0) {
    throw new DataError(
      'column',
      `has columns ${names.join(', ')}, expected one named model; name it so`,
      where,
    )
  }
  const rows = new Map<string, { [column: string]: string | number | null }>()
  const columns = names.flatMap((name, i) =>
    i === key ? [] : [{ name, i, numeric: lines.every(line => isNumber(line[i])) }],
  )
  for (const [row, line] of lines.entries()) {
    if (line.length !== names.length) {
      throw new DataError('format', `has ${line.length} fields, expected ${names.length}; correct it`, {
        ...where,
        row,
      })
    }
    const model = line[key]
    if (rows.has(model)) {
      throw new DataError('format', `names model ${model} again; keep one row a model`, { ...where, row })
    }
    rows.set(
      model,
      Object.fromEntries(
        columns.map(({ name, i, numeric }) => {
          const text = line[i].trim()
          return [name, text === '' ? null : numeric ? Number(text) : text]
        }),
      ),
    )
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
