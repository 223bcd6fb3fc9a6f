import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ArrayOptions, arrayColumns } from '../../../src/sources/arrays/array-columns.js'
import type { ColumnSource } from '../../../src/sources/columns/column.js'
import { openNumpy } from '../../../src/sources/numpy/index.js'
import { firstOf } from '../../support/thorough.js'
import { expected, type Nested } from './formula.js'
import { type Read, readRows } from '../parquet/reading.js'

const FILES = fileURLToPath(new URL('files/', import.meta.url))

/** Types of the files, as their names have them, and the elements that they are read as. */
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
  'be-i2': 'int16',
  'be-i8': 'int64',
}
const CASES = Object.entries(TYPES).flatMap(([type, element]) =>
  ['C', 'F'].map(order => [`${type}-${order}`, element] as const),
)

async function open(file: string, options: ArrayOptions = {}): Promise<ColumnSource> {
  return arrayColumns(await openNumpy(`${FILES}${file}`), options)
}

async function rowsOf(file: string, column: string, options?: ArrayOptions): Promise<Read> {
  const source = await open(file, options)
  try {
    return await readRows(source, [column])
  } finally {
    await source.close()
  }
}

describe('a NumPy array', () => {
  it.each(CASES)(
    'of type and order %s holds what NumPy wrote, by itself and in archives',
    async (name, element) => {
      const source = await open(`${name}.npy`)
      expect(source.fields).toHaveLength(1)
      expect(source.fields[0].type).toEqual({ kind: 'numbers', element, nesting: [4, 5] })
      await source.close()
      const all = expected([7, 4, 5], element)
      for (const windowBytes of firstOf([1, undefined, 200], 2)) {
        const alone = await rowsOf(`${name}.npy`, 'arr_0', { windowBytes })
        expect(alone.rows.arr_0).toEqual(all)
        if (windowBytes === 1) expect(alone.batches).toHaveLength(7)
        expect((await rowsOf('stored.npz', name, { windowBytes })).rows[name]).toEqual(all)
        expect((await rowsOf('deflated.npz', name, { windowBytes })).rows[name]).toEqual(all)
      }
    },
  )

  it.each(['version-1', 'version-2', 'version-3', 'python-2'])('%s of the format is read', async name => {
    expect((await rowsOf(`${name}.npy`, 'arr_0')).rows.arr_0).toEqual(expected([7, 4, 5]))
  })

  it('holds NaN, infinities, -0 and the least and greatest doubles as they are', async () => {
    const least = 2 ** -1074
    expect((await rowsOf('special.npy', 'arr_0')).rows.arr_0).toEqual([
      [
        [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
        [least, Number.MAX_VALUE, 1 / 3, least],
      ],
    ])
  })

  it('holds the same as halves, by their bits', async () => {
    const source = await open('special-half.npy')
    for await (const { columns } of source.read(['arr_0'])) {
      const column = columns.get('arr_0')
      const bits = column?.kind === 'numbers' ? Array.from(column.values) : []
      expect(bits).toEqual([0x7e00, 0x7c00, 0xfc00, 0x8000, 0x0001, 0x7bff, 0x3555, 0x3c00])
    }
    await source.close()
  })
})

describe('an archive', () => {
  it('of several shapes gives columns for those with as many rows as the maps', async () => {
    const source = await open('shapes.npz', { columns: { attributions: 'd3' }, target: 1 })
    const types = Object.fromEntries(source.fields.map(({ name, type }) => [name, type]))
    const numbers = (...nesting: number[]) => ({ kind: 'numbers', element: 'float32', nesting })
    expect(types).toEqual({
      d1: numbers(),
      d2: numbers(20),
      d3: numbers(5, 4),
      d4: numbers(5, 4),
      d4F: numbers(5, 4),
      d2F: numbers(20),
      empty: { kind: 'other' },
      scalar: { kind: 'other' },
    })
    expect(source.fields.find(({ name }) => name === 'empty')?.refused).toContain('0 rows, against 7 of d3')
    const { rows } = await readRows(source)
    expect(rows.d1).toEqual(expected([7]))
    expect(rows.d2).toEqual(expected([7, 20]))
    expect(rows.d2F).toEqual(expected([7, 20]))
    await source.close()
  })

  it.each([0, 1, 2])('gives target %i of four axes, in either order', async target => {
    const whole = expected([7, 5, 4, 3]) as Nested[][][][]
    const picked = whole.map(row => row.map(place => place.map(targets => targets[target])))
    for (const name of ['d4', 'd4F']) {
      const options = { columns: { attributions: name }, target, windowBytes: 500 }
      expect((await rowsOf('shapes.npz', name, options)).rows[name]).toEqual(picked)
    }
  })

  it('without a target says how many there are', async () => {
    const source = await open('shapes.npz', { columns: { attributions: 'd4' } })
    expect(source.fields.find(({ name }) => name === 'd4')).toMatchObject({
      type: { kind: 'other' },
      refused: 'has 3 targets on its last axis, of which one is scored; give it with --target, 0 to 2',
    })
    await source.close()
  })

  it('of texts gives them, wide and narrow', async () => {
    expect((await rowsOf('texts.npz', 'wide')).rows.wide).toEqual(['chr1', 'chrÜ', '', 'chr22', 'x'])
    expect((await rowsOf('texts.npz', 'narrow')).rows.narrow).toEqual(['chr1', 'chr10', '', 'X', 'MT'])
    expect((await rowsOf('texts.npz', 'big', { columns: { attributions: 'big' } })).rows.big).toEqual([
      'a',
      'bc',
    ])
  })

  it('names types that are not read, and reads the others', async () => {
    const source = await open('others.npz')
    const types = Object.fromEntries(
      source.fields.map(({ name, type, declared }) => [name, [type.kind, declared]]),
    )
    expect(types).toMatchObject({
      objects: ['other', 'Python objects (2,)'],
      complex: ['other', '<c8 (7,)'],
      good: ['numbers', 'float32 (7, 4, 5)'],
    })
    expect(types.structured[0]).toBe('other')
    expect((await readRows(source, ['good'])).rows.good).toEqual(expected([7, 4, 5]))
    await source.close()
  })

  it('of zip64, with entries that are no arrays, is read', async () => {
    const source = await open('zip64-and-others.npz')
    expect(source.fields.map(({ name }) => name)).toEqual(['maps', 'notes/read me.txt'])
    expect((await readRows(source, ['maps'])).rows.maps).toEqual(expected([7, 4, 5]))
    await source.close()
  })

  it('that is deflated is read from any batch on, forwards and back', async () => {
    const source = await open('deflated.npz', { windowBytes: 1 })
    const all = expected([7, 4, 5]) as Nested[]
    expect(source.batches?.map(({ continues }) => continues)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      true,
    ])
    for (const [start, end] of [
      [5, 7],
      [0, 2],
      [2, 4],
      [6, 7],
      [3, 3],
      [0, 7],
    ]) {
      const { rows } = await readRows(source, ['le-f4-C'], { start, end })
      expect(rows['le-f4-C']).toEqual(all.slice(start, end))
    }
    await source.close()
  })
})
