import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import type { AttributionRecord } from '../../src/core/types.js'
import type { PriorCounts } from '../../src/metrics/kmer/kld.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { sweepOptions } from '../../src/metrics/sweep-options.js'
import { FIXTURES, fixtureArray, fixtureJson, networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { oneHotRow, recordOf, recordsOf } from '../support/records.js'
import { fold, type ScoreChoices, scoreRecords } from '../support/score.js'
import { firstOf } from '../support/thorough.js'

interface Expected {
  readonly records: number
  readonly attributed_kmers: number
  readonly kmer_kld_prior_test_set: number
  readonly kmer_kld_prior_population: number
  readonly kmer_by_k: { readonly [k: string]: number }
  readonly kmer_by_q: { readonly [q: string]: number }
  readonly angular_paper: number
  readonly angular_paper_points: number
  readonly angular_paper_window: { readonly [width: string]: number }
  readonly angular_acme_atac: number
  readonly angular_acme_synthetic: number
  readonly angular_d3_pipeline: number
  readonly effective_points: number
  readonly groups: number
  readonly se: {
    readonly kmer_prior_population: number
    readonly kmer_prior_test_set: number
    readonly angular_paper: number
  }
  readonly authors_code?: { readonly kmer_kld_prior_test_set?: number; readonly angular_acme_atac?: number }
}

function expectedOf(folder: string): { readonly [model: string]: Expected } {
  return fixtureJson(`${folder}/expected.json`)
}

/** The 6-mers of sequences as a prior that no group of records changes. */
function counted(sequences: readonly AttributionRecord[]): PriorCounts {
  const prior = kmerPrior({ k: 6 })
  return { name: 'test set', ...prior.result(fold(prior, sequences)) }
}

/** Of errors and cross-validated values; make_agreement.py wrote them. */
interface Agreement {
  readonly [model: string]: { readonly [metric in 'kmer' | 'angular']: CrossValidated }
}

interface CrossValidated {
  readonly cv_nats: number
  readonly cv_a: number | null
  readonly cv_se_nats: number
}

const agreement: Agreement = JSON.parse(readFileSync(new URL('agreement.json', import.meta.url), 'utf8'))

const INDEPENDENT = 1e-9
/** Of errors and cross-validated values. */
const ERRORS = 1e-6
/** The authors' numbers are printed to nine digits. */
const AUTHORS = 1e-6

describe('on real maps', () => {
  it('every model of the fixtures is a case', () => {
    const files = readdirSync(`${FIXTURES}synthetic/maps`).filter(name => name.endsWith('.npz'))
    expect(files.map(name => name.replace('.npz', '')).toSorted()).toEqual(NETWORKS)
    expect(Object.keys(expectedOf('synthetic')).toSorted()).toEqual(NETWORKS)
    expect(Object.keys(expectedOf('tf-mindi'))).toEqual(['tf-mindi'])
    for (const { authors_code } of Object.values(expectedOf('synthetic'))) {
      expect(authors_code).toHaveProperty('kmer_kld_prior_test_set')
      expect(authors_code).toHaveProperty('angular_acme_atac')
    }
  })

  for (const model of [...NETWORKS, 'tf-mindi']) {
    describe(`of ${model}`, () => {
      let records: AttributionRecord[]
      let expected: Expected
      let testSet: PriorCounts | undefined
      let paper: ModelScore
      const scored = new Map<string, ModelScore>()
      /** A score, which is found once. */
      const score = (choices: MetricChoices, how: ScoreChoices = {}) => {
        const key = JSON.stringify([choices, how.prior?.name, how.globalCut])
        const known = scored.get(key) ?? scoreRecords(records, metricOptions(choices), how)
        scored.set(key, known)
        return known
      }

      beforeAll(() => {
        if (model === 'tf-mindi') {
          records = recordsOf(
            fixtureArray('tf-mindi/sample_contrib.npz', 'contrib'),
            fixtureArray('tf-mindi/sample_oh.npz', 'oh'),
          )
          expected = expectedOf('tf-mindi')[model]
          testSet = counted(records)
        } else {
          const all = fixtureArray('synthetic/test_set.npz', 'one_hot')
          records = networkRecords(model)
          expected = expectedOf('synthetic')[model]
          testSet = counted(
            Array.from({ length: all.shape[0] }, (_, row) => recordOf(String(row), oneHotRow(all, row), [])),
          )
        }
        paper = score({})
      })

      it('counts records and attributed k-mers exactly', () => {
        expect(paper.records).toBe(expected.records)
        expect(paper.kmer.attributed_kmers).toBe(expected.attributed_kmers)
      })

      it('scores k-mers against the population', () => {
        expect(gap(paper.kmer.kld_nats, expected.kmer_kld_prior_population)).toBeLessThanOrEqual(INDEPENDENT)
      })

      it('scores k-mers against the test set, as the independent code and the authors do', () => {
        const against = score({}, { prior: testSet })
        expect(gap(against.kmer.kld_nats, expected.kmer_kld_prior_test_set)).toBeLessThanOrEqual(INDEPENDENT)
        const authors = expected.authors_code?.kmer_kld_prior_test_set ?? against.kmer.kld_nats
        expect(gap(against.kmer.kld_nats, authors)).toBeLessThanOrEqual(AUTHORS)
      })

      it('scores k-mers of other lengths', () => {
        expect(Object.keys(expected.kmer_by_k)).toEqual(['4', '5', '7'])
        for (const [k, kld] of firstOf(Object.entries(expected.kmer_by_k))) {
          expect(gap(score({ kmer: { k: Number(k) } }).kmer.kld_nats, kld)).toBeLessThanOrEqual(INDEPENDENT)
        }
      })

      it('scores k-mers over other quantiles', () => {
        expect(Object.keys(expected.kmer_by_q)).toEqual(['0.8', '0.85', '0.95'])
        for (const [q, kld] of firstOf(Object.entries(expected.kmer_by_q))) {
          expect(gap(score({ kmer: { q: Number(q) } }).kmer.kld_nats, kld)).toBeLessThanOrEqual(INDEPENDENT)
        }
      })

      it('scores angles as the paper has them', () => {
        expect(gap(paper.angular.kld_nats, expected.angular_paper)).toBeLessThanOrEqual(INDEPENDENT)
        expect(paper.angular.points).toBe(expected.angular_paper_points)
        expect(gap(paper.angular.effective_points, expected.effective_points)).toBeLessThanOrEqual(
          INDEPENDENT,
        )
      })

      it('scores angles over other windows', () => {
        expect(Object.keys(expected.angular_paper_window)).toEqual(['1', '2', '4', '5'])
        for (const [width, kld] of firstOf(Object.entries(expected.angular_paper_window))) {
          expect(
            gap(score({ angular: { window: Number(width) } }).angular.kld_nats, kld),
          ).toBeLessThanOrEqual(INDEPENDENT)
        }
      })

      it('scores all of these in one pass as a sweep', () => {
        const k = Object.keys(expected.kmer_by_k).map(Number)
        const q = Object.keys(expected.kmer_by_q).map(Number)
        const window = Object.keys(expected.angular_paper_window).map(Number)
        const metrics = metricOptions()
        const sweep = sweepOptions(metrics, { k: [...k, 6], q: [...q, 0.9], window })
        const { sweep: rows = [] } = scoreRecords(records, metrics, { sweep })
        expect(rows).toHaveLength(4 * 4 + 4)
        const kldOf = (setting: string) => rows.find(row => row.setting === setting)?.kld_nats
        for (const [k, kld] of Object.entries(expected.kmer_by_k)) {
          expect(gap(kldOf(`k=${k},q=0.9`), kld)).toBeLessThanOrEqual(INDEPENDENT)
        }
        for (const [q, kld] of Object.entries(expected.kmer_by_q)) {
          expect(gap(kldOf(`k=6,q=${q}`), kld)).toBeLessThanOrEqual(INDEPENDENT)
        }
        for (const [width, kld] of Object.entries(expected.angular_paper_window)) {
          expect(gap(kldOf(`window=${width},q=0.9`), kld)).toBeLessThanOrEqual(INDEPENDENT)
        }
        expect(gap(kldOf('k=6,q=0.9'), expected.kmer_kld_prior_population)).toBeLessThanOrEqual(INDEPENDENT)
      })

      it('scores angles by the published conventions over two passes', () => {
        const atac = score({ convention: 'acme-atac' })
        expect(gap(atac.angular.kld_nats, expected.angular_acme_atac)).toBeLessThanOrEqual(INDEPENDENT)
        const authors = expected.authors_code?.angular_acme_atac ?? atac.angular.kld_nats
        expect(gap(atac.angular.kld_nats, authors)).toBeLessThanOrEqual(AUTHORS)
        const synthetic = score({ convention: 'acme-synthetic' })
        expect(gap(synthetic.angular.kld_nats, expected.angular_acme_synthetic)).toBeLessThanOrEqual(
          INDEPENDENT,
        )
        const pipeline = score({ convention: 'd3-pipeline' })
        expect(gap(pipeline.angular.kld_nats, expected.angular_d3_pipeline)).toBeLessThanOrEqual(INDEPENDENT)
      })

      it('comes near the same over one pass, with a radius axis', () => {
        for (const convention of firstOf(['acme-atac', 'acme-synthetic', 'd3-pipeline'] as const)) {
          const exact = score({ convention })
          const bins = score({ convention }, { globalCut: 'bins' })
          expect(bins.angular.points).toBe(exact.angular.points)
          expect(gap(bins.angular.kld_nats, exact.angular.kld_nats)).toBeLessThanOrEqual(0.02)
          expect(gap(bins.angular.effective_points, exact.angular.effective_points)).toBeLessThanOrEqual(0.02)
        }
      })

      it.runIf(model === 'tf-mindi')("prints what the authors' functions print", () => {
        expect(paper.kmer.kld_nats?.toFixed(6)).toBe('1.592918')
        const published = [0.04, 0.1, 0.99].map(top =>
          score({
            convention: 'acme-atac',
            angular: { threshold: { kind: 'global', top } },
          }).angular.kld_nats?.toFixed(3),
        )
        expect(published).toEqual(['0.798', '0.578', '0.346'])
      })

      it('finds as many groups of records that are not empty', () => {
        expect(paper.jackknife.groups).toHaveLength(expected.groups)
      })

      it('has the standard errors of the delete-a-group jackknife', () => {
        const against = score({}, { prior: testSet })
        for (const [found, se] of [
          [paper.kmer.se_nats, expected.se.kmer_prior_population],
          [against.kmer.se_nats, expected.se.kmer_prior_test_set],
          [paper.angular.se_nats, expected.se.angular_paper],
        ]) {
          expect(gap(found, se), `${found} against ${se}`).toBeLessThanOrEqual(ERRORS)
        }
      })

      it('has the cross-validated values, their weights and errors', () => {
        const { kmer, angular } = paper
        const { kmer: cv, angular: angularCv } = agreement[model]
        expect([kmer.cv_a, angular.cv_a]).toEqual([cv.cv_a, angularCv.cv_a])
        for (const [found, value] of [
          [kmer.cv_nats, cv.cv_nats],
          [kmer.cv_se_nats, cv.cv_se_nats],
          [angular.cv_nats, angularCv.cv_nats],
          [angular.cv_se_nats, angularCv.cv_se_nats],
        ]) {
          expect(gap(found, value), `${found} against ${value}`).toBeLessThanOrEqual(INDEPENDENT)
        }
      })
    })
  }
})
