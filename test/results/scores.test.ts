import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ScoreDocument } from '../../src/results/document.js'
import { attributionRecords } from '../../src/sources/records/records.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { withoutJsonKeys } from '../../src/results/json-keys.js'
import { scoresJson } from '../../src/results/scores-json.js'
import { SHOWN_COLUMNS } from '../../src/results/printed-scores.js'
import { SCORE_COLUMNS, SCORE_TABLE_COLUMNS, scoreRows } from '../../src/results/scores-table.js'
import { openColumns } from '../../src/sources/open.js'
import { statisticsOf } from '../support/score.js'

const SAMPLE = fileURLToPath(new URL('../../data-samples/tf-mindi.parquet', import.meta.url))
const EXPECTED = fileURLToPath(new URL('../../data-samples/expected.json', import.meta.url))

async function scored(choices: MetricChoices = {}): Promise<ModelScore> {
  const records: AttributionRecord[] = []
  const source = attributionRecords(await openColumns(SAMPLE))
  for await (const batch of source.read()) {
    batch.forEach(({ id, idHash, idCheck, sequence, attribution, where }) => {
      records.push({
        id,
        idHash,
        idCheck,
        where,
        sequence: sequence.slice(),
        attribution: attribution.slice(),
      })
    })
  }
  await source.close()
  const metrics = metricOptions(choices)
  return scoreModel('tf-mindi', statisticsOf(records, metrics), { metrics })
}

function documentOf(...models: ModelScore[]): ScoreDocument {
  return {
    schema: 'attrstream.scores/3',
    models,
    provenance: { version: '1.2.3', command: [], inputs: [], options: { b: 1, a: 2 }, wall_seconds: 0.25 },
  }
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

describe('scores.json', () => {
  it('has every number in full, in an order for reading', async () => {
    const score = await scored()
    const text = scoresJson(documentOf(score))
    expect(text.endsWith('}\n')).toBe(true)
    expect(withoutJsonKeys(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(documentOf(score))))
    const { models } = JSON.parse(text)
    expect(Object.keys(models[0]).slice(0, 3)).toEqual(['model', 'records', 'positions'])
    expect(models[0].kmer.kld_nats).toBe(score.kmer.kld_nats)
    const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')).samples['tf-mindi']
    expect(models[0].kmer.kld_nats).toBeCloseTo(expected.kmer.kld_nats.population, 9)
    expect(models[0].angular.kld_nats).toBeCloseTo(expected.angular.paper.kld_nats, 9)
  })

  it('is the same text however its parts were put together', async () => {
    const document = documentOf(await scored({ convention: 'acme-atac' }))
    expect(scoresJson(reversed(document) as ScoreDocument)).toBe(scoresJson(document))
  })

  it('has null for what is not finite', async () => {
    const score = await scored()
    const text = scoresJson(
      documentOf({ ...score, angular: { ...score.angular, effective_points: Number.NaN } }),
    )
    expect(text).toContain('"effective_points": null')
  })
})

describe('rows of scores', () => {
  it('have every column, flat', async () => {
    const [paper, acme] = scoreRows([await scored(), await scored({ convention: 'acme-atac' })])
    expect(Object.keys(paper)).toEqual(Object.keys(SCORE_TABLE_COLUMNS))
    expect(paper).toMatchObject({
      model: 'tf-mindi',
      records: 42,
      positions: 21_000,
      k: 6,
      q: 0.9,
      buffer: 2,
      prior: 'population',
      window: 3,
      threshold: 'per-sequence',
      threshold_q: 0.9,
      threshold_top: null,
      threshold_cut: null,
    })
    expect(acme).toMatchObject({ threshold: 'global', threshold_q: null, threshold_top: 0.1, grid: 'halved' })
    expect(acme.threshold_resolution).toBe('exact')
    expect(acme.threshold_cut).toBeGreaterThan(0)
  })

  it('join warnings, and have null where there are none and where there is no score', async () => {
    const score = await scored()
    const [none, some] = scoreRows([
      { ...score, warnings: [], kmer: { ...score.kmer, kld_nats: null } },
      { ...score, warnings: ['one', 'two'] },
    ])
    expect([none.warnings, none.kmer_kld_nats, some.warnings]).toEqual([null, null, 'one; two'])
  })

  it('have columns that each say what they are', () => {
    for (const { name, about } of SCORE_COLUMNS) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(about.length).toBeGreaterThan(5)
    }
    expect(Object.values(SHOWN_COLUMNS)).not.toContain(undefined)
  })
})
