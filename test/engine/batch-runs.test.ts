import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { BatchRuns } from '../../src/engine/batch-runs.js'
import { decodePlan, encodePlan, makePlan, shardOf } from '../../src/engine/plan.js'

const sizes = fc.array(fc.record({ rows: fc.nat(2), bytes: fc.nat(3) }), { maxLength: 30 })

it('hold what the batches hold, over any range', () => {
  fc.assert(
    fc.property(sizes, fc.nat(30), fc.nat(30), (batches, a, b) => {
      const [start, end] = [a, b].map(at => Math.min(at, batches.length)).toSorted((x, y) => x - y)
      const runs = BatchRuns.of(batches)
      expect([...runs]).toEqual(batches)
      expect([...BatchRuns.decode(runs.encode())]).toEqual(batches)
      const part = batches.slice(start, end)
      expect(runs.held({ start, end })).toEqual({
        batches: part.length,
        rows: part.reduce((sum, { rows }) => sum + rows, 0),
        bytes: part.reduce((sum, { bytes }) => sum + bytes, 0),
      })
    }),
  )
})

it('take no memory by a number in a plan, nor time', () => {
  const plan = makePlan({
    shards: 1000,
    population: 'm',
    params: null,
    inputs: [{ name: 'a', size: 1, fingerprint: '', batches: BatchRuns.decode([[1, 1, 2 ** 50]]) }],
  })
  const found = decodePlan(encodePlan(plan), 'plan.json')
  expect(found.inputs[0].batches.length).toBe(2 ** 50)
  const [{ range }] = shardOf(found, 999)
  expect(range.end).toBe(2 ** 50)
  expect(range.end - range.start).toBeCloseTo(2 ** 50 / 1000, -2)
})

it.each([[[[1, 1, -1]]], [[[1, 1, 0.5]]], [[[1, 2, 2 ** 52]]], [[[1, 1]]], [[['1', 1, 1]]], [5]])(
  'refuse %j',
  runs => {
    expect(() => BatchRuns.decode(runs)).toThrow(/batches that cannot be|iterable/)
  },
)

it('refuse a number of shards that no scheduler has', () => {
  const inputs = [{ name: 'a', size: 1, fingerprint: '', batches: [] }]
  expect(() => makePlan({ shards: 1e9, population: 'm', params: null, inputs })).toThrow(
    'expected 1 to 1000000',
  )
})
