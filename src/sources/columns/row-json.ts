import type { Column, ColumnBatch, NumberColumn, Offsets } from './column.js'
import { halfTable } from '../../kernels/float16.js'

const utf8 = new TextDecoder()

/**
 * A row as JSON text, each column as it is stored: text as text, lists as arrays, null rows as null. JSON has no NaN and
 * no infinities: they are the texts "NaN", "Infinity" and "-Infinity". A list with a null inside shows what stands in
 * its place, usually 0: which element is null is no longer known.
 */
export function rowJson(columns: ColumnBatch['columns'], row: number): string {
  const parts: string[] = []
  for (const [name, column] of columns) parts.push(`${JSON.stringify(name)}:${valueJson(column, row)}`)
  return `{${parts.join(',')}}`
}

function valueJson(column: Column, row: number): string {
  if (column.nulls?.[row] === 1) return 'null'
  if (column.kind === 'text') {
    return JSON.stringify(utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])))
  }
  return listJson(column, 0, row)
}

function listJson(column: NumberColumn, level: number, at: number): string {
  if (level === column.levels.length) return numberJson(column, at)
  const offsets = column.levels[level]
  const items: string[] = []
  for (let i = bound(offsets, at); i < bound(offsets, at + 1); i++) items.push(listJson(column, level + 1, i))
  return `[${items.join(',')}]`
}

function numberJson({ element, values }: NumberColumn, at: number): string {
  const value = element === 'float16' ? halfTable()[values[at]] : values[at]
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
}

function bound(offsets: Offsets, i: number): number {
  return typeof offsets === 'number' ? i * offsets : offsets[i]
}
