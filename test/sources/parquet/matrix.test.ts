import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openParquet } from '../../../src/sources/parquet/index.js'
import { HOLES, lists, OTHERS, TABLE, withoutNulls } from './formula.js'
import { FOLDER, fileOf, readRows } from './reading.js'

const names = readdirSync(FOLDER)
  .filter(name => name.endsWith('.parquet'))
  .map(name => name.slice(0, -'.parquet'.length))
const special = /nulls|tensor|no-rows|big-integers/
const matrix = names.filter(name => /^(pyarrow|polars|duckdb)-/.test(name) && !special.test(name))

const CODECS: Readonly<Record<string, readonly string[]>> = {
  none: [],
  snappy: ['snappy'],
  gzip: ['gzip'],
  brotli: ['brotli'],
  zstd: ['zstd'],
  lz4: ['lz4_raw'],
}

it('finds the files', () => {
  expect(matrix.length).toBeGreaterThanOrEqual(48)
})

describe.each(matrix)('%s', name => {
  it.each([2 ** 21, 500, 1])('reads bit for bit in windows of %i bytes', async windowBytes => {
    const source = await openParquet(fileOf(name), { windowBytes })
    const { rows, states } = await readRows(source)
    const expected = Object.entries(TABLE).filter(([column]) => column in rows)
    expect(expected.length).toBeGreaterThanOrEqual(28)
    for (const [column, values] of expected) {
      expect({ [column]: rows[column] }).toEqual({ [column]: values })
      expect({ [column]: states[column].some(state => state > 0) }).toEqual({ [column]: false })
    }
    await source.close()
  })

  it('lists the columns of other types, and reads around them', async () => {
    const source = await openParquet(fileOf(name))
    const others = source.fields.filter(field => field.type.kind === 'other').map(field => field.name)
    expect(others.toSorted()).toEqual(OTHERS.toSorted())
    await expect(readRows(source, ['struct'])).rejects.toMatchObject({ code: 'column' })
    await source.close()
  })

  it('names its codec', async () => {
    const source = await openParquet(fileOf(name))
    const codec = Object.keys(CODECS).find(codec => name.includes(`-${codec}`)) ?? 'snappy'
    expect(source.codecs).toEqual(CODECS[codec])
    await source.close()
  })
})

describe.each(names.filter(name => name.includes('nulls')))('%s', name => {
  it.each([2 ** 21, 100, 1])(
    'marks null rows and nulls within rows in windows of %i bytes',
    async windowBytes => {
      const source = await openParquet(fileOf(name), { windowBytes })
      const read = await readRows(source)
      expect(Object.keys(read.rows).length).toBeGreaterThanOrEqual(5)
      for (const [column, values] of Object.entries(HOLES).filter(([column]) => column in read.rows)) {
        const type = source.fields.find(field => field.name === column)?.type
        const { rows, states } = withoutNulls(values, type?.kind === 'numbers' ? type.nesting : [])
        const texts = rows.map(row => (type?.kind === 'text' && row === 0 ? '' : row))
        expect({ [column]: read.rows[column] }).toEqual({ [column]: texts })
        expect({ [column]: read.states[column] }).toEqual({ [column]: states })
      }
      await source.close()
    },
  )
})

describe.each(names.filter(name => /^by-hand-(three|two|repeated|lz4)/.test(name)))('%s', name => {
  it.each([2 ** 21, 40, 1])('reads bit for bit in windows of %i bytes', async windowBytes => {
    const source = await openParquet(fileOf(name), { windowBytes })
    const whole = lists(4)
    expect((await readRows(source)).rows.list_f32).toEqual(whole)
    const windows = source.batches!.length
    for (let start = 0; start < windows; start++) {
      const { rows, batches } = await readRows(source, ['list_f32'], { start, end: windows })
      expect(rows.list_f32).toEqual(whole.slice(batches[0].rows.start))
    }
    await source.close()
  })
})
