import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import type { PriorCounts } from '../../src/metrics/kmer/kld.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { gap } from '../support/gap.js'
import { recordOf } from '../support/records.js'
import { fold, scoreRecords } from '../support/score.js'
import { times } from '../support/thorough.js'

/** What make_errors.py says of errors, cross-validation, nulls and diversity of small populations; see there. */
interface Case {
  readonly name: string
  readonly prior: 'population' | readonly string[]
  readonly options: MetricChoices
  readonly records: readonly {
    readonly id: string
    readonly sequence: string
    readonly attribution: number[]
  }[]
  readonly expected: {
    readonly groups: readonly number[]
    readonly kmer: Errors & {
      readonly diversity_folded: number
      readonly attributed_kmers: number
      readonly null_nats: number
      readonly null_sd: number
      readonly shift_nats: number
      readonly shift_sd: number
    }
    readonly angular: Errors & {
      readonly effective_points: number
      readonly null_nats: number
      readonly null_sd: number
    }
  }
}

interface Errors {
  readonly kld_nats: number
  readonly se_nats: number
  readonly left: readonly number[]
  readonly cv_nats: number
  readonly cv_a: number | null
  readonly cv_se_nats: number
  readonly cv_deviations: readonly number[]
  readonly diversity: number
  /** SciPy's stats.t.ppf(0.975, groups - 1). */
  readonly t95: number
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('errors.json', import.meta.url), 'utf8'))
const CLOSE = 1e-9

function priorOf({ prior }: Case, k: number): PriorCounts | undefined {
  if (typeof prior === 'string') return undefined
  const counter = kmerPrior({ k })
  const rows = prior.map((text, row) => recordOf(String(row), text, []))
  return { name: 'prior', ...counter.result(fold(counter, rows)) }
}

function closeTo(found: number | null | undefined, expected: number | null): void {
  expect(gap(found, expected), `${found} against ${expected}`).toBeLessThanOrEqual(CLOSE)
}

it('has cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(6)
})

describe.each(cases)('$name', one => {
  const metrics = metricOptions(one.options)
  const records = one.records.map(({ id, sequence, attribution }) => recordOf(id, sequence, attribution))
  const prior = priorOf(one, metrics.kmer.k)
  const draws = times(20, 60)
  const nulls = { kmer: 'multinomial', angularDraws: draws } as const
  const score: ModelScore = scoreRecords(records, metrics, { prior, nulls })
  const { expected } = one

  it('has the groups that hold records, dead ones too', () => {
    expect(score.jackknife.groups).toEqual(expected.groups)
  })

  for (const metric of ['kmer', 'angular'] as const) {
    it(`has the ${metric} values without each group, and the error that they make`, () => {
      const found = score[metric]
      closeTo(found.kld_nats, expected[metric].kld_nats)
      for (const [i, left] of expected[metric].left.entries())
        closeTo(score.jackknife[metric].kld_nats?.[i], left)
      closeTo(found.se_nats, expected[metric].se_nats)
      const [low, high] = found.ci95_nats ?? [Number.NaN, Number.NaN]
      closeTo((low + high) / 2, expected[metric].kld_nats)
      closeTo((high - low) / 2, expected[metric].t95 * expected[metric].se_nats)
    })

    it(`cross-validates the ${metric} consistency`, () => {
      const { cv_nats, cv_a, cv_se_nats, cv_deviations, diversity } = expected[metric]
      closeTo(score[metric].cv_nats, cv_nats)
      expect(score[metric].cv_a).toBe(cv_a)
      closeTo(score[metric].cv_se_nats, cv_se_nats)
      for (const [i, part] of cv_deviations.entries()) closeTo(score.jackknife[metric].cv_nats?.[i], part)
      closeTo(score[metric].diversity, diversity)
    })
  }

  it('has the effective points, and the diversity of k-mers folded', () => {
    closeTo(score.angular.effective_points, expected.angular.effective_points)
    closeTo(score.kmer.diversity_folded, expected.kmer.diversity_folded)
  })

  it('has a k-mer null within four errors of the mean over 64 draws', () => {
    const { null_nats, null_sd, kld_nats } = expected.kmer
    expect(score.kmer.null).toMatchObject({ kind: 'multinomial', how: 'draws', draws: 64 })
    const error = Math.hypot(null_sd / Math.sqrt(64), null_sd / Math.sqrt(20000))
    expect(Math.abs((score.kmer.null_nats ?? Number.NaN) - null_nats)).toBeLessThan(4 * error)
    closeTo(score.kmer.excess_nats, kld_nats - (score.kmer.null_nats ?? 0))
    closeTo(score.kmer.floor_share, (score.kmer.null_nats ?? 0) / kld_nats)
  })

  it('has an angular null within four errors of the mean over as many rotations, whichever way a cut is found', () => {
    const { null_nats, null_sd, kld_nats } = expected.angular
    expect(score.angular.null).toMatchObject({ kind: 'rotation', draws })
    const found = score.angular.null_nats ?? Number.NaN
    expect(Math.abs(found - null_nats)).toBeLessThan(4 * null_sd * Math.sqrt(2 / draws))
    closeTo(score.angular.excess_nats, kld_nats - found)
    const bins = scoreRecords(records, metrics, { prior, nulls, globalCut: 'bins' })
    expect(Math.abs((bins.angular.null_nats ?? Number.NaN) - found)).toBeLessThan(0.05 * found)
  })

  it('has a null of shifted runs as they come', () => {
    const { shift_nats, shift_sd } = expected.kmer
    const { kmer } = scoreRecords(records, metrics, { prior, nulls: { kmer: 'shift', angularDraws: 0 } })
    expect(kmer.null).toMatchObject({ kind: 'shift' })
    expect(Math.abs((kmer.null_nats ?? Number.NaN) - shift_nats)).toBeLessThan(4 * shift_sd)
    expect(kmer.excess_se_nats).toBeGreaterThan(0)
  })
})
