import { expect, it } from 'vitest'
import { meanRanks, pearson, spearman } from '../../src/stats/association.js'

// scipy.stats.pearsonr and spearmanr of these
const X = [1, 2, 3, 4, 5, 5, 7.5]
const Y = [2.1, 1.9, 3.5, 3.5, 4.4, 9, 6]

it('correlations are those of SciPy', () => {
  expect(pearson(X, Y)).toBeCloseTo(0.7123487088186159, 12)
  expect(spearman(X, Y)).toBeCloseTo(0.8909090909090909, 12)
})
it('there is none where a list does not vary', () => {
  expect(pearson([1, 1], [2, 3])).toBeUndefined()
  expect(spearman([1, 2], [3, 3])).toBeUndefined()
})
it('equal values have the mean of their ranks', () => {
  expect(meanRanks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2])
})
