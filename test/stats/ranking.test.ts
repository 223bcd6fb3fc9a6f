import { describe, expect, it } from 'vitest'
import { rankingAreas } from '../../src/stats/ranking.js'

function areas(positives: number[], negatives: number[]) {
  const out = { auroc: Number.NaN, aupr: Number.NaN }
  const sorted = (values: number[]) => Float64Array.from([...values, 99, 99]) // what lies behind does not count
  rankingAreas(sorted(positives), positives.length, sorted(negatives), negatives.length, out)
  return out
}

describe('areas of a ranking', () => {
  it('are 1 where every positive lies above every negative', () => {
    expect(areas([2, 3], [0, 1])).toEqual({ auroc: 1, aupr: 1 })
  })
  it('are those of the curves by hand', () => {
    // Descending: negative 4, positive 3, negative 2, positive 1. Points (recall, precision): (0, 1) (0, 0) (1/2, 1/2) (1/2, 1/3) (1, 1/2).
    expect(areas([1, 3], [2, 4])).toEqual({ auroc: 0.25, aupr: 0.5 * 0.25 + 0.5 * ((1 / 3 + 1 / 2) / 2) })
  })
  it('count a tie as half, and as one point of the curve', () => {
    expect(areas([1], [1])).toEqual({ auroc: 0.5, aupr: 0.75 })
    expect(areas([-0, 0], [0, -0])).toEqual({ auroc: 0.5, aupr: 0.75 })
  })
  it('are 0 under ROC where every negative lies above', () => {
    expect(areas([0], [1, 2, 3])).toEqual({ auroc: 0, aupr: 0.125 })
  })
})
