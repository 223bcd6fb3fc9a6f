import { fileURLToPath } from 'node:url'
import type { Column, ColumnSource, NumberColumn } from '../../../src/sources/columns/column.js'

/** The formulas of files/make.py, and columns as plain rows to compare with them. */
export const ROWS = 21
export const LENGTH = 5

export const path = (name: string) => fileURLToPath(new URL(`files/${name}`, import.meta.url))

export const value = (row: number, i: number) => (((row * 31 + i * 7) % 251) - 125) / 8
export const integer = (row: number, i: number, signed: boolean) =>
  ((row * 31 + i * 7) % 251) - (signed ? 125 : 0)
export const name = (row: number) => `sequence ${row}${' of a longer name'.repeat(row % 3)}`
export const text = (row: number) => (row % 5 === 3 ? null : name(row % 7))
export const range = (n: number) => Array.from({ length: n }, (_, i) => i)
export const values = (row: number, n = 4 * LENGTH) => range(n).map(i => value(row, i))
export const quads = (row: number) => range(LENGTH).map(q => values(row).slice(4 * q, 4 * q + 4))

const HALF = float16Table()

function float16Table(): Float32Array {
  return Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
    return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (1024 + fraction)
  })
}

const decoder = new TextDecoder()

/** The rows of a column as text or nested arrays; a null row is null, a row with a null inside is 'inner'. */
export function rowsOf(column: Column, rows: number): unknown[] {
  return range(rows).map(row => {
    if (column.nulls?.[row] === 1) return null
    if (column.nulls?.[row] === 2) return 'inner'
    if (column.kind === 'numbers') return nested(column, 0, row)
    return decoder.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
  })
}

function nested(column: NumberColumn, level: number, i: number): unknown {
  const { values: numbers, element, levels } = column
  if (level === levels.length) return element === 'float16' ? HALF[numbers[i]] : numbers[i]
  const offsets = levels[level]
  const start = typeof offsets === 'number' ? i * offsets : offsets[i]
  const end = typeof offsets === 'number' ? start + offsets : offsets[i + 1]
  return range(end - start).map(k => nested(column, level + 1, start + k))
}

export interface ReadAll {
  readonly columns: Record<string, unknown[]>
  /** Rows of each batch. */
  readonly sizes: number[]
}

/** All rows of those columns (of all that can be read, if none are named). The source is closed. */
export async function readAll(
  source: ColumnSource,
  names = source.fields.filter(field => field.type.kind !== 'other').map(field => field.name),
  batches?: { start: number; end: number },
): Promise<ReadAll> {
  const columns: Record<string, unknown[]> = Object.fromEntries(names.map(each => [each, []]))
  const sizes: number[] = []
  try {
    let at: number | undefined
    for await (const batch of source.read(names, batches)) {
      const rows = batch.rows.end - batch.rows.start
      if (at !== undefined && at !== batch.rows.start) throw new Error(`rows jump from ${at}`)
      at = batch.rows.end
      sizes.push(rows)
      for (const each of names) {
        const column = batch.columns.get(each)
        if (!column) throw new Error(`no ${each}`)
        for (const row of rowsOf(column, rows)) columns[each].push(row)
      }
    }
  } finally {
    await source.close()
  }
  return { columns, sizes }
}
