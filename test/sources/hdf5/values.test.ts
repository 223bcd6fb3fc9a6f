import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ArrayOptions, arrayColumns } from '../../../src/sources/arrays/array-columns.js'
import type { ColumnSource } from '../../../src/sources/columns/column.js'
import { openHdf5 } from '../../../src/sources/hdf5/index.js'
import { expected, type Nested } from '../numpy/formula.js'
import { readRows } from '../parquet/reading.js'

const FILES = fileURLToPath(new URL('files/', import.meta.url))

async function open(file: string, options: ArrayOptions = {}): Promise<ColumnSource> {
  return arrayColumns(await openHdf5(`${FILES}${file}`), options)
}

const TYPES = {
  'le-f2': 'float16',
  'le-f4': 'float32',
  'le-f8': 'float64',
  'be-f2': 'float16',
  'be-f4': 'float32',
  'be-f8': 'float64',
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  'le-i2': 'int16',
  'le-u2': 'uint16',
  'le-i4': 'int32',
  'le-u4': 'uint32',
  'le-i8': 'int64',
  'le-u8': 'uint64',
  'be-i4': 'int32',
}

const LAYOUTS = [
  'contiguous',
  'chunks',
  'small-chunks',
  'gzip',
  'gzip-shuffle',
  'lzf',
  'fletcher32',
  'gzip-shuffle-fletcher32',
  'blosc-lz',
  'blosc-lz4',
  'blosc-zstd',
  'blosc2',
  'zstd',
  'lz4',
  'bitshuffle',
]

describe('a dataset', () => {
  it.each(Object.entries(TYPES))('of type %s holds what h5py wrote, as %s', async (name, element) => {
    for (const windowBytes of [1, undefined]) {
      const source = await open('types.h5', { columns: { attributions: name }, windowBytes })
      const field = source.fields.find(each => each.name === name)
      expect(field?.type).toEqual({ kind: 'numbers', element, nesting: [4, 10] })
      const { rows } = await readRows(source, [name])
      expect(rows[name]).toEqual(expected([13, 4, 10], element))
      await source.close()
    }
  })

  it.each(LAYOUTS)('stored as %s holds the same, read from any row on', async layout => {
    for (const [type, element] of [
      ['f2', 'float16'],
      ['f4', 'float32'],
      ['i1', 'int8'],
    ]) {
      const name = `${layout}/${type}`
      const all = expected([13, 4, 10], element) as Nested[]
      for (const windowBytes of [1, 1000, undefined]) {
        const source = await open('layouts.h5', { columns: { attributions: name }, windowBytes })
        expect((await readRows(source, [name])).rows[name]).toEqual(all)
        const last = source.batches?.length ?? 0
        const { rows, batches } = await readRows(source, [name], { start: last - 1, end: last })
        expect(rows[name]).toEqual(all.slice(batches[0].rows.start))
        await source.close()
      }
    }
  })

  it.each(['contiguous', 'chunks', 'gzip-shuffle'])('stored as %s by the latest format too', async layout => {
    const source = await open('latest.h5')
    expect((await readRows(source, [`${layout}/f4`])).rows[`${layout}/f4`]).toEqual(expected([13, 4, 10]))
    await source.close()
  })

  it('is read in windows that end with its chunks', async () => {
    const source = await open('layouts.h5', { columns: { attributions: 'gzip/f4' }, windowBytes: 12 * 160 })
    expect(source.batches?.map(({ rows }) => rows)).toEqual([10, 3])
    await source.close()
  })

  it('of texts gives them, fixed and variable', async () => {
    const source = await open('types.h5', { columns: { attributions: 'le-f4' } })
    const { rows } = await readRows(source, ['fixed', 'variable'])
    expect(rows.fixed).toEqual(Array.from({ length: 13 }, (_, i) => `chr${i}`))
    expect(rows.variable).toEqual(Array.from({ length: 13 }, (_, i) => `chrÜ${i}`))
    await source.close()
  })

  it.each([0, 1, 2])('of four axes gives its target %i', async target => {
    const whole = expected([13, 10, 4, 3]) as Nested[][][][]
    const source = await open('types.h5', { columns: { attributions: 'four' }, target, windowBytes: 300 })
    const { rows } = await readRows(source, ['four'])
    expect(rows.four).toEqual(whole.map(row => row.map(place => place.map(targets => targets[target]))))
    await source.close()
  })

  it('of other types is named and not read', async () => {
    const source = await open('types.h5', { columns: { attributions: 'le-f4' } })
    const kinds = Object.fromEntries(source.fields.map(({ name, type }) => [name, type.kind]))
    expect(kinds).toMatchObject({ compound: 'other', complex: 'other', scalar: 'other' })
    await source.close()
  })
})
