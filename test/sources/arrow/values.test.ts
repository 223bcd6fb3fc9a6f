import { createReadStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import { openArrow, openArrowPipe } from '../../../src/sources/arrow/index.js'
import { integer, LENGTH, name, path, quads, ROWS, range, readAll, text, value, values } from './expected.js'

const rows = range(ROWS)
const codecs = ['none', 'lz4', 'zstd']

const shapes = {
  id: rows.map(name),
  list: rows.map(row => values(row)),
  large_list: rows.map(row => values(row)),
  fsl: rows.map(row => values(row)),
  list_list: rows.map(quads),
  list_fsl: rows.map(quads),
  fsl_fsl: rows.map(quads),
  tensor: rows.map(quads),
  list_float16: rows.map(row => values(row)),
  fsl_float16: rows.map(row => values(row)),
  list_float64: rows.map(row => values(row)),
  fsl_float64: rows.map(row => values(row)),
  ...Object.fromEntries(
    ['a', 'c', 'g', 't'].map((base, b) => [base, rows.map(row => quads(row).map(quad => quad[b]))]),
  ),
}

/** From a path, and the bytes of streams through a pipe too. */
const ways = (file: string) => [
  { way: 'from disk', open: () => openArrow(path(file)) },
  ...(file.endsWith('.arrows')
    ? [
        {
          way: 'through a pipe',
          open: () => openArrowPipe(createReadStream(path(file), { highWaterMark: 777 }), '-'),
        },
        {
          way: 'through a pipe and a temporary file',
          open: () => openArrowPipe(createReadStream(path(file)), '-', { maxHeld: 100 }),
        },
      ]
    : []),
]

describe('pyarrow', () => {
  for (const codec of codecs) {
    for (const ending of ['arrow', 'arrows']) {
      for (const { way, open } of ways(`shapes-${codec}.${ending}`)) {
        test(`every shape is read, ${ending}, codec ${codec}, ${way}`, async () => {
          const read = await readAll(await open())
          expect(read.sizes).toEqual([8, 8, 5])
          expect(read.columns).toEqual(shapes)
        })
      }
      for (const { way, open } of ways(`text-${codec}.${ending}`)) {
        test(`every kind of text is read, ${ending}, codec ${codec}, ${way}`, async () => {
          const { columns } = await readAll(await open())
          expect(Object.keys(columns)).toHaveLength(17)
          for (const [kind, found] of Object.entries(columns)) {
            expect(found, kind).toEqual(rows.map(row => text(row)))
          }
        })
      }
    }
  }

  test('numbers of every kind are read, flat and in lists', async () => {
    const { columns } = await readAll(await openArrow(path('numbers.arrow')))
    expect(Object.keys(columns)).toHaveLength(21)
    for (const [kind, found] of Object.entries(columns)) {
      const expected = rows.map(row => {
        const list = kind.startsWith('list_')
        if (!list && row % 4 === 1) return null
        if (kind === 'bool') return row % 3 === 0 ? 1 : 0
        if (kind === 'list_bool') return range((row % 4) * 5).map(i => ((row + i) % 3 === 0 ? 1 : 0))
        if (kind.startsWith('float')) return value(row, 0)
        const signed = !kind.includes('uint')
        return list ? range(row % 4).map(i => integer(row, i, signed)) : integer(row, 0, signed)
      })
      expect(found, kind).toEqual(expected)
    }
  })

  test('integers beyond 2^53 are refused, integers up to it are not', async () => {
    const fits = await readAll(await openArrow(path('large-integers.arrow')), ['fits'])
    expect(fits.columns.fits).toEqual([2 ** 53 - 1, 1 - 2 ** 53, null])
    const source = await openArrow(path('large-integers.arrow'))
    await expect(readAll(source, ['beyond'])).rejects.toThrow(/batch 0: row 1 .* 2\^53/)
  })

  test('a slice of a table holds the rows of the slice', async () => {
    const { columns } = await readAll(await openArrow(path('slice.arrow')))
    expect(columns.list_list).toEqual(rows.map(row => quads(row + 4)))
    expect(columns.id).toEqual(rows.map(row => name(row + 4)))
  })

  for (const file of ['many.arrow', 'many.arrows']) {
    for (const { way, open } of ways(file)) {
      test(`many batches of one row are read in order, ${file} ${way}`, async () => {
        const read = await readAll(await open())
        expect(read.sizes).toEqual(range(120).map(() => 1))
        expect(read.columns).toEqual({ id: range(120).map(name), list: range(120).map(row => values(row)) })
      })
    }
  }

  for (const file of ['legacy.arrows', 'v4.arrow']) {
    for (const { way, open } of ways(file)) {
      test(`older forms of messages are read, ${file} ${way}`, async () => {
        const { columns } = await readAll(await open())
        expect(columns).toEqual({ id: shapes.id, list: shapes.list })
      })
    }
  }

  for (const file of ['no-rows.arrow', 'no-rows.arrows']) {
    for (const { way, open } of ways(file)) {
      test(`a table of no rows has its columns and no batches, ${file} ${way}`, async () => {
        const source = await open()
        expect(source.fields).toHaveLength(16)
        expect((await readAll(source)).sizes).toEqual([])
      })
    }
  }

  for (const { way, open } of ways('empty-batches.arrows')) {
    test(`batches of no rows stay batches, ${way}`, async () => {
      const read = await readAll(await open())
      expect(read.sizes).toEqual([0, 10, 0, 11])
      expect(read.columns).toEqual(shapes)
    })
  }
})

describe('other writers', () => {
  for (const codec of ['uncompressed', 'lz4', 'zstd']) {
    for (const ending of ['arrow', 'arrows']) {
      for (const { way, open } of ways(`polars-${codec}.${ending}`)) {
        test(`polars, ${ending}, ${codec}, ${way}`, async () => {
          expect((await readAll(await open())).columns).toEqual({
            id: shapes.id,
            list: shapes.list,
            array: shapes.tensor,
            category: rows.map(text),
          })
        })
      }
    }
  }

  test('pandas to_feather', async () => {
    const source = await openArrow(path('pandas.feather'))
    expect(source.codecs).toEqual(['lz4-frame'])
    expect((await readAll(source)).columns).toEqual({ id: shapes.id, list: shapes.list })
  })
})

describe('nulls', () => {
  const holes = (row: number) => (row % 4 === 1 ? null : row % 4 === 2 ? 'inner' : values(row, 4))
  const deep = (row: number) => {
    const cells = holes(row)
    return Array.isArray(cells) ? (row % 4 === 3 ? 'inner' : [cells, cells, cells]) : cells
  }
  const expected = (of: number[]) => ({
    list: of.map(holes),
    fsl: of.map(holes),
    list_list: of.map(deep),
    list_fsl: of.map(deep),
    fsl_fsl: of.map(deep),
  })

  test('null rows and null elements are told apart, at every level', async () => {
    const { columns } = await readAll(await openArrow(path('nulls.arrow')))
    expect(columns).toEqual(expected(rows))
  })

  test('null rows and elements of a slice are those of its rows', async () => {
    const { columns } = await readAll(await openArrow(path('nulls-slice.arrow')))
    expect(columns).toEqual(expected(range(13).map(i => i + 5)))
  })

  test('a batch without nulls has none reported', async () => {
    const source = await openArrow(path('shapes-none.arrow'))
    for await (const batch of source.read(['list', 'id'])) {
      for (const column of batch.columns.values()) expect(column.nulls).toBeUndefined()
    }
    await source.close()
  })
})

describe('dictionaries', () => {
  const cells = [3, 5, 5].flatMap(n => range(n).map(name))

  for (const file of ['delta.arrows', 'delta.arrow']) {
    for (const { way, open } of ways(file)) {
      test(`deltas extend a dictionary, ${file} ${way}`, async () => {
        const { columns } = await readAll(await open())
        expect(columns.key).toEqual(cells)
      })
    }
  }

  for (const { way, open } of ways('replacement.arrows')) {
    test(`a replacement counts for the batches that follow it, ${way}`, async () => {
      const { columns } = await readAll(await open())
      expect(columns.key).toEqual([...cells, 'other', 'words', 'other'])
    })
  }

  test('a batch in the middle sees the dictionaries before it', async () => {
    for (const file of ['replacement.arrows', 'delta.arrows']) {
      for (const [batch, expected] of [
        [1, cells.slice(3, 8)],
        [0, cells.slice(0, 3)],
        [2, cells.slice(8)],
      ] as const) {
        const source = await openArrow(path(file))
        const { columns } = await readAll(source, ['key'], { start: batch, end: batch + 1 })
        expect(columns.key, `${file} ${batch}`).toEqual(expected)
      }
    }
  })
})

describe('what is said of a file', () => {
  test('columns have their types, as read and as declared', async () => {
    const source = await openArrow(path('shapes-none.arrow'))
    const types = Object.fromEntries(source.fields.map(({ name: column, ...rest }) => [column, rest]))
    expect(types.id).toEqual({ declared: 'string', type: { kind: 'text' } })
    expect(types.list_fsl).toEqual({
      declared: 'list<fixed_size_list<float>[4]>',
      type: { kind: 'numbers', element: 'float32', nesting: ['list', 4] },
    })
    expect(types.tensor.type).toEqual({ kind: 'numbers', element: 'float32', nesting: [LENGTH, 4] })
    expect(types.list_float16.type).toEqual({ kind: 'numbers', element: 'float16', nesting: ['list'] })
    expect(source.format).toBe('Arrow IPC file')
    expect(source.layout).toBe('3 record batches')
    expect(source.codecs).toEqual([])
    expect(source.batches?.map(batch => batch.rows)).toEqual([8, 8, 5])
    await source.close()
  })

  test('types that are not read stand beside those that are, and are refused by name', async () => {
    const source = await openArrow(path('other.arrow'))
    expect(source.fields.filter(field => field.type.kind === 'other')).toHaveLength(16)
    await expect(readAll(source, ['struct'])).rejects.toThrow(
      /other\.arrow: column struct is struct<int64, string>, expected/,
    )
    const { columns } = await readAll(await openArrow(path('other.arrow')))
    expect(columns).toEqual({ id: shapes.id, list: shapes.list })
  })

  test('a tensor of permuted dimensions is refused, the columns beside it are read', async () => {
    const source = await openArrow(path('permuted.arrow'))
    expect(source.fields[1]).toEqual({
      name: 'tensor',
      declared: 'fixed_shape_tensor<float32>[4, 5] permuted [1, 0]',
      type: { kind: 'other' },
    })
    expect((await readAll(source, ['id'])).columns.id).toEqual(shapes.id)
  })

  test('metadata of columns is taken in, the metadata of the file wins', async () => {
    const source = await openArrow(path('metadata.arrow'))
    expect([...source.metadata]).toEqual([
      ['axes', 'file'],
      ['unit', 'logit'],
    ])
    await source.close()
  })

  test('a column that is not there is refused with those that are', async () => {
    const source = await openArrow(path('v4.arrow'))
    await expect(readAll(source, ['maps'])).rejects.toThrow(/has no column maps; found id, list/)
    await expect(readAll(await openArrow(path('v4.arrow')), ['maps'])).rejects.toBeInstanceOf(DataError)
  })

  test('the fingerprint changes with the data and with the cut, and a pipe has none', async () => {
    const prints = await Promise.all(
      [
        openArrow(path('v4.arrow')),
        openArrow(path('v4.arrow')),
        openArrow(path('many.arrow')),
        openArrow(path('v4.arrow'), { windowBytes: 1000 }),
      ].map(async opening => {
        const source = await opening
        const print = await source.fingerprint()
        await source.close()
        return print
      }),
    )
    expect(prints[0]).toBe(prints[1])
    expect(new Set(prints).size).toBe(3)
    const pipe = await openArrowPipe(createReadStream(path('many.arrows')), '-')
    expect(await pipe.fingerprint()).toBeUndefined()
    expect(pipe.batches).toBeUndefined()
    await pipe.close()
  })
})
