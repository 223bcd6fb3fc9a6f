import { describe, expect, it } from 'vitest'
import { ExactSums } from '../../../src/stats/sums/exact-sums.js'
import { WeightBuffer } from '../../../src/stats/sums/weight-buffer.js'

describe('weights that wait', () => {
  it('add up as those that do not, whatever their number', () => {
    const sums = new ExactSums(12)
    const expected = new ExactSums(12)
    const waiting = new WeightBuffer(3, sums)
    for (const [turn, count] of [1, 3000, 2000, 0, 5000, 4096, 4096, 1, 10_000, 7].entries()) {
      const group = turn % 3
      const block = waiting.room(group, count)
      for (let i = 0; i < count; i++) {
        const cell = group * 4 + (i % 4)
        const weight = (i + 1) * 1.1 ** (turn - i / 100)
        block.cells[block.count] = cell
        block.weights[block.count++] = weight
        expected.add(cell, weight)
      }
    }
    waiting.flush()
    expect(sums.save()).toEqual(expected.save())
    waiting.flush()
    expect(sums.save()).toEqual(expected.save())
  })
})
