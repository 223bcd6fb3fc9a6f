import { describe, expect, it } from 'vitest'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import { kmerSpectrum } from '../../src/accumulators/kmer-spectrum.js'
import { pipe } from '../../src/core/compose.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { kmerKld, type PriorCounts, uniformPrior } from '../../src/metrics/kmer/kld.js'
import { modelCuts, readCuts } from '../../src/metrics/angular/global-threshold.js'
import { metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import { populationRadii } from '../../src/metrics/angular/radii.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'
import { correct } from '../../src/stages/correct.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { memorySource, recordOf } from '../support/records.js'
import { fold, scoreRecords } from '../support/score.js'

const spikes = (...values: number[]) => values.flatMap(v => [v, -v, 0, 0])
const dead = (text: string) => Array<number>(4 * text.length).fill(1)

/** Maps with a few strong positions each, of a generator of its own. */
function maps(count: number, model?: string): AttributionRecord[] {
  let state = 7
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: count }, (_, row) => {
    const sequence = Uint8Array.from({ length: 50 }, () => Math.floor(next() * 4))
    const values = Array.from({ length: 200 }, (_, p) => (next() - 0.5) * (p > 60 && p < 120 ? 9 : 1))
    return recordOf(`${model ?? ''}${row}`, sequence, values, model === undefined ? {} : { model })
  })
}

/** The 1-mers of ACGT above the lower half of 1, 2, 4, 8: G and T. */
const spectrumOf = (text: string, values: number[]) => {
  const accumulator = pipe(
    pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q: 0.5, buffer: 0 })),
    kmerSpectrum({ k: 1 }),
  )
  return accumulator.result(fold(accumulator, [recordOf('', text, spikes(...values))]))
}

const prior = (...counts: number[]): PriorCounts => ({ name: 'counts', k: 1, counts })

describe('the k-mer score', () => {
  const spectrum = spectrumOf('ACGT', [1, 2, 4, 8])

  it('is the divergence from the prior in nats', () => {
    expect(kmerKld(spectrum, uniformPrior(1), 0)).toBeCloseTo(Math.LN2, 15)
    expect(kmerKld(spectrum, prior(0, 0, 3, 1), 0)).toBeCloseTo(
      0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(2),
      15,
    )
    expect(kmerKld(spectrum, prior(9, 9, 9, 9), 0)).toBeCloseTo(Math.LN2, 15)
  })
  it('adds the pseudocount to every count of the prior', () => {
    expect(kmerKld(spectrum, prior(0, 0, 0, 2), 1)).toBeCloseTo(
      0.5 * Math.log(0.5 / (1 / 6)) + 0.5 * Math.log(0.5 / (3 / 6)),
      15,
    )
  })
  it('is undefined where no k-mer is attributed, whatever the prior', () => {
    const none = spectrumOf('ACGT', [1, 1, 1, 1])
    expect(kmerKld(none, uniformPrior(1), 0)).toBeUndefined()
    expect(kmerKld(none, prior(0, 0, 0, 0), 0)).toBeUndefined()
  })
  it('is refused against a prior that lacks attributed k-mers, which the error names', () => {
    expect(() => kmerKld(spectrum, prior(5, 5, 0, 1), 0)).toThrow(
      'prior counts lacks 1 of the attributed 1-mers (G); give a prior of more sequences, a smaller k, or --pseudocount 1',
    )
  })
  it('names the first five of many', () => {
    const text = 'ACAGATCCGCTGG'
    const accumulator = pipe(
      pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q: 0, buffer: 0 })),
      kmerSpectrum({ k: 2 }),
    )
    const found = accumulator.result(
      fold(accumulator, [recordOf('', `T${text}`, spikes(1, ...Array<number>(13).fill(2)))]),
    )
    const counts = new Float64Array(16)
    counts[15] = 1
    expect(() => kmerKld(found, { name: 'x.fa', k: 2, counts }, 0)).toThrow(
      'prior x.fa lacks 12 of the attributed 2-mers (AC, AG, AT, CA, CC, ...); give a prior of more sequences',
    )
  })
  it('is refused against a prior of another k', () => {
    expect(() => kmerKld(spectrum, uniformPrior(6), 0)).toThrow(
      'prior uniform counts 6-mers, expected k = 1; count it again with this k',
    )
  })
  it('is refused against a prior of nothing', () => {
    expect(() => kmerKld(spectrum, prior(0, 0, 0, 0), 0)).toThrow(
      'prior counts has no 1-mers at all; give sequences of at least 1 known bases',
    )
  })
})

describe('a score', () => {
  const metrics = metricOptions({ kmer: { k: 2, q: 0.5 }, angular: { window: 1 } })
  /** Those of the records themselves: so few always score what noise does. */
  const warningsOf = (...records: AttributionRecord[]) =>
    scoreRecords(records, metrics).warnings.filter(text => !/noise|effective points|64 groups/.test(text))

  it('of nothing is refused', () => {
    expect(() => scoreRecords([], metrics)).toThrow(
      'model model has no records; check that the input holds the maps that you mean',
    )
  })
  it('of good maps has nothing to warn of', () => {
    expect(warningsOf(...maps(4))).toEqual([])
  })
  it('warns of what noise scores, of sparse grids and of too few groups', () => {
    const { warnings, kmer, angular, jackknife } = scoreRecords(maps(4), metrics)
    expect(kmer.floor_share).toBeGreaterThan(0.5)
    const points = Math.round(angular.effective_points)
    expect(warnings).toEqual([
      `${Math.round(100 * (kmer.floor_share ?? 0))} % of the k-mer KLD is what noise scores; trust the cross-validated value, or score more maps`,
      `${points} effective points on 2016 cells: with so few points the grid looks peaked even for noise; compare this excess only with populations of the same size`,
      `records fall in ${jackknife.groups.length} of 64 groups, fewer than 8: no standard errors and no cross-validated values; score more maps`,
    ])
    expect([kmer.se_nats, kmer.cv_nats, angular.cv_nats, jackknife.kmer.kld_nats]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })
  it('tells populations of the same ids from others, in any order', () => {
    const idsOf = (records: readonly AttributionRecord[]) => scoreRecords(records, metrics).ids
    const all = maps(12)
    expect(idsOf(all)).toEqual(idsOf(all.toReversed()))
    expect(idsOf(all)?.count).toBe(12)
    const digests = [all, all.slice(1), [...all.slice(1), all[1]], maps(12, 'x')].map(of => idsOf(of)?.digest)
    expect(new Set(digests).size).toBe(4)
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{32}$/)
  })
  it('keeps how it settled, from nested parts of the records', () => {
    const { convergence, kmer, angular } = scoreRecords(maps(200), metrics)
    const records = convergence.map(point => point.records)
    expect(records).toEqual(records.toSorted((a, b) => a - b))
    expect(new Set(records).size).toBe(records.length)
    expect(records.at(-1)).toBe(200)
    expect(records.length).toBeGreaterThanOrEqual(6)
    const last = convergence.at(-1)
    for (const [found, whole] of [
      [last?.kmer, kmer],
      [last?.angular, angular],
    ] as const) {
      for (const key of ['excess_nats', 'se_nats', 'cv_nats', 'cv_se_nats'] as const)
        expect(found?.[key]).toBe(whole[key])
      expect(found?.kld_nats).toBeCloseTo(whole.kld_nats ?? Number.NaN, 12)
    }
  })
  it('warns of ids that occur more than once', () => {
    const [a, b] = maps(2)
    expect(warningsOf(a, b, a, b, b)).toEqual([
      expect.stringMatching(/^2 ids found more than once; every occurrence is counted .*--model-column/),
    ])
  })
  it('warns of dead maps, of projected ones and of N', () => {
    const good = maps(2)
    expect(warningsOf(...good, recordOf('d', 'ACGT', dead('ACGT')))).toEqual([
      '1 dead map (no magnitude above 0): counted in the prior only',
    ])
    expect(
      warningsOf(...good, recordOf('p', 'ACGT', [3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])),
    ).toEqual([
      '1 projected map (attribution times one-hot): the angular score is not comparable with that of full maps',
    ])
    expect(warningsOf(...good, recordOf('n', 'NCGN', spikes(1, 2, 3, 4)))).toEqual([
      '2 unknown positions (N): never attributed, in no k-mer and no window',
    ])
  })
  it('warns where there is nothing to score', () => {
    const score = scoreRecords([recordOf('d', 'ACGT', dead('ACGT'))], metrics)
    expect(score.kmer).toMatchObject({ kld_nats: null, attributed_kmers: 0, runs: 0 })
    expect(score.angular).toMatchObject({ kld_nats: null, points: 0, effective_points: 0 })
    expect(score.warnings).toContain('no attributed run is long enough to hold a k-mer')
    expect(score.warnings).toContain('no window gives an angular point')
  })
  it('holds every option as resolved, and where the prior is from', () => {
    const own = scoreRecords(maps(3), metrics)
    expect(own.kmer.options).toEqual({ ...metrics.kmer, prior: 'population' })
    expect(own.angular.options).toEqual(metrics.angular)
    const uniform = scoreRecords(maps(3), metrics, { prior: uniformPrior(2) })
    expect(uniform.kmer.options.prior).toBe('uniform')
  })
  it('says whether a global cut is exact or of bins', () => {
    const global = metricOptions({ convention: 'acme-atac', kmer: { k: 2 } })
    expect(scoreRecords(maps(3), global).angular.threshold).toMatchObject({
      kind: 'global',
      resolution: 'exact',
    })
    const bins = scoreRecords(maps(3), global, { globalCut: 'bins' })
    expect(bins.angular.threshold).toMatchObject({ kind: 'global', resolution: 'bins' })
    expect(scoreRecords(maps(3), metrics).angular.threshold).toEqual({ kind: 'per-sequence' })
  })
  it('is the same in any order of the records and from any batches', async () => {
    for (const convention of ['paper', 'acme-atac'] as const) {
      const chosen = metricOptions({ convention, kmer: { k: 2 } })
      const records = maps(12)
      const expected = scoreRecords(records, chosen)
      expect(scoreRecords(records.toReversed(), chosen)).toEqual(expected)
      const read: AttributionRecord[] = []
      for await (const batch of memorySource(records, 5).read()) batch.forEach(record => read.push(record))
      expect(scoreRecords(read, chosen)).toEqual(expected)
    }
  })
})

describe('models told apart by a column', () => {
  const good = maps(6, 'good')
  const other = maps(9, 'other').slice(3)
  const none = [recordOf('x', 'ACGTACGT', dead('ACGTACGT'), { model: 'none' })]
  const mixed = [...good, ...none, ...other].toSorted((a, b) => a.idHash - b.idHash)

  for (const convention of ['paper', 'd3-pipeline', 'acme-synthetic'] as const) {
    it(`score as each does alone: ${convention}`, () => {
      const metrics = metricOptions({ convention, kmer: { k: 2, q: 0.5 } })
      const options = { metrics, populationPrior: true, byModel: true }
      const radii = populationRadii(options)
      const { threshold } = metrics.angular
      const top = threshold.kind === 'global' ? threshold.top : 1
      const found = radii.result(fold(radii, mixed))
      const cuts = readCuts([...found].flatMap(([model, of]) => modelCuts(model, of, () => top)))
      const statistics = scoreAccumulator(options, cuts)
      const result = statistics.result(fold(statistics, mixed))
      expect([...result.keys()]).toEqual(['good', 'none', 'other'])
      for (const records of [good, other, none]) {
        const model = records[0].model ?? ''
        const together = result.get(model)
        expect(together && scoreModel('model', together, { metrics })).toEqual(scoreRecords(records, metrics))
      }
    })
  }
})

describe('the prior of a population', () => {
  it('is counted from all sequences, those of dead maps and without attributed k-mers too', () => {
    const prior = kmerPrior({ k: 1 })
    const { counts, k } = prior.result(
      fold(prior, [recordOf('a', 'AACN', []), recordOf('b', 'T', []), recordOf('c', '', [])]),
    )
    expect([...counts]).toEqual([2, 1, 0, 1])
    expect(k).toBe(1)
  })
})
