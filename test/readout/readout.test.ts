import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { MotifIndex } from '../../src/readout/motif-match.js'
import { parseMotifs } from '../../src/readout/parse-motifs.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import { ALL } from '../../src/metrics/by-model.js'
import type { PopulationStatistics } from '../../src/metrics/statistics.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'
import { FIXTURES, fixtureArray, networkRecords } from '../support/fixtures.js'
import { oneHotRow, recordOf } from '../support/records.js'
import { scoredModel } from '../support/report.js'
import { fold } from '../support/score.js'
import { THOROUGH, times } from '../support/thorough.js'

function readOut(
  records: readonly AttributionRecord[],
  index: MotifIndex,
  convention: 'paper' | 'd3-pipeline',
) {
  const metrics = metricOptions({ convention })
  const statistics = scoreAccumulator({ metrics, populationPrior: true, byModel: false, readout: true })
  const result = statistics.result(fold(statistics, records)).get(ALL) as PopulationStatistics
  const { readout } = scoreModel('m', result, {
    metrics,
    readout: { fold: true, motifs: { name: 'JASPAR', index } },
  })
  if (readout === undefined) throw new Error('no readout')
  return readout
}

describe('the readout of maps whose motifs are known', () => {
  const index = new MotifIndex(
    parseMotifs(readFileSync(`${FIXTURES}motifs/jaspar_2016_core_vertebrates.pfm`, 'utf8'), {}),
  )
  const oneHot = fixtureArray('synthetic/sequences.npz', 'one_hot')

  it('finds the five that were embedded, in the best network', () => {
    const { words, clusters } = readOut(networkRecords('exponential_bn_standard_s0'), index, 'paper')
    for (const name of ['CTCF', 'SP1', 'YY1', 'Gabpa', 'SRF']) {
      const found = words.find(({ match }) => match?.name === name)?.match
      expect(found?.similarity, name).toBeGreaterThan(0.9)
      expect(found?.p, name).toBeLessThanOrEqual(0.01)
    }
    const seen = new Set(
      clusters.flatMap(({ match }) => (match !== null && match.p <= 0.01 ? match.name : [])),
    )
    for (const name of ['YY1', 'Gabpa', 'SRF']) expect(seen, name).toContain(name)
  })

  it('finds none in white noise on the same sequences, projected or not', () => {
    let state = 99
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state + 0.5) / 2 ** 32
    }
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
    for (const projected of [false, true]) {
      for (let round = 0; round < times(1, 4); round++) {
        const records = Array.from({ length: oneHot.shape[0] }, (_, row) => {
          const sequence = oneHotRow(oneHot, row)
          const map = Float32Array.from({ length: 4 * sequence.length }, (_, p) =>
            projected && sequence[p >> 2] !== (p & 3) ? 0 : normal(),
          )
          return recordOf(String(row), sequence, map)
        })
        const { words, clusters, significant_kmers } = readOut(records, index, 'paper')
        expect({ words, clusters, significant_kmers }).toEqual({
          words: [],
          clusters: [],
          significant_kmers: 0,
        })
      }
    }
  })

  it('has no clusters where points are told apart too late, and a word in its place', () => {
    const { words, clusters } = readOut(networkRecords('relu_bn_spectral-norm_s0'), index, 'd3-pipeline')
    expect(clusters).toEqual([])
    expect(words.map(({ match }) => match?.name)).toContain('Gabpa')
  })
})

describe('a readout that lacks something', () => {
  const warningsOf = (choices: MetricChoices) => {
    const { warnings, readout } = scoredModel('m', 1, 2, choices)
    return { warnings: warnings.filter(text => /clusters|words are assembled/.test(text)), readout }
  }
  it('says why: a global threshold over a pipe', () => {
    const { warnings, readout } = warningsOf({ convention: 'acme-atac' })
    expect(warnings).toEqual([
      'no clusters are read out: with a global threshold, points of a pipe are known only once they have passed; score files',
    ])
    expect(readout?.clusters).toEqual([])
    expect(readout?.words.length).toBeGreaterThan(0)
  })
  it('a window that covers the whole context', () => {
    expect(warningsOf({ angular: { window: 11 } }).warnings).toEqual([
      'no clusters are read out: a window of 11 leaves no neighbouring bases to test against',
    ])
  })
  it.runIf(THOROUGH)('k-mers too long for their surroundings to be counted', () => {
    const { warnings, readout } = warningsOf({ kmer: { k: 9 } })
    expect(warnings).toEqual([
      'words are assembled from 9-mers alone: the bases around them are counted up to k = 8',
    ])
    expect(readout?.words).toHaveLength(1)
    expect(readout?.words[0].consensus).toContain('CATATATGG')
  })
  it('nothing, otherwise', () => {
    expect(warningsOf({}).warnings).toEqual([])
    expect(warningsOf({}).readout?.words.map(({ consensus }) => consensus)).toEqual(['CCATATATGG'])
  })
})
