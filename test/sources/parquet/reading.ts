import { fileURLToPath } from 'node:url'
import type { Column, ColumnSource, Offsets } from '../../../src/sources/columns/column.js'
import type { Range } from '../../../src/core/types.js'

const FILES = fileURLToPath(new URL('files/', import.meta.url))

export function fileOf(name: string): string {
  return `${FILES}${name}.parquet`
}

export const FOLDER = FILES

/** The rows of a column as texts, numbers and arrays of arrays. */
export function toRows(column: Column, rows: number): unknown[] {
  return Array.from({ length: rows }, (_, r) => rowAt(column, r))
}

function rowAt(column: Column, r: number): unknown {
  if (column.kind === 'text') {
    return Buffer.from(column.bytes).toString('utf8', column.offsets[r], column.offsets[r + 1])
  }
  const item = (level: number, i: number): unknown => {
    if (level === column.levels.length) {
      const value = column.values[i]
      return column.element === 'float16' ? half(value) : value
    }
    const [start, end] = bounds(column.levels[level], i)
    return Array.from({ length: end - start }, (_, j) => item(level + 1, start + j))
  }
  return item(0, r)
}

function bounds(offsets: Offsets, i: number): [number, number] {
  return typeof offsets === 'number' ? [i * offsets, (i + 1) * offsets] : [offsets[i], offsets[i + 1]]
}

function half(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits >> 15 ? -size : size
}

export interface Read {
  /** Rows of each column. */
  readonly rows: Record<string, unknown[]>
  /** State of each row of the columns that have nulls. */
  readonly states: Record<string, number[]>
  /** Rows of each batch. */
  readonly batches: { index: number; rows: Range }[]
}

/** Reads columns and keeps what they held. */
export async function readRows(
  source: ColumnSource,
  columns: readonly string[] = readable(source),
  batches?: Range,
): Promise<Read> {
  const read: Read = { rows: {}, states: {}, batches: [] }
  for (const name of columns) {
    read.rows[name] = []
    read.states[name] = []
  }
  for await (const batch of source.read(columns, batches)) {
    const n = batch.rows.end - batch.rows.start
    read.batches.push({ index: batch.index, rows: batch.rows })
    for (const name of columns) {
      const column = batch.columns.get(name)
      if (column === undefined) throw new Error(`${name} is missing`)
      read.rows[name].push(...toRows(column, n))
      read.states[name].push(...(column.nulls ?? new Uint8Array(n)))
    }
  }
  return read
}

export function readable(source: ColumnSource): string[] {
  return source.fields.filter(field => field.type.kind !== 'other').map(field => field.name)
}
