import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compareModels, type Metric, type Statistic } from '../../src/results/compare.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { gap } from '../support/gap.js'
import { PLAIN_SCORE } from '../support/plain-score.js'

/** Made-up values of four models; make_comparison.py wrote them, and what others' code makes of them. */
interface Case {
  readonly groups: readonly number[]
  readonly models: {
    readonly [name: string]: {
      readonly [metric in Metric]: {
        readonly [statistic in Statistic]: {
          readonly parts: readonly number[]
          readonly value: number
          readonly se: number
        }
      }
    }
  }
  readonly expected: readonly {
    readonly statistic: Statistic
    readonly metric: Metric
    readonly pair: string
    readonly difference: number
    readonly paired: { readonly se: number; readonly p: number; readonly p_holm: number }
    readonly apart: { readonly se: number; readonly p: number; readonly p_holm: number }
  }[]
}

const made: Case = JSON.parse(
  readFileSync(fileURLToPath(new URL('comparison.json', import.meta.url)), 'utf8'),
)

/** Scores of a few maps, whose numbers are then replaced. */
function modelOf(name: string, changes: Partial<ModelScore> = {}): ModelScore {
  const of = made.models[name]
  const metric = (which: Metric) => ({
    ...PLAIN_SCORE[which],
    kld_nats: of[which].kld.value,
    se_nats: of[which].kld.se,
    excess_nats: of[which].excess.value,
    excess_se_nats: of[which].excess.se,
    cv_nats: of[which].cv.value,
    cv_se_nats: of[which].cv.se,
  })
  const leftOut = (which: Metric) => ({
    kld_nats: of[which].kld.parts,
    excess_nats: of[which].excess.parts,
    cv_nats: of[which].cv.parts,
  })
  return {
    ...PLAIN_SCORE,
    model: name,
    records: 1000,
    ids: { count: 1000, digest: 'one' },
    kmer: metric('kmer') as ModelScore['kmer'],
    angular: metric('angular') as ModelScore['angular'],
    jackknife: { groups: made.groups, kmer: leftOut('kmer'), angular: leftOut('angular') },
    ...changes,
  }
}

describe('models compared', () => {
  it.each(['paired', 'apart'] as const)(
    'have the differences, errors and p-values that others compute: %s',
    kind => {
      const models = Object.keys(made.models).map(name =>
        modelOf(name, { ids: { count: 1000, digest: kind === 'paired' ? 'one' : name } }),
      )
      const { differences, warnings } = compareModels(models)
      expect(differences).toHaveLength(36)
      expect(made.expected).toHaveLength(36)
      expect(warnings).toHaveLength(kind === 'paired' ? 0 : 1)
      for (const expected of made.expected) {
        const found = differences.find(
          ({ statistic, metric, model_a, model_b }) =>
            statistic === expected.statistic &&
            metric === expected.metric &&
            model_a + model_b === expected.pair,
        )
        expect(found?.paired).toBe(kind === 'paired')
        expect(gap(found?.difference_nats, expected.difference)).toBeLessThan(1e-9)
        expect(gap(found?.se_nats, expected[kind].se)).toBeLessThan(1e-9)
        for (const key of ['p', 'p_holm'] as const) {
          expect(Math.abs((found?.[key] ?? 9) / expected[kind][key] - 1)).toBeLessThan(1e-7)
        }
        const better = (found?.difference_nats ?? 0) > 0 ? expected.pair[0] : expected.pair[1]
        expect(found?.better).toBe(expected[kind].p_holm < 0.05 ? better : null)
      }
      expect(differences.some(({ better }) => better !== null)).toBe(true)
      expect(differences.some(({ better }) => better === null)).toBe(true)
    },
  )

  it('of populations of different size have no difference of KLD and excess, but of the cross-validated value', () => {
    const { differences, warnings } = compareModels([
      modelOf('a'),
      modelOf('b', { records: 900, ids: { count: 900, digest: 'two' } }),
    ])
    for (const { statistic, difference_nats, p, reason, paired } of differences) {
      expect(paired).toBe(false)
      if (statistic === 'cv') {
        expect(p).not.toBeNull()
        continue
      }
      expect([difference_nats, p]).toEqual([null, null])
      expect(reason).toBe('populations of 1000 and 900 records')
    }
    expect(warnings[0]).toContain('score all with --thin 900')
    expect(warnings[1]).toContain('were not scored on the same ids')
  })
  it('without errors have a difference and no p-value', () => {
    const none = { kld_nats: null, excess_nats: null, cv_nats: null }
    const bare = { jackknife: { groups: [1, 2], kmer: none, angular: none } }
    const { differences } = compareModels([modelOf('a', bare), modelOf('b', bare)])
    for (const { difference_nats, p, p_holm, reason } of differences) {
      expect(difference_nats).not.toBeNull()
      expect([p, p_holm, reason]).toEqual([null, null, 'no standard error'])
    }
  })
  it('that are equal differ by nothing, with p-value 1', () => {
    const { differences } = compareModels([modelOf('a'), { ...modelOf('a'), model: 'again' }])
    for (const { difference_nats, se_nats, p, better } of differences)
      expect([difference_nats, se_nats, p, better]).toEqual([0, 0, 1, null])
  })
  it('over different nulls have no difference of excess, but of the rest', () => {
    const other = modelOf('b')
    const kmer = {
      ...other.kmer,
      null: { kind: 'shift', kmers: 9, left_out: 0, generator: 'any' },
    } as ModelScore['kmer']
    const { differences } = compareModels([modelOf('a'), { ...other, kmer }])
    const reasons = differences.map(({ metric, statistic, reason }) => [`${metric} ${statistic}`, reason])
    expect(Object.fromEntries(reasons)).toEqual({
      'kmer cv': null,
      'kmer excess': 'nulls multinomial and shift',
      'kmer kld': null,
      'angular cv': null,
      'angular excess': null,
      'angular kld': null,
    })
  })
  it('by different options are refused, with the option', () => {
    const other = modelOf('b')
    const changed = { ...other, kmer: { ...other.kmer, options: { ...other.kmer.options, q: 0.8 } } }
    expect(() => compareModels([modelOf('a'), changed])).toThrow(
      'models a and b were scored with different options: kmer.q is 0.2 and 0.8; score all with the same options',
    )
  })
  it('are two at least, of different names', () => {
    expect(() => compareModels([modelOf('a')])).toThrow('a comparison needs two models or more, found 1')
    expect(() => compareModels([modelOf('a'), modelOf('a')])).toThrow('two models are named a')
  })
})
