import { expect, it } from 'vitest'
import { looksLikeParquet, openParquet } from '../../../src/sources/parquet/index.js'
import { lists, nested } from './formula.js'
import { fileOf, readRows } from './reading.js'

async function types(name: string): Promise<Record<string, unknown>> {
  const source = await openParquet(fileOf(name))
  await source.close()
  return Object.fromEntries(
    source.fields.map(({ name, type }) => [
      name,
      type.kind === 'numbers' ? [type.element, ...type.nesting] : type.kind,
    ]),
  )
}

it('declares the types of a file by pyarrow, fixed lengths among them', async () => {
  expect(await types('pyarrow-snappy-v1-plain')).toEqual({
    id: 'text',
    sequence: 'text',
    bytes: 'text',
    fixed_bytes: 'text',
    model: 'text',
    list_f32: ['float32', 'list'],
    list_f64: ['float64', 'list'],
    list_i8: ['int8', 'list'],
    list_u16: ['uint16', 'list'],
    list_i64: ['int64', 'list'],
    list_bool: ['bool', 'list'],
    nested_f32: ['float32', 'list', 'list'],
    nested_bool: ['bool', 'list', 'list'],
    list_fsl4: ['float32', 'list', 4],
    fsl_f32: ['float32', 12],
    fsl_fsl4: ['int8', 3, 4],
    a: ['float32', 'list'],
    i8: ['int8'],
    u8: ['uint8'],
    i16: ['int16'],
    u16: ['uint16'],
    i32: ['int32'],
    u32: ['uint32'],
    i64: ['int64'],
    u64: ['uint64'],
    f32: ['float32'],
    f64: ['float64'],
    bool: ['bool'],
    struct: 'other',
    list_text: 'other',
    deep: 'other',
    list_f16: ['float16', 'list'],
    f16: ['float16'],
  })
})

it('declares lists without a length where the writer stores no Arrow schema', async () => {
  expect(await types('duckdb-zstd-v1')).toMatchObject({
    id: 'text',
    fsl_f32: ['float32', 'list'],
    list_fsl4: ['float32', 'list', 'list'],
    u8: ['uint8'],
    struct: 'other',
  })
})

it("says types in Parquet's own words", async () => {
  const source = await openParquet(fileOf('pyarrow-snappy-v1-plain'))
  const declared = Object.fromEntries(source.fields.map(field => [field.name, field.declared]))
  expect(declared).toMatchObject({
    id: 'BYTE_ARRAY (STRING)',
    fixed_bytes: 'FIXED_LEN_BYTE_ARRAY[8]',
    list_f32: 'LIST<FLOAT>',
    nested_f32: 'LIST<LIST<FLOAT>>',
    list_fsl4: 'LIST<LIST<FLOAT>>[][4]',
    u8: 'INT32 (UINT_8)',
    f16: 'FIXED_LEN_BYTE_ARRAY[2] (FLOAT16)',
    struct: 'STRUCT',
  })
  await source.close()
})

it('reads both old forms of lists', async () => {
  expect(await types('by-hand-two-levels')).toEqual({ list_f32: ['float32', 'list'] })
  expect(await types('by-hand-repeated')).toEqual({ list_f32: ['float32', 'list'] })
})

it('reads tensors in their shape, but for those whose axes are swapped', async () => {
  const source = await openParquet(fileOf('pyarrow-tensor'), { windowBytes: 300 })
  expect(await types('pyarrow-tensor')).toEqual({ tensor: ['float32', 3, 4], swapped: 'other' })
  const { rows } = await readRows(source)
  expect(rows.tensor).toEqual(nested(lists(12, undefined, { perRow: true }), 4))
  for await (const batch of source.read(['tensor']))
    expect(batch.columns.get('tensor')).toMatchObject({ levels: [3, 4] })
  await source.close()
})

it('gives the metadata of file and columns without the Arrow schema itself', async () => {
  const source = await openParquet(fileOf('pyarrow-tensor'))
  expect(Object.fromEntries(source.metadata)).toEqual({ model: 'cnn', window: '200', axes: 'length,base' })
  await source.close()
})

it('has no batches where there are no rows', async () => {
  const source = await openParquet(fileOf('pyarrow-no-rows'))
  expect(source.batches).toEqual([])
  expect(source.fields).toHaveLength(33)
  expect((await readRows(source)).batches).toEqual([])
  await source.close()
})

it('reads integers up to 2^53 - 1 and refuses larger ones', async () => {
  const source = await openParquet(fileOf('pyarrow-big-integers'))
  const { rows } = await readRows(source, ['small', 'low'])
  expect(rows).toEqual({ small: [2 ** 53 - 1], low: [1 - 2 ** 53] })
  await expect(readRows(source, ['big'])).rejects.toThrow(
    /big-integers\.parquet batch 0: the dictionary of row group 0, column "big": an integer is beyond ±2\^53 .* write the column as float64$/,
  )
  await source.close()
})

it('fingerprints the file and the cut, once', async () => {
  const opened = [['pages-v1'], ['pages-v1'], ['pages-v1', 100], ['pages-v2']] as const
  const sources = await Promise.all(
    opened.map(([name, windowBytes]) => openParquet(fileOf(name), { windowBytes })),
  )
  const prints = await Promise.all(sources.map(source => source.fingerprint()))
  expect(prints[0]).toBe(prints[1])
  expect(new Set(prints).size).toBe(3)
  expect(await sources[0].fingerprint()).toBe(prints[0])
  await Promise.all(sources.map(source => source.close()))
})

it('knows Parquet by its first bytes, encrypted or not', () => {
  expect(looksLikeParquet(Buffer.from('PAR1....'))).toBe(true)
  expect(looksLikeParquet(Buffer.from('PARE....'))).toBe(true)
  expect(looksLikeParquet(Buffer.from('ARROW1..'))).toBe(false)
  expect(looksLikeParquet(Buffer.from('PA'))).toBe(false)
})

it('refuses names that are missing', async () => {
  const source = await openParquet(fileOf('pages-v1'))
  await expect(readRows(source, ['absent'])).rejects.toMatchObject({ code: 'column' })
  await source.close()
})
