import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MultiQuantileSelector } from '../../src/dna/quantiles/multi-quantile-selector.js'
import { QuantileSelector } from '../../src/dna/quantiles/quantile-selector.js'
import { allocateSquares } from '../../src/dna/corrected-map.js'

const squares = fc.array(
  fc.oneof(
    fc.constantFrom(0, 1, 1, 4, 9),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.constant(-1), // a position without a length
  ),
  { minLength: 1, maxLength: 80 },
)
const quantiles = fc.uniqueArray(fc.constantFrom(0, 0.1, 0.25, 0.5, 0.8, 0.85, 0.9, 0.95, 0.99), {
  minLength: 1,
  maxLength: 5,
})

it('finds for each quantile what a selector of its own finds, record after record', () => {
  fc.assert(
    fc.property(quantiles, fc.array(squares, { minLength: 1, maxLength: 6 }), (quantiles, records) => {
      const ladder = new MultiQuantileSelector(quantiles)
      const selectors = quantiles.map(() => new QuantileSelector())
      for (const values of records) {
        const room = allocateSquares(values.length)
        room.values.set(values)
        const missing = values.filter(value => value < 0).length
        const mean = values.reduce((sum, value) => sum + Math.max(0, value), 0) / values.length
        ladder.select(room, 0, values.length, missing, mean)
        for (const [i, q] of quantiles.entries()) {
          const count = selectors[i].select(room, 0, values.length, missing, q, mean)
          expect([...ladder.positions[i].subarray(0, ladder.counts[i])]).toEqual([
            ...selectors[i].positions.subarray(0, count),
          ])
          expect(ladder.cuts[i]).toBe(selectors[i].cut)
        }
      }
    }),
    { numRuns: 400 },
  )
})
