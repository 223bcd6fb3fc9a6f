import { describe, expect, it } from 'vitest'
import { openParquet } from '../../../src/sources/parquet/index.js'
import { lists, nested, sequence, withoutNulls } from './formula.js'
import { fileOf, readRows } from './reading.js'

const ROWS = 40
const maps = lists(4, undefined, { rows: ROWS })
const holes = maps.map(
  (values, r) => ({ 1: null, 2: [], 3: [null, ...values.slice(1)] })[r % 6] ?? (r % 6 === 1 ? null : values),
)

const EXPECTED: Readonly<Record<string, unknown[]>> = {
  id: Array.from({ length: ROWS }, (_, r) => `seq${r}`),
  sequence: Array.from({ length: ROWS }, (_, r) => sequence(r)),
  list_f32: maps,
  nested_f32: nested(maps, 4),
  holes: withoutNulls(holes, ['list']).rows,
}

const files = ['v1', 'v2'].flatMap(version =>
  ['', '-index'].flatMap(index => ['', '-dictionary'].map(encoding => `pages-${version}${index}${encoding}`)),
)

describe.each(files)('one row group of many pages, %s', name => {
  it.each([1, 150, 400])('reads the same from every window on, windows of %i bytes', async windowBytes => {
    const source = await openParquet(fileOf(name), { windowBytes })
    const windows = source.batches!.length
    expect(windows).toBeGreaterThan(10)
    for (let start = 0; start < windows; start++) {
      const end = Math.min(windows, start + 3)
      const { rows, batches } = await readRows(source, Object.keys(EXPECTED), { start, end })
      expect(batches.map(batch => batch.index)).toEqual(
        Array.from({ length: end - start }, (_, i) => start + i),
      )
      const [first, last] = [batches[0].rows.start, batches[end - start - 1].rows.end]
      for (const [column, values] of Object.entries(EXPECTED)) {
        expect({ start, [column]: rows[column] }).toEqual({ start, [column]: values.slice(first, last) })
      }
    }
    await source.close()
  })

  it('reads any of its columns alone', async () => {
    const source = await openParquet(fileOf(name), { windowBytes: 300 })
    for (const [column, values] of Object.entries(EXPECTED)) {
      expect((await readRows(source, [column])).rows).toEqual({ [column]: values })
    }
    await source.close()
  })

  it('cuts windows that cover every row once, and says their bytes', async () => {
    const source = await openParquet(fileOf(name), { windowBytes: 300 })
    const { batches } = await readRows(source, ['id'])
    expect(source.batches!.reduce((sum, batch) => sum + batch.rows, 0)).toBe(ROWS)
    expect(source.batches!.every(batch => batch.bytes > 0)).toBe(true)
    let row = 0
    for (const { index, rows } of batches) {
      expect(rows).toEqual({ start: row, end: row + source.batches![index].rows })
      row = rows.end
    }
    await source.close()
  })
})

it('reads row groups from any window on', async () => {
  const source = await openParquet(fileOf('pyarrow-zstd-v1-dictionary'), { windowBytes: 900 })
  expect(source.layout).toBe(`2 row groups, ${source.batches!.length} windows`)
  const whole = await readRows(source, ['id', 'list_f32', 'nested_f32'])
  const windows = source.batches!.length
  for (let start = 0; start <= windows; start++) {
    const { rows } = await readRows(source, ['id', 'list_f32', 'nested_f32'], { start, end: windows })
    const from = start === windows ? 18 : whole.batches[start].rows.start
    for (const column of Object.keys(rows)) expect(rows[column]).toEqual(whole.rows[column].slice(from))
  }
  await source.close()
})

it('reads through two ranges at once, and survives one that is given up', async () => {
  const source = await openParquet(fileOf('pages-v1'), { windowBytes: 150 })
  for await (const _ of source.read(['list_f32'])) break
  const [first, second] = await Promise.all([
    readRows(source, ['list_f32']),
    readRows(source, ['nested_f32']),
  ])
  expect(first.rows.list_f32).toEqual(EXPECTED.list_f32)
  expect(second.rows.nested_f32).toEqual(EXPECTED.nested_f32)
  await source.close()
})

it('stops when told to', async () => {
  const source = await openParquet(fileOf('pages-v1'), { windowBytes: 150 })
  const stop = new AbortController()
  let batches = 0
  const reading = (async () => {
    for await (const _ of source.read(['id'], undefined, stop.signal)) if (++batches === 2) stop.abort()
  })()
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
  expect(batches).toBe(2)
  await source.close()
})

it.each([
  ['pages-v1', true],
  ['pages-v1-index', false],
])('windows of %s belong to the one before in a row group: %s', async (name, expected) => {
  const source = await openParquet(fileOf(name), { windowBytes: 150 })
  const batches = source.batches ?? []
  expect(batches.length).toBeGreaterThan(3)
  expect(batches[0].continues).toBe(false)
  expect(batches.some(({ continues }) => continues)).toBe(expected)
  await source.close()
})
