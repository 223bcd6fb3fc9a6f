import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPerformance } from '../../src/results/load-performance.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { selectModels } from '../../src/results/select.js'
import { parquetTable } from '../../src/sinks/parquet-table.js'
import { temporaryFolder } from '../support/cli.js'
import { FIXTURES } from '../support/fixtures.js'
import { PLAIN_SCORE } from '../support/plain-score.js'

const folder = temporaryFolder()

/** Scores with these cross-validated values and errors; ids of its own, so that errors add up as independent. */
function modelOf(model: string, kmer: number, angular: number, se = 0.01): ModelScore {
  return {
    ...PLAIN_SCORE,
    model,
    ids: { count: 3, digest: model },
    jackknife: { ...PLAIN_SCORE.jackknife, groups: Array.from({ length: 64 }, (_, g) => g) },
    kmer: { ...PLAIN_SCORE.kmer, cv_nats: kmer, cv_se_nats: se, diversity_folded: 10 * kmer },
    angular: { ...PLAIN_SCORE.angular, cv_nats: angular, cv_se_nats: se },
  }
}

const MODELS = [
  modelOf('good', 1, 0.3),
  modelOf('near', 0.99, 0.295),
  modelOf('poor', 0.4, 0.1),
  modelOf('weak', 1.2, 0.5),
  modelOf('lone', 2, 2),
]
const CSV = `\ufeffmodel,auroc,task,snr,note\r
good,0.985,ATAC,1.5,"quoted, with ""quotes"""\r
near,0.985,ATAC,1.6,\r
poor,0.985,"RNA
seq",0.5,x\r
weak,0.95,ATAC,,y\r
absent,0.99,ATAC,1,z\r
`

async function tableOf(text: string) {
  const path = join(folder, 'models.csv')
  writeFileSync(path, text)
  return loadPerformance(path)
}

describe('a selection', () => {
  it('joins by name, lists what either side lacks, filters, ranks, and finds what no other beats', async () => {
    const { models, unmatched, warnings } = selectModels(MODELS, await tableOf(CSV), {
      by: 'auroc',
      filters: ['auroc>=0.97'],
      strata: ['task'],
    })
    expect(unmatched).toEqual({ scores: ['lone'], performance: ['absent'] })
    expect(warnings).toEqual([
      '1 scored model is not in the table: lone',
      '1 model of the table is not scored: absent',
    ])
    expect(models.map(({ model }) => model)).toEqual(['weak', 'good', 'near', 'poor'])
    const [weak, good, near, poor] = models
    expect(weak).toMatchObject({ kept: false, rank_kmer: null, front: null, performance: 0.95 })
    expect(good).toMatchObject({
      kept: true,
      rank_performance: 2,
      rank_kmer: 1,
      rank_angular: 1,
      front: true,
    })
    // near is as good by performance and lower by less than half the interval of the difference: nothing tells that good beats it.
    expect(near).toMatchObject({ rank_kmer: 2, front: true, beaten_by: null, diversity: 9.9 })
    expect(poor).toMatchObject({ rank_kmer: 3, front: false, beaten_by: 'good' })
    expect([good, near, poor].map(({ stratum_rank_kmer }) => stratum_rank_kmer)).toEqual([1, 2, 1])
    expect(poor.stratum).toBe('task RNA\nseq')
  })
  it('beats by any difference where there are no errors', async () => {
    const exact = MODELS.map(({ model, kmer, angular }) =>
      modelOf(model, kmer.cv_nats ?? 0, angular.cv_nats ?? 0, 0),
    )
    const { models } = selectModels(exact, await tableOf(CSV), { by: 'auroc', filters: ['auroc>=0.97'] })
    expect(models.find(({ model }) => model === 'near')).toMatchObject({ front: false, beaten_by: 'good' })
  })
  it('takes less of a figure for better where asked to', async () => {
    const table = await tableOf('model,loss\ngood,0.1\npoor,0.3\n')
    const { models } = selectModels(MODELS, table, { by: 'loss', lower: true })
    expect(models.map(({ model, rank_performance }) => [model, rank_performance])).toEqual([
      ['good', 1],
      ['poor', 2],
    ])
  })
  it('gives performance an error, by a number or a column', async () => {
    const table = await tableOf('model,auroc,se\ngood,0.98,0.01\nnear,0.99,0.01\n')
    const models = [modelOf('good', 1, 0.3), modelOf('near', 1.001, 0.301)]
    const frontBy = (byError?: number | string) =>
      selectModels(models, table, { by: 'auroc', byError }).models.map(({ front }) => front)
    expect(frontBy()).toEqual([true, false])
    expect(frontBy('se')).toEqual([true, true])
    expect(frontBy(0.001)).toEqual([true, false])
  })
  it('has other axes on request', async () => {
    const table = await tableOf('model,auroc\ngood,0.98\nweak,0.95\n')
    const { models } = selectModels(MODELS, table, { by: 'auroc', front: ['kmer', 'diversity'] })
    expect(models.map(({ model, front }) => [model, front])).toEqual([
      ['weak', true],
      ['good', false],
    ])
  })
  it('compares words and numbers by conditions, all of which must hold', async () => {
    const table = await tableOf(CSV)
    const kept = (...filters: string[]) =>
      selectModels(MODELS, table, { by: 'auroc', filters })
        .models.filter(model => model.kept)
        .map(({ model }) => model)
        .toSorted()
    expect(kept('task==ATAC')).toEqual(['good', 'near', 'weak'])
    expect(kept('task!=ATAC', 'auroc > 0.9')).toEqual(['poor'])
    expect(kept('snr<1')).toEqual(['poor'])
    expect(kept('snr!=1.5')).toEqual(['near', 'poor'])
    expect(kept('kmer_cv_nats>0.5', 'auroc<=0.95')).toEqual(['weak'])
    expect(kept('auroc==0.95')).toEqual(['weak'])
  })
  it('correlates with a column over all models and over those kept', async () => {
    const { correlations } = selectModels(MODELS, await tableOf(CSV), {
      by: 'auroc',
      filters: ['auroc>=0.97'],
      truthColumn: 'snr',
    })
    const kmer = correlations.filter(({ of }) => of === 'kmer')
    expect(kmer.map(({ over, models }) => [over, models])).toEqual([
      ['all', 3],
      ['kept', 3],
    ])
    // scipy.stats.pearsonr([1, 0.99, 0.4], [1.5, 1.6, 0.5])
    expect(kmer[0].pearson).toBeCloseTo(0.9953140551161457, 10)
    expect(kmer[0].spearman).toBeCloseTo(0.5, 12)
    expect(correlations.find(({ of }) => of === 'performance')?.pearson).toBeNull()
  })
  it('refuses what it cannot read', async () => {
    const table = await tableOf(CSV)
    const select = (options: Partial<Parameters<typeof selectModels>[2]>) => () =>
      selectModels(MODELS, table, { by: 'auroc', ...options })
    expect(select({ by: 'auprc' })).toThrow('models.csv: has no column auprc, found auroc, task, snr, note')
    expect(select({ by: 'task' })).toThrow('column task holds "ATAC", expected numbers')
    expect(select({ filters: ['auroc'] })).toThrow(
      'filter is auroc, expected a column, one of >= > <= < == !=',
    )
    expect(select({ filters: ['auroc>=high'] })).toThrow('compares numbers with "high", expected a number')
    expect(select({ filters: ['task>ATAC'] })).toThrow('orders words, expected == or != for column task')
    expect(select({ filters: ['nothing>1'] })).toThrow('has no column nothing')
    expect(() => selectModels([modelOf('other', 1, 1)], table, { by: 'auroc' })).toThrow(
      'models.csv: has none of the scored models: found good, near, poor, expected other',
    )
  })
  it('says so where no model satisfies the filters', async () => {
    const { warnings } = selectModels(MODELS, await tableOf(CSV), { by: 'auroc', filters: ['auroc>1'] })
    expect(warnings).toContain('no model satisfies the filters')
  })
})

describe('a table of figures', () => {
  it('is the same from CSV and from Parquet', async () => {
    const path = join(folder, 'models.parquet')
    const columns = { model: 'text', auroc: 'real', task: 'text', snr: 'real', note: 'text' } as const
    const csv = await tableOf(CSV)
    const rows = [...csv.rows].map(([model, figures]) => ({ model, ...figures }))
    writeFileSync(path, await parquetTable(columns, rows))
    const parquet = await loadPerformance(path)
    expect([...parquet.rows]).toEqual([...csv.rows])
    expect(parquet.columns).toEqual(csv.columns)
  })
  it('is refused without models, and with one twice', async () => {
    await expect(tableOf('name,auroc\na,1\n')).rejects.toThrow(
      'has columns name, auroc, expected one named model',
    )
    await expect(tableOf('model,auroc\na,1\na,2\n')).rejects.toThrow(
      'has model a again; keep one row per model',
    )
    await expect(tableOf('model,auroc\na,1,3\n')).rejects.toThrow('has 3 fields, expected 2')
  })
})

it('of 42 real networks: performance does not tell the true signal-to-noise ratio, consistency does', async () => {
  const { models, correlations } = selectModels(
    [],
    await loadPerformance(`${FIXTURES}synthetic/population.csv`),
    {
      by: 'auroc',
      filters: ['auroc>=0.97'],
      truthColumn: 'snr',
      kmerColumn: 'kmer_kld_authors_code',
      angularColumn: 'angular_kld_authors_code',
    },
  )
  expect(models).toHaveLength(42)
  expect(models.filter(({ kept }) => kept)).toHaveLength(39)
  // Expected: scipy 1.17, stats.pearsonr and stats.spearmanr.
  for (const [of, over, count, ...expected] of [
    [
      'kmer',
      'all',
      42,
      0.8488142981319828,
      1.240326889335273e-12,
      0.8779677497771655,
      2.2643734480706165e-14,
    ],
    ['kmer', 'kept', 39, 0.852163669586036, 5.933279660295738e-12, 0.8904858299595143, 3.230162988120437e-14],
    [
      'angular',
      'all',
      42,
      0.7808413540204169,
      1.0639338132026565e-9,
      0.8077951543635039,
      1.008825350824817e-10,
    ],
    [
      'angular',
      'kept',
      39,
      0.8076986056081968,
      5.157136718884338e-10,
      0.8532388663967613,
      5.233590533462412e-12,
    ],
    [
      'performance',
      'all',
      42,
      0.3184483755755133,
      0.03984532339563063,
      0.45061178186532697,
      0.002747548386910184,
    ],
    [
      'performance',
      'kept',
      39,
      0.40066306724683887,
      0.01148395170671431,
      0.40445344129554656,
      0.010655750885498104,
    ],
  ] as const) {
    const found = correlations.find(one => one.of === of && one.over === over)
    expect(found?.models).toBe(count)
    const values = [found?.pearson, found?.pearson_p, found?.spearman, found?.spearman_p]
    for (const [i, value] of values.entries())
      expect(Math.abs((value ?? 9) / expected[i] - 1)).toBeLessThan(1e-8)
  }
  // The best by k-mers are exponential networks; a network of the highest AUROC is beaten by 25 in consistency.
  expect(models.slice(0, 10).every(({ model }) => model.startsWith('exponential'))).toBe(true)
  expect(models.find(({ rank_performance }) => rank_performance === 1)).toMatchObject({
    model: 'relu_nobn_noise_s1',
    rank_kmer: 26,
  })
})
