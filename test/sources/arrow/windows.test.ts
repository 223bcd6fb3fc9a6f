import { createReadStream } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { cutBatch } from '../../../src/sources/arrow/cut.js'
import { openArrow, openArrowPipe } from '../../../src/sources/arrow/index.js'
import { name, path, range, readAll, value, values } from './expected.js'

const N = 300
const holes = (row: number) => (row % 4 === 1 ? null : row % 4 === 2 ? 'inner' : values(row, 4))
const expected = {
  id: range(N).map(row => (row % 5 === 3 ? null : name(row))),
  view: range(N).map(row => (row % 5 === 3 ? null : name(row))),
  key: range(N).map(row => (row % 5 === 3 ? null : name(row % 7))),
  ragged: range(N).map(row => values(row, row % 11)),
  large: range(N).map(row => values(row, row % 11)),
  holes: range(N).map(holes),
  fsl_holes: range(N).map(holes),
  deep: range(N).map(row => {
    const cells = holes(row)
    return Array.isArray(cells) ? (row % 4 === 3 ? 'inner' : [cells, cells, cells]) : cells
  }),
  flags: range(N).map(row => range((row % 4) * 5).map(i => ((row + i) % 3 === 0 ? 1 : 0))),
  count: range(N).map(row => (row % 4 === 1 ? null : 8 * value(row, 0))),
}

describe('a record batch cut into windows', () => {
  // From windows of one row, which cut validity bitmaps within bytes, to one window of all.
  for (const windowBytes of [100, 700, 4000, 30_000, 2 ** 21]) {
    for (const file of [
      'one-batch-none.arrow',
      'one-batch-lz4.arrow',
      'one-batch-none.arrows',
      'one-batch-lz4.arrows',
    ]) {
      test(`has the same rows, ${file} by ${windowBytes} bytes`, async () => {
        const source = await openArrow(path(file), { windowBytes })
        const sizes = source.batches?.map(batch => batch.rows)
        const read = await readAll(source)
        expect(read.columns).toEqual(expected)
        expect(read.sizes).toEqual(sizes)
        if (file.endsWith('.arrow')) return
        for (const maxHeld of [1000, 2 ** 28]) {
          const pipe = await openArrowPipe(createReadStream(path(file)), '-', { windowBytes, maxHeld })
          const piped = await readAll(pipe)
          expect(piped.columns).toEqual(expected)
          expect(piped.sizes).toEqual(sizes)
        }
      })
    }
  }

  test('can be read from any window on, one column at a time', async () => {
    for (const [column, rows] of Object.entries(expected)) {
      const source = await openArrow(path('one-batch-none.arrow'), { windowBytes: 3000 })
      const first = source.batches?.slice(0, 3).reduce((sum, batch) => sum + batch.rows, 0) ?? 0
      const size = source.batches?.[3].rows ?? 0
      const read = await readAll(source, [column], { start: 3, end: 4 })
      expect(read.columns[column], column).toEqual(rows.slice(first, first + size))
    }
  })

  test('is whole where it is small, else cut at multiples of eight rows into windows of about the size asked for', () => {
    expect(cutBatch(0, 64, 1.4e6, 1e6)).toHaveLength(1)
    expect(cutBatch(0, 0, 0)).toEqual([{ recordBatch: 0, rows: { start: 0, end: 0 }, bytes: 0 }])
    const windows = cutBatch(7, 1_000_003, 3e9, 2e6)
    for (const { rows, bytes, recordBatch } of windows) {
      expect(rows.start % 8).toBe(0)
      expect(bytes).toBeLessThan(2.1e6)
      expect(recordBatch).toBe(7)
    }
    expect(windows.at(-1)?.rows.end).toBe(1_000_003)
    expect(windows.map(window => window.rows.start).slice(1)).toEqual(
      windows.map(window => window.rows.end).slice(0, -1),
    )
  })

  test('of rows larger than a window has one row in each', () => {
    expect(cutBatch(0, 3, 30e6, 2e6).map(window => window.rows)).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
      { start: 2, end: 3 },
    ])
  })
})

test.each([
  ['one-batch-lz4.arrow', true],
  ['one-batch-none.arrow', false],
])('windows of %s share what is decompressed: %s', async (file, expected) => {
  const source = await openArrow(path(file), { windowBytes: 4000 })
  const [first, ...others] = source.batches ?? []
  expect(first.continues).toBe(false)
  expect(others.length).toBeGreaterThan(2)
  expect(others.every(({ continues }) => continues === expected)).toBe(true)
  await source.close()
})
