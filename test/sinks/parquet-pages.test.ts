import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { describe, expect, it } from 'vitest'
import { ParquetRowGroupWriter, type SchemaElement } from '../../src/sinks/parquet-writer.js'

const list = (name: string, repetition_type: 'REQUIRED' | 'OPTIONAL'): SchemaElement[] => [
  { name, repetition_type, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'REQUIRED', type: 'DOUBLE' },
]
const SCHEMA: SchemaElement[] = [
  { name: 'rows', num_children: 3 },
  { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  ...list('all', 'REQUIRED'),
  ...list('some', 'OPTIONAL'),
]

/** A file of these rows, in two row groups, as parquet-wasm reads it. */
async function readBack(rows: readonly (readonly number[] | null)[]) {
  const file = await ParquetRowGroupWriter.of(SCHEMA, new Map())
  const half = rows.length >> 1
  const pieces = [rows.slice(0, half), rows.slice(half)].map((own, part) => {
    const offsets = new Int32Array(own.length + 1)
    for (const [row, values] of own.entries()) offsets[row + 1] = offsets[row] + (values?.length ?? 0)
    const values = Float64Array.from(own.flatMap(list => list ?? []))
    const nulls = Uint8Array.from(own, list => (list === null ? 1 : 0))
    return file.pages(own.length, columns => {
      columns.texts('id', own.length, row => Buffer.from(`${part} ${row}`))
      columns.lists('all', 'DOUBLE', { offsets, values })
      columns.lists('some', 'DOUBLE', { offsets, values, nulls })
    })
  })
  const table = tableFromIPC(readParquet(Buffer.concat([...pieces, file.finish()])).intoIPCStream())
  const column = (name: string) =>
    Array.from(table.getChild(name) ?? [], (value: Iterable<number> | null) => value && [...value])
  return { ids: table.getChild('id')?.toJSON(), all: column('all'), some: column('some') }
}

describe('pages of lists, read by another implementation', () => {
  it('hold values, empty lists and nulls', async () => {
    const rows = [null, [1, 2], [], [3], null, null, [], [4, 5, 6, 7, 8, 9, 10, 11, 12, -0], [Number.NaN]]
    const { ids, all, some } = await readBack(rows)
    expect(ids).toEqual(['0 0', '0 1', '0 2', '0 3', '1 0', '1 1', '1 2', '1 3', '1 4'])
    expect(all).toEqual(rows.map(row => row ?? []))
    expect(some).toEqual(rows)
  })
  it('end with the row that fills them', async () => {
    const rows = Array.from({ length: 40 }, (_, row) =>
      row % 7 === 3 ? null : Array.from({ length: 5000 * (row % 5) + 1 }, (_, i) => row + i / 7),
    )
    const { all, some } = await readBack(rows)
    expect(some).toEqual(rows)
    expect(all).toEqual(rows.map(row => row ?? []))
  })
  it('of nulls and of nothing alone', async () => {
    expect((await readBack([null, null])).some).toEqual([null, null])
    expect((await readBack([[], []])).some).toEqual([[], []])
    expect((await readBack([])).ids).toEqual([])
  })
})
