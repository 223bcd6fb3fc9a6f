import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchColumns } from '../../../src/sources/columns/join-by-id.js'
import { memoryColumns } from '../../support/columns.js'
import { readRows } from '../parquet/reading.js'

const side = (source: ReturnType<typeof memoryColumns>) => ({
  part: 'sequence' as const,
  source,
  column: 's',
})

describe('columns matched by id', () => {
  it('are those of the same id, in whatever order and however cut', async () => {
    const shapes = fc.record({
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 40 }),
      order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      main: fc.integer({ min: 1, max: 9 }),
      other: fc.integer({ min: 1, max: 50 }),
      text: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(shapes, async ({ ids, order, main, other, text }) => {
        const values = text ? ids.map(id => `id ${id}`) : ids
        const left = memoryColumns(
          { id: { values, ...(text ? {} : { element: 'int32' }) } },
          { batchSize: main },
        )
        const shuffled = ids.map((id, i) => [order[i], id]).toSorted((a, b) => a[0] - b[0])
        const rows = [...shuffled.map(([, id]) => id), 1000]
        const right = memoryColumns(
          {
            name: { values: rows.map(id => (text ? `id ${id}` : String(id))) },
            s: { values: rows.map(id => `sequence ${id}`) },
          },
          { batchSize: other },
        )
        const matched = await matchColumns(left, 'id', side(right), 'name')
        const found = await readRows(matched, ['id', 'sequence'])
        expect(found.rows.id).toEqual(values)
        expect(found.rows.sequence).toEqual(ids.map(id => `sequence ${id}`))
      }),
      { numRuns: 60 },
    )
  })

  it('that are not there, or there twice, are an error that names the id', async () => {
    const left = memoryColumns({ id: { values: ['a', 'b', 'c'] } })
    const few = memoryColumns({ name: { values: ['a', 'b'] }, s: { values: ['A', 'C'] } })
    const matched = await matchColumns(left, 'id', side(few), 'name')
    await expect(readRows(matched, ['sequence'])).rejects.toThrow(
      'batch 1 row 2 (c): maps.arrow has no row of this id',
    )
    const twice = memoryColumns({ name: { values: ['a', 'b', 'a'] }, s: { values: ['A', 'C', 'G'] } })
    await expect(matchColumns(left, 'id', side(twice), 'name')).rejects.toThrow('row 2 (a): occurs twice')
  })
})
