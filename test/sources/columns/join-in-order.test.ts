import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutRows, MOST_BYTES, WINDOW_BYTES } from '../../../src/sources/arrays/windows.js'
import { joinColumns } from '../../../src/sources/columns/join-in-order.js'
import { keptRows } from '../../../src/sources/columns/mask-rows.js'
import { memoryColumns } from '../../support/columns.js'
import { readRows } from '../parquet/reading.js'

const LETTERS = 'ACGT'

/** Sequences of any length as text, maps of nested and of fixed lists, for as many rows. */
function rowsOf(count: number) {
  const sequences = Array.from({ length: count }, (_, i) => LETTERS.repeat(1 + (i % 3)).slice(0, 1 + (i % 5)))
  const maps = sequences.map((sequence, i) => Array.from(sequence, (_, j) => [i, j, i + j, -i]))
  const truth = sequences.map((sequence, i) => (i % 7 === 3 ? null : Array.from(sequence, () => i % 2)))
  return { sequences, maps, truth, numbers: maps.map((_, i) => [i, 2 * i, 3 * i]) }
}

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  main: fc.integer({ min: 1, max: 9 }),
  side: fc.integer({ min: 1, max: 50 }),
  from: fc.nat(),
  to: fc.nat(),
})

describe('columns of two files side by side', () => {
  it('are row by row those of each, however either is cut, from any batch on, again and again', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, main, side, from, to }) => {
        const { sequences, maps, truth, numbers } = rowsOf(rows)
        const left = memoryColumns({ attributions: { values: maps } }, { batchSize: main })
        const right = memoryColumns(
          {
            s: { values: sequences },
            t: { values: truth, element: 'float64' },
            n: { values: numbers, nesting: [3], element: 'float16' },
          },
          { batchSize: side },
        )
        const joined = joinColumns(left, [
          { part: 'sequence', source: right, column: 's' },
          { part: 'truth', source: right, column: 't' },
          { part: 'id', source: right, column: 'n' },
        ])
        const batches = joined.batches?.length ?? 0
        const [start, end] = [from % (batches + 1), to % (batches + 1)].toSorted((a, b) => a - b)
        for (const range of [{ start, end }, undefined, { start, end }]) {
          const first = (range?.start ?? 0) * main
          const last = Math.min(rows, (range?.end ?? batches) * main)
          const found = await readRows(joined, ['sequence', 'truth', 'attributions'], range)
          expect(found.rows.sequence).toEqual(sequences.slice(first, last))
          expect(found.rows.attributions).toEqual(maps.slice(first, last))
          expect(found.rows.truth).toEqual(truth.slice(first, last).map(row => row ?? []))
          expect(found.states.truth).toEqual(truth.slice(first, last).map(row => (row === null ? 1 : 0)))
        }
        const alone = await readRows(joined, ['id'])
        expect(alone.rows.id).toHaveLength(rows)
      }),
      { numRuns: 60 },
    )
  })

  it('of other numbers of rows are an error with both', () => {
    const left = memoryColumns({ attributions: { values: rowsOf(5).maps } })
    const right = memoryColumns({ s: { values: rowsOf(4).sequences } })
    expect(() => joinColumns(left, [{ part: 'sequence', source: right, column: 's' }])).toThrow(
      'has 4 rows, against 5 of maps.arrow',
    )
  })

  it('have a fingerprint of both', async () => {
    const left = memoryColumns({ attributions: { values: rowsOf(5).maps } })
    const right = memoryColumns({ s: { values: rowsOf(5).sequences }, t: { values: rowsOf(5).sequences } })
    const prints = await Promise.all(
      ['s', 't'].map(column =>
        joinColumns(left, [{ part: 'sequence', source: right, column }]).fingerprint(),
      ),
    )
    expect(new Set([...prints, await left.fingerprint()]).size).toBe(3)
  })
})

describe('rows that a mask keeps', () => {
  it('are those, however either is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (mask, size) => {
          const { sequences } = rowsOf(mask.length)
          const source = memoryColumns({ s: { values: sequences } }, { batchSize: size })
          const flags = memoryColumns(
            { keep: { values: mask.map(Number), element: 'bool', nesting: [] } },
            { batchSize: 3 },
          )
          const kept = await keptRows(source, flags, 'keep')
          expect((await readRows(kept, ['s'])).rows.s).toEqual(sequences.filter((_, row) => mask[row]))
          const rows = mask.filter(Boolean).length
          const left = memoryColumns({ a: { values: rowsOf(rows).maps } }, { batchSize: 4 })
          if (rows === 0) return
          const joined = joinColumns(left, [{ part: 'sequence', source: kept, column: 's' }])
          expect((await readRows(joined, ['sequence'])).rows.sequence).toEqual(
            sequences.filter((_, row) => mask[row]),
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are an error where the mask is of other rows, or no mask', async () => {
    const source = memoryColumns({ s: { values: rowsOf(3).sequences } })
    const short = memoryColumns({ keep: { values: [1, 0], element: 'bool', nesting: [] } })
    await expect(keptRows(source, short, 'keep')).rejects.toThrow('has 2 rows, against 3')
    const numbers = memoryColumns({ keep: { values: [1, 0, 2], element: 'int8', nesting: [] } })
    await expect(keptRows(source, numbers, 'keep')).rejects.toThrow('keep is 2, expected 0 or 1')
  })
})

describe('windows of rows', () => {
  it('hold every row once, in order, and are of bounded bytes', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 0, max: 200_000 }),
          rowBytes: fc.integer({ min: 1, max: 4_000_000 }),
          step: fc.integer({ min: 1, max: 3000 }),
        }),
        shape => {
          fc.pre(shape.rows * shape.rowBytes < 2e12)
          const windows = cutRows({ name: 'maps.npy', ...shape })
          const most = Math.max(MOST_BYTES, shape.rowBytes)
          const large = shape.step * shape.rowBytes > MOST_BYTES
          let next = 0
          const wrong = windows.filter(({ start, end }) => {
            const right = start === next && end > start && (end - start) * shape.rowBytes <= most
            next = end
            return !right || !(large || start % shape.step === 0)
          })
          expect(wrong).toEqual([])
          expect(next).toBe(shape.rows)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are of about 2 MiB where chunks are smaller', () => {
    const windows = cutRows({ name: 'maps.npy', rows: 10_000, rowBytes: 8192, step: 10 })
    expect(windows[0]).toEqual({ start: 0, end: 250, continues: false })
    expect(250 * 8192).toBeLessThanOrEqual(WINDOW_BYTES)
  })
})
