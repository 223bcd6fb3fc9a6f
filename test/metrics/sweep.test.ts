import { describe, expect, it } from 'vitest'
import { uniformPrior } from '../../src/metrics/kmer/kld.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import { mostSeparatingSettings } from '../../src/metrics/sweep-spread.js'
import { angularName, kmerName, sweepOptions } from '../../src/metrics/sweep-options.js'
import { whiteNoise } from '../support/controls.js'
import { recordOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'
import { firstOf } from '../support/thorough.js'

const records = [
  ...whiteNoise(90, 60, 1),
  recordOf('dead', 'ACGTNACGTACGTACGTAC', Array<number>(76).fill(2)),
  recordOf(
    'ties',
    'ACGTNACGTACGTACGTAC',
    Array.from({ length: 76 }, (_, p) => (p % 8 === 0 ? 3 : p % 4 === 0 ? 1 : 0)),
  ),
]

const WAYS: readonly [string, MetricChoices, Parameters<typeof sweepOptions>[1]][] = [
  [
    'the paper',
    { kmer: { k: 3 } },
    { k: [1, 2, 3], q: [0.7, 0.9, 0.95], window: [1, 3, 4], 'angular-q': [0.5, 0.9] },
  ],
  [
    'a global threshold',
    { convention: 'acme-atac', kmer: { k: 2 } },
    { k: [3], window: [2, 3], top: [0.1, 0.5] },
  ],
]

const COMBINATIONS = [
  ['multinomial', 'exact'],
  ['shift', 'bins'],
  ['shift', 'exact'],
  ['multinomial', 'bins'],
] as const

describe.each(WAYS)('a sweep by %s', (_, choices, values) => {
  const metrics = metricOptions(choices)
  const sweep = sweepOptions(metrics, values)

  for (const [kmer, globalCut] of firstOf(COMBINATIONS)) {
    it(`has for each setting what scoring it by itself has: ${kmer}, ${globalCut}`, () => {
      const how = { nulls: { kmer, angularDraws: 2 }, globalCut }
      const { sweep: rows = [], ...score } = scoreRecords(records, metrics, { ...how, sweep })
      expect(score).toEqual(scoreRecords(records, metrics, how))
      expect(rows).toHaveLength(sweep.kmer.length + sweep.angular.length)
      for (const options of sweep.kmer) {
        const alone = scoreRecords(records, { ...metrics, kmer: options }, how).kmer
        const row = rows.find(({ setting }) => setting === kmerName(options))
        expect(row).toMatchObject({
          metric: 'kmer',
          k: options.k,
          q: options.q,
          window: null,
          points: null,
        })
        for (const key of [
          'kld_nats',
          'null_nats',
          'se_nats',
          'excess_se_nats',
          'cv_nats',
          'diversity',
        ] as const)
          expect(row?.[key]).toBeCloseTo(alone[key] ?? Number.NaN, 12)
        expect(row?.attributed_kmers).toBe(alone.attributed_kmers)
      }
      for (const options of sweep.angular) {
        const alone = scoreRecords(records, { ...metrics, angular: options }, how).angular
        const row = rows.find(({ setting }) => setting === angularName(options))
        expect(row).toMatchObject({
          metric: 'angular',
          window: options.window,
          k: null,
          attributed_kmers: null,
        })
        for (const key of [
          'kld_nats',
          'null_nats',
          'se_nats',
          'excess_se_nats',
          'cv_nats',
          'diversity',
        ] as const) {
          if (alone[key] === null) expect(row?.[key]).toBeNull()
          else expect(row?.[key]).toBeCloseTo(alone[key], 12)
        }
        expect(row?.points).toBe(alone.points)
        expect(row?.effective_points).toBe(alone.effective_points)
      }
    })
  }
})

describe('a sweep', () => {
  const metrics = metricOptions({ kmer: { k: 2 } })

  it('against another prior has one for each k', () => {
    const sweep = sweepOptions(metrics, { k: [1, 2, 3] })
    const [one, two, three] = [1, 2, 3].map(k => uniformPrior(k))
    const { sweep: rows = [] } = scoreRecords(records, metrics, {
      prior: two,
      sweep,
      sweepPriors: [one, three],
    })
    for (const [i, prior] of [one, two, three].entries()) {
      const alone = scoreRecords(records, metricOptions({ kmer: { k: i + 1 } }), { prior })
      expect(rows[i].kld_nats).toBeCloseTo(alone.kmer.kld_nats ?? Number.NaN, 12)
    }
    expect(() => scoreRecords(records, metrics, { prior: two, sweep })).toThrow('prior uniform counts 2-mers')
  })

  it('is every combination of the values given, for each metric by itself', () => {
    const { kmer, angular } = sweepOptions(metrics, { k: [4, 5], q: [0.8, 0.9], window: [1] })
    expect(kmer.map(kmerName)).toEqual(['k=4,q=0.8', 'k=4,q=0.9', 'k=5,q=0.8', 'k=5,q=0.9'])
    expect(angular.map(angularName)).toEqual(['window=1,q=0.9'])
    expect(sweepOptions(metrics, { window: [1] }).kmer).toEqual([])
    expect(sweepOptions(metrics, {})).toEqual({ kmer: [], angular: [] })
  })

  it('refuses values that are none, and thresholds that are not used', () => {
    expect(() => sweepOptions(metrics, { k: [6, 11] })).toThrow('k is 11')
    expect(() => sweepOptions(metrics, { q: [1] })).toThrow('q is 1')
    expect(() => sweepOptions(metrics, { top: [0.1] })).toThrow(
      'a sweep over top does not apply to --threshold per-sequence',
    )
    const global = metricOptions({ convention: 'acme-atac' })
    expect(() => sweepOptions(global, { 'angular-q': [0.1] })).toThrow(
      'a sweep over angular-q does not apply to --threshold global',
    )
    expect(() => sweepOptions(global, { top: [0] })).toThrow('top is 0')
  })
})

describe('the largest spread', () => {
  const row = (
    metric: 'kmer' | 'angular',
    setting: string,
    kld_nats: number | null,
    excess_nats: number | null,
  ) => ({
    ...(scoreRecords(records, metricOptions({ kmer: { k: 1 } }), {
      sweep: sweepOptions(metricOptions({ kmer: { k: 1 } }), { k: [1] }),
    }).sweep ?? [])[0],
    metric,
    setting,
    cv_nats: null,
    kld_nats,
    excess_nats,
  })

  it('names the setting in which models differ most, for KLD and for excess', () => {
    const models = [
      {
        model: 'a',
        sweep: [row('kmer', 'k=4', 1, 0.5), row('kmer', 'k=5', 3, 0.4), row('kmer', 'k=6', null, null)],
      },
      {
        model: 'b',
        sweep: [row('kmer', 'k=4', 2, 0.1), row('kmer', 'k=5', 2.5, 0.3), row('kmer', 'k=6', 9, 9)],
      },
      {
        model: 'c',
        sweep: [row('kmer', 'k=4', 1.5, 0.2), row('kmer', 'k=5', 2.8, 0.3), row('kmer', 'k=6', 1, 1)],
      },
    ]
    expect(mostSeparatingSettings(models)).toEqual([
      {
        metric: 'kmer',
        of: 'kld_nats',
        setting: 'k=4',
        spread_nats: 1,
        least: { model: 'a', nats: 1 },
        most: { model: 'b', nats: 2 },
      },
      {
        metric: 'kmer',
        of: 'excess_nats',
        setting: 'k=4',
        spread_nats: 0.4,
        least: { model: 'b', nats: 0.1 },
        most: { model: 'a', nats: 0.5 },
      },
    ])
    expect(mostSeparatingSettings(models.slice(0, 1))).toEqual([])
  })
})
