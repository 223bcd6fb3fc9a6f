import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { DEFAULT_NULLS, nullOptions } from '../../src/metrics/nulls.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { positionsShuffled, untrained, whiteNoise } from '../support/controls.js'
import { between, randomFrom, shuffled } from '../support/dumps.js'
import { networkRecords, NETWORKS } from '../support/fixtures.js'
import { scoreRecords, type ScoreChoices } from '../support/score.js'
import { firstOf, times } from '../support/thorough.js'

function score(
  records: readonly AttributionRecord[],
  choices: MetricChoices = {},
  more: ScoreChoices = {},
): ModelScore {
  return scoreRecords(records, metricOptions(choices), { nulls: DEFAULT_NULLS, ...more })
}

/** The excess in standard errors. */
function inErrors({ excess_nats, excess_se_nats }: ModelScore['kmer' | 'angular']): number {
  return Math.abs((excess_nats ?? Number.NaN) / (excess_se_nats ?? Number.NaN))
}

const WAYS: readonly [name: string, choices: MetricChoices][] = [
  ['the paper', {}],
  ['windows of one position', { angular: { window: 1 } }],
  ['the published basis', { angular: { basis: 'published' } }],
  ['a global threshold', { convention: 'acme-atac' }],
]

describe('white noise has no excess', () => {
  for (const [count, length, seed] of firstOf([
    [600, 300, 13],
    [1000, 200, 11],
    [1000, 200, 12],
    [100, 500, 14],
  ])) {
    const records = whiteNoise(count, length, seed)
    it.each(WAYS)(`within three errors: ${count} maps of ${length} nt, seed ${seed}, by %s`, (_, choices) => {
      const { kmer, angular } = score(records, choices)
      expect(inErrors(kmer)).toBeLessThan(3)
      expect(inErrors(angular)).toBeLessThan(3)
    })

    it(`nor any consistency that recurs: seed ${seed}`, () => {
      const { kmer, angular } = score(records)
      expect(kmer.cv_nats).toBeLessThan(0.03)
      expect(angular.cv_nats).toBeLessThan(0.03)
    })
  }

  it('against runs moved at random either', () => {
    for (const seed of firstOf([21, 22])) {
      const { kmer } = score(whiteNoise(800, 200, seed), {}, { nulls: nullOptions(['shift']) })
      expect(inErrors(kmer)).toBeLessThan(3)
    }
  })

  it('as the mean of several draws, which has a smaller error', () => {
    const records = whiteNoise(400, 200, 31)
    const several = score(records, {}, { nulls: nullOptions([], 5) }).angular
    expect(inErrors(several)).toBeLessThan(3)
    expect(several.excess_se_nats ?? 1).toBeLessThan(score(records).angular.excess_se_nats ?? 0)
    expect(several.null).toMatchObject({ kind: 'rotation', draws: 5 })
  })

  it('over a radius axis, as a pipe has it', () => {
    const records = whiteNoise(400, 200, 41)
    const choices = { convention: 'acme-atac' } as const
    const exact = score(records, choices).angular
    const bins = score(records, choices, { globalCut: 'bins' }).angular
    expect(bins.excess_se_nats).toBeNull()
    expect(Math.abs((bins.excess_nats ?? 1) - (exact.excess_nats ?? 0))).toBeLessThan(0.01)
  })
})

describe('maps of a network that was never trained', () => {
  it.each(firstOf([1, 2]))('have next to no excess, and nothing recurs: seed %i', seed => {
    const { kmer, angular } = score(untrained(400, 200, seed))
    expect(inErrors(kmer)).toBeLessThan(3)
    expect(Math.abs(angular.excess_nats ?? 1)).toBeLessThan(0.03)
    expect(kmer.cv_nats).toBeLessThan(0.03)
    expect(angular.cv_nats).toBeLessThan(0.03)
  })
})

describe('a null', () => {
  const records = whiteNoise(120, 60, 51)
  const random = randomFrom(1)

  it.each(WAYS)('does not depend on the order of records: %s', (_, choices) => {
    for (const kmer of ['multinomial', 'shift'] as const) {
      const nulls = { kmer, angularDraws: 2 }
      const metrics = { ...choices, kmer: { k: 3 } }
      expect(score(shuffled(random, records), metrics, { nulls })).toEqual(score(records, metrics, { nulls }))
    }
  })

  it('of none is none', () => {
    const { kmer, angular } = score(records, { kmer: { k: 3 } }, { nulls: nullOptions(['none']) })
    for (const metric of [kmer, angular]) {
      expect(metric).toMatchObject({
        null: null,
        null_nats: null,
        excess_nats: null,
        excess_se_nats: null,
        floor_share: null,
      })
      expect(metric.se_nats).toBeGreaterThan(0)
    }
  })

  it('is what its names ask for', () => {
    expect(nullOptions()).toEqual({ kmer: 'multinomial', angularDraws: 1 })
    expect(nullOptions(['rotation'], 3)).toEqual({ kmer: 'multinomial', angularDraws: 3 })
    expect(nullOptions(['shift'])).toEqual({ kmer: 'shift', angularDraws: 1 })
    expect(nullOptions(['none'])).toEqual({ angularDraws: 0 })
    expect(() => nullOptions(['none', 'shift'])).toThrow('--null none cannot be combined')
    expect(() => nullOptions(['multinomial', 'shift'])).toThrow('k-mers have one null')
    expect(() => nullOptions([], 1.5)).toThrow('null draws are 1.5, expected a whole number from 0 to 100')
  })
})

describe('the jackknife', () => {
  it('gives the error of a bootstrap over records', () => {
    // Maps of noise, a word planted in two of three: enough signal for the error to be more than that of noise.
    const DRAWS = times(60, 250)
    const random = randomFrom(61)
    const records = whiteNoise(300, 100, 62).map(record => {
      if (random() < 1 / 3) return record
      const sequence = record.sequence.slice()
      const attribution = record.attribution.slice()
      const at = between(random, 5, 85)
      for (const [j, base] of [2, 0, 3, 3, 0, 1, 0].entries()) {
        sequence[at + j] = base
        attribution[4 * (at + j) + base] += 6
      }
      return { ...record, sequence, attribution }
    })
    const options = { kmer: { k: 3 } }
    const found = score(records, options)
    const resampled = Array.from({ length: DRAWS }, () => {
      const again = records.map(() => records[between(random, 0, records.length - 1)])
      const { kmer, angular } = scoreRecords(again, metricOptions(options), { brief: true })
      return [kmer.kld_nats ?? Number.NaN, angular.kld_nats ?? Number.NaN]
    })
    const spread = (metric: number) => {
      const values = resampled.map(klds => klds[metric])
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
    }
    // A spread of n values is good to 1 in sqrt(2 n): the jackknife has 64 groups. Three of both together.
    const most = 3 * Math.hypot(Math.sqrt(1 / 128), Math.sqrt(1 / (2 * DRAWS)))
    expect(Math.abs((found.kmer.se_nats ?? 0) / spread(0) - 1)).toBeLessThan(most)
    expect(Math.abs((found.angular.se_nats ?? 0) / spread(1) - 1)).toBeLessThan(most)
  })
})

describe('on real maps', () => {
  const [exponential, relu] = NETWORKS

  it(`${exponential} has an angular excess of 0.19 to 0.25`, () => {
    const { excess_nats } = score(networkRecords(exponential)).angular
    expect(excess_nats).toBeGreaterThan(0.19)
    expect(excess_nats).toBeLessThan(0.255)
  })

  it(`${relu} has one of 0 to 0.02, but a cross-validated value that is none of noise`, () => {
    const { excess_nats, cv_nats, cv_se_nats } = score(networkRecords(relu)).angular
    expect(excess_nats).toBeGreaterThan(0)
    expect(excess_nats).toBeLessThan(0.02)
    expect((cv_nats ?? 0) / (cv_se_nats ?? 1)).toBeGreaterThan(5)
  })

  it.each(NETWORKS)('%s with its positions shuffled has no k-mer excess left', model => {
    const { kmer, angular } = score(positionsShuffled(networkRecords(model), 71))
    expect(inErrors(kmer)).toBeLessThan(3)
    expect(kmer.cv_nats).toBeLessThan(0.03)
    // Shuffling keeps the vectors, and with them what their directions have in common: a sixth or so of the excess.
    expect(angular.excess_nats).toBeLessThan(0.05)
  })
})
