import { describe, expect, it } from 'vitest'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { groupByPattern, groupsOf, replicatesOf } from '../../src/results/replicates.js'
import { PLAIN_SCORE } from '../support/plain-score.js'

/** A model whose groups of records deviate alternately by plus and minus `spread`. */
function modelOf(model: string, cv: number, spread = 0): ModelScore {
  const groups = Array.from({ length: 64 }, (_, g) => g)
  return {
    ...PLAIN_SCORE,
    model,
    ids: { count: 64, digest: 'same' },
    kmer: { ...PLAIN_SCORE.kmer, cv_nats: cv, cv_se_nats: 8 * spread },
    angular: { ...PLAIN_SCORE.angular, cv_nats: null, cv_se_nats: null },
    jackknife: {
      ...PLAIN_SCORE.jackknife,
      groups,
      kmer: { ...PLAIN_SCORE.jackknife.kmer, cv_nats: groups.map(g => (g % 2 === 0 ? spread : -spread)) },
    },
  }
}

describe('groups of replicates', () => {
  it('are what a bracket holds, or the name less what matches', () => {
    expect(groupByPattern('_s[0-9]+$')('relu_s12')).toBe('relu')
    expect(groupByPattern('^([a-z]+)_')('relu_bn_s1')).toBe('relu')
    expect(groupByPattern('_s[0-9]+$')('other')).toBe('other')
    expect(groupByPattern('^.*$')('all')).toBe('all')
    expect(() => groupByPattern('(')).toThrow(/\( is not a regular expression/)
    expect(groupsOf(['b_1', 'a_1', 'b_2'], groupByPattern('_[0-9]$'))).toEqual([
      { group: 'b', members: ['b_1', 'b_2'] },
      { group: 'a', members: ['a_1'] },
    ])
  })

  const groups = [
    { group: 'a', members: ['a1', 'a2', 'a3'] },
    { group: 'b', members: ['b1', 'b2'] },
    { group: 'c', members: ['c1'] },
  ]
  const scores = [
    ['a1', 1],
    ['a2', 1.2],
    ['a3', 1.4],
    ['b1', 0.5],
    ['b2', 0.7],
    ['c1', 2],
  ].map(([model, cv]) => modelOf(model as string, cv as number))

  it('have a mean and a spread, and agreement within and between where it is known', () => {
    const pairs = [
      { a: 'a1', b: 'a2', agreement: 0.5 },
      { a: 'a1', b: 'a3', agreement: 0.6 },
      { a: 'a3', b: 'a2', agreement: 0.7 },
      { a: 'b1', b: 'b2', agreement: null },
    ]
    const [a, b, c] = replicatesOf(scores, groups, 'cv', pairs).groups
    expect(a.kmer.mean).toBeCloseTo(1.2, 12)
    expect(a.kmer.sd).toBeCloseTo(0.2, 12)
    expect(a.kmer.se_replicates).toBeCloseTo(0.2 / Math.sqrt(3), 12)
    expect(a.kmer.se_records).toBe(0)
    expect(a.agreement_within).toBeCloseTo(0.6, 12)
    expect(b.agreement_within).toBe(null)
    expect(c).toMatchObject({
      kmer: { replicates: 1, mean: 2, sd: null },
      angular: { replicates: 0, mean: null },
    })
  })

  it("are compared by Welch's test: by hand 0.6 / sqrt(0.04/3 + 0.02/2), 2.69 degrees of freedom", () => {
    const [ab, ac] = replicatesOf(scores, groups, 'cv').differences
    expect(ab.difference_nats).toBeCloseTo(0.6, 12)
    expect(ab.se_nats).toBeCloseTo(Math.sqrt(0.04 / 3 + 0.01), 12)
    expect(ab.freedom).toBeCloseTo((0.04 / 3 + 0.01) ** 2 / ((0.04 / 3) ** 2 / 2 + 0.01 ** 2 / 1), 10)
    expect(ab.p).toBeGreaterThan(0.01)
    expect(ab.p).toBeLessThan(0.05)
    expect(ac).toMatchObject({ difference_nats: -0.8, se_nats: null, reason: 'c has one replicate' })
  })

  it('add the error over records, paired: models that deviate alike lose it, opposite ones double it', () => {
    const se = (spread: number) => {
      const [a1, a2, a3, b1, b2] = scores
      const all = [
        modelOf(a1.model, 1, 0.01),
        modelOf(a2.model, 1.2, 0.01),
        modelOf(a3.model, 1.4, 0.01),
        modelOf(b1.model, 0.5, spread),
        modelOf(b2.model, 0.7, spread),
      ]
      return replicatesOf(all, groups.slice(0, 2), 'cv').differences[0].se_nats as number
    }
    const replicates = 0.04 / 3 + 0.01
    expect(se(0.01) ** 2).toBeCloseTo(replicates, 12)
    expect(se(-0.01) ** 2).toBeCloseTo(replicates + (64 / 63) * 64 * 0.02 ** 2, 12)
  })
})
