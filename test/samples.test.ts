import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { WorkerPool } from '../src/engine/workers/pool.js'
import { type Convention, CONVENTIONS, metricOptions } from '../src/metrics/options.js'
import { loadPrior } from '../src/scoring/prior.js'
import { scorePopulation } from '../src/scoring/score.js'
import type { ModelScore } from '../src/metrics/model-score.js'

const FOLDER = fileURLToPath(new URL('../data-samples/', import.meta.url))
/** Of KLDs that another implementation computed in float64. */
const RELATIVE = 1e-9

interface Expected {
  readonly prior_fasta: string
  readonly samples: {
    readonly [name: string]: {
      readonly files: readonly string[]
      readonly records: number
      readonly positions: number
      readonly kmer: {
        readonly attributed_kmers: number
        readonly runs: number
        readonly kld_nats: { readonly population: number; readonly fasta: number }
      }
      readonly angular: {
        readonly [convention in Convention]: {
          readonly kld_nats: number
          readonly points: number
          readonly effective_points: number
          readonly cv_nats: number
          readonly cv_a: number | null
          readonly cv_se_nats: number
        }
      }
      readonly agreement: {
        readonly kmer: { readonly cv_nats: number; readonly cv_a: number | null; readonly cv_se_nats: number }
      }
    }
  }
}

const { prior_fasta, samples }: Expected = JSON.parse(readFileSync(`${FOLDER}expected.json`, 'utf8'))
const conventions = Object.keys(CONVENTIONS) as Convention[]

function closeTo(found: number | null, expected: number): void {
  expect(found).not.toBeNull()
  if (expected === 0) return expect(found).toBe(0)
  expect(Math.abs((found as number) / expected - 1), `${found} against ${expected}`).toBeLessThanOrEqual(
    RELATIVE,
  )
}

const pool = new WorkerPool(1)
afterAll(() => pool.close())

async function score(file: string, convention: Convention, fasta?: string): Promise<ModelScore> {
  const metrics = metricOptions({ convention })
  const prior = fasta === undefined ? undefined : await loadPrior(fasta, { k: metrics.kmer.k, records: {} })
  const population = { model: 'sample', paths: [`${FOLDER}${file}`] }
  const { scores } = await scorePopulation(pool, population, { metrics, prior, records: {} })
  expect(scores).toHaveLength(1)
  return (scores as ModelScore[])[0]
}

it('every sample has expected scores, and every expected score a sample', () => {
  const files = readdirSync(FOLDER).filter(name => /\.(arrow|parquet)$/.test(name))
  expect(
    Object.values(samples)
      .flatMap(sample => sample.files)
      .toSorted(),
  ).toEqual(files.toSorted())
  expect(files.length).toBeGreaterThanOrEqual(5)
  expect(conventions).toHaveLength(4)
})

describe.each(Object.entries(samples))('%s', (_, expected) => {
  it.each(conventions)(
    'scores by %s what an independent implementation does, in every format',
    async convention => {
      const all: ModelScore[] = []
      for (const file of expected.files) all.push(await score(file, convention))
      const [first, ...twins] = all
      expect(first.records).toBe(expected.records)
      expect(first.positions).toBe(expected.positions)
      expect(first.kmer.attributed_kmers).toBe(expected.kmer.attributed_kmers)
      expect(first.kmer.runs).toBe(expected.kmer.runs)
      closeTo(first.kmer.kld_nats, expected.kmer.kld_nats.population)
      const angular = expected.angular[convention]
      expect(first.angular.points).toBe(angular.points)
      closeTo(first.angular.effective_points, angular.effective_points)
      closeTo(first.angular.kld_nats, angular.kld_nats)
      for (const [found, cv] of [
        [first.kmer, expected.agreement.kmer],
        [first.angular, angular],
      ] as const) {
        expect(found.cv_a).toBe(cv.cv_a)
        closeTo(found.cv_nats, cv.cv_nats)
        closeTo(found.cv_se_nats, cv.cv_se_nats)
      }
      // So few maps score much of what noise scores; nothing else is to be said of them.
      expect(
        first.warnings.filter(text => !/what noise scores|effective points|noise too recurs/.test(text)),
      ).toEqual([])
      for (const twin of twins) expect(twin).toEqual(first)
    },
  )

  it('scores k-mers against a FASTA of other sequences', async () => {
    for (const file of expected.files) {
      const found = await score(file, 'paper', `${FOLDER}${prior_fasta}`)
      expect(found.kmer.attributed_kmers).toBe(expected.kmer.attributed_kmers)
      closeTo(found.kmer.kld_nats, expected.kmer.kld_nats.fasta)
    }
  })
})
