import { describe, expect, it } from 'vitest'
import { angularGrid } from '../../src/accumulators/angular-grid.js'
import { duplicateIds } from '../../src/accumulators/duplicate-ids.js'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import { kmerSpectrum } from '../../src/accumulators/kmer-spectrum.js'
import { tally } from '../../src/accumulators/tally.js'
import { groupBy, identity, mapResult, pipe, together } from '../../src/core/compose.js'
import { DataError } from '../../src/core/errors.js'
import type { AttributionRecord, OpaqueAccumulator, Stage } from '../../src/core/types.js'
import { metricOptions } from '../../src/metrics/options.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'
import { correct } from '../../src/stages/correct.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { anyRecords, checkLaws } from '../support/laws.js'
import { recordOf } from '../support/records.js'
import { fold } from '../support/score.js'

const corrected = correct({ basis: 'gram-schmidt' })
const modelOf = (record: AttributionRecord) => record.model ?? ''

/** Hands each record on as often as its sequence is long, but not those of odd length. */
const evenTimes: Stage<AttributionRecord> = {
  name: 'even-times',
  params: null,
  connect: next => record => {
    const { length } = record.sequence
    if (length % 2 === 0) for (let i = 0; i < length; i++) next(record)
  },
}

const both = together({
  prior: kmerPrior({ k: 2 }),
  maps: pipe(
    corrected,
    together({ tally: tally(), spectrum: pipe(selectRuns({ q: 0.4, buffer: 1 }), kmerSpectrum({ k: 1 })) }),
  ),
})

describe('the laws hold for', () => {
  it('accumulators together, one inside the other', () => {
    expect(() => checkLaws(both, anyRecords)).not.toThrow()
  })
  it('an accumulator after a stage that hands on none or many', () => {
    expect(() => checkLaws(pipe(evenTimes, kmerPrior({ k: 1 })), anyRecords)).not.toThrow()
  })
  it('accumulators by a key', () => {
    expect(() =>
      checkLaws(
        groupBy(modelOf, () => both, { key: 'model' }),
        anyRecords,
      ),
    ).not.toThrow()
  })
  it('a derived result', () => {
    expect(() =>
      checkLaws(
        mapResult(both, ({ maps }) => maps.tally.positions),
        anyRecords,
      ),
    ).not.toThrow()
  })
  it('the statistics of score, with models told apart', () => {
    const metrics = metricOptions({ kmer: { k: 1 }, angular: { window: 1, grid: 'halved' } })
    for (const populationPrior of [true, false]) {
      const options = { metrics, populationPrior, byModel: true }
      expect(() => checkLaws(scoreAccumulator(options), anyRecords, 8)).not.toThrow()
    }
  })
})

const records = [
  recordOf('x', 'ACGT', [3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1], { model: 'm' }),
  recordOf('y', 'AC', [1, 1, 1, 1, 2, 2, 2, 2], { model: 'l' }),
  recordOf('z', 'TTN', [1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 7, 0], { model: 'm' }),
]

describe('together', () => {
  it('gives the result of each member under its name', () => {
    const { prior, maps } = both.result(fold(both, records))
    const alone = kmerPrior({ k: 2 })
    expect(prior.counts).toEqual(alone.result(fold(alone, records)).counts)
    expect(maps.tally).toMatchObject({ records: 3, positions: 9, unknownPositions: 1, deadMaps: 1 })
  })
  it('has params that name every member and its own', () => {
    expect(both.params).toEqual({
      prior: { 'kmer-prior': { k: 2 } },
      maps: {
        'correct | together': {
          correct: { basis: 'gram-schmidt' },
          together: {
            tally: { tally: null },
            spectrum: {
              'select-runs | kmer-spectrum': {
                'select-runs': { q: 0.4, buffer: 1 },
                'kmer-spectrum': { k: 1 },
              },
            },
          },
        },
      },
    })
  })
})

describe('by', () => {
  const counts = groupBy(modelOf, () => duplicateIds(), null)

  it('gives a result for every value met, in the order of the values', () => {
    const result = counts.result(fold(counts, records))
    expect([...result].map(([model, { ids }]) => [model, ids])).toEqual([
      ['l', 1],
      ['m', 2],
    ])
  })
  it('makes one accumulator for each value', () => {
    const made: string[] = []
    const named = groupBy(modelOf, value => (made.push(value), kmerPrior({ k: 1 })), null)
    fold(named, [...records, ...records])
    expect(made).toEqual(['m', 'l'])
  })
  it('keeps values with any character apart when saved', () => {
    const awkward = ['', '/', 'a/b', 'a%2Fb', '__proto__', 'constructor', 'ü 🧬', '0', '-1']
    const state = fold(
      counts,
      awkward.map(model => recordOf(model, 'A', [1, 0, 0, 0], { model })),
    )
    const again = counts.load(counts.save(state))
    expect([...counts.result(again).keys()]).toEqual(awkward.toSorted())
  })
})

describe('pipe', () => {
  it('sends what comes out of the first stage into the second', () => {
    const seen: string[] = []
    const push = pipe(evenTimes, identity<AttributionRecord>()).connect(({ id }) => void seen.push(id))
    for (const record of records) push(record)
    expect(seen).toEqual(['x', 'x', 'x', 'x', 'y', 'y'])
  })
  it('keeps the params of both', () => {
    const piped = pipe(corrected, selectRuns({ q: 0.9, buffer: 2 }))
    expect(piped.name).toBe('correct | select-runs')
    expect(piped.params).toEqual({ correct: { basis: 'gram-schmidt' }, 'select-runs': { q: 0.9, buffer: 2 } })
  })
  it('gives every connection buffers of its own', () => {
    const one = angularGrid({ grid: 'full', weight: 2 })
    expect(one.empty()).not.toBe(one.empty())
    const seen: Float64Array[] = []
    for (let i = 0; i < 2; i++) corrected.connect(map => void seen.push(map.corrected.e1))(records[0])
    expect(seen[0]).not.toBe(seen[1])
    expect(seen[0]).toEqual(seen[1])
  })
})

describe('what a part throws', () => {
  const throws = (name: string, error: unknown): Stage<AttributionRecord> => ({
    name,
    params: null,
    connect: () => () => {
      throw error
    },
  })
  const counted = { ...tally(), name: 'counted', add: () => JSON.parse('{') }
  const record = recordOf(
    'one',
    'ACGT',
    Array.from({ length: 16 }, () => 1),
  )
  const messageOf = (accumulator: OpaqueAccumulator<AttributionRecord, unknown>) => {
    try {
      accumulator.add(accumulator.empty(), record)
    } catch (error) {
      expect(error).toBeInstanceOf(DataError)
      const { code, message, cause } = error as DataError
      return { code, message, cause }
    }
    throw new Error('nothing was thrown')
  }

  it('is told with the name of that part, however deep it lies', () => {
    const error = new TypeError('x is not defined')
    const told = { code: 'stage', message: 'stage mine failed: x is not defined', cause: error }
    const mine = throws('mine', error)
    expect(messageOf(pipe(mine, kmerPrior({ k: 1 })))).toEqual(told)
    expect(messageOf(pipe(pipe(pipe(evenTimes, mine), evenTimes), kmerPrior({ k: 1 })))).toEqual(told)
    expect(messageOf(together({ a: kmerPrior({ k: 1 }), b: pipe(mine, kmerPrior({ k: 1 })) }))).toEqual(told)
    expect(messageOf(groupBy(modelOf, () => pipe(mine, kmerPrior({ k: 1 })), null))).toEqual(told)
  })
  it('is told of accumulators too', () => {
    const { message } = messageOf(pipe(corrected, counted))
    expect(message).toMatch(/^accumulator counted failed: .*JSON/)
    expect(messageOf(together({ a: pipe(corrected, counted) })).message).toBe(message)
    expect(messageOf(pipe(evenTimes, pipe(corrected, counted))).message).toBe(message)
  })
  it('may be anything, and stays what it is where it is a DataError', () => {
    expect(messageOf(pipe(throws('mine', 'a word'), words)).message).toBe('stage mine failed: a word')
    const own = new DataError('record', 'has no label')
    expect(messageOf(pipe(throws('mine', own), words))).toMatchObject({
      code: 'record',
      message: 'has no label',
    })
  })
})

const words = kmerPrior({ k: 1 })
