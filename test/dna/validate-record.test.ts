import { describe, expect, it } from 'vitest'
import { type BadRow, attributionRecords, type RecordOptions } from '../../src/sources/records/records.js'
import { rowJson } from '../../src/sources/columns/row-json.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import { ALL } from '../../src/metrics/by-model.js'
import { scoreAccumulator } from '../../src/metrics/score-accumulator.js'
import { type ColumnData, memoryColumns } from '../support/columns.js'

// The kinds of dirt that dumps have: what is bad, what is not, and what each is counted as.

const K = 3
const BASES = 'ACGT'

/** A map of so many positions with a value at every base that differs from the others. */
function map(length: number): number[][] {
  return Array.from({ length }, (_, i) => BASES.split('').map((_base, b) => ((i * 7 + b * 3) % 11) / 8 - 0.5))
}

interface Read {
  readonly good: readonly { readonly id: string; readonly sequence: string; readonly first: number }[]
  readonly bad: readonly { readonly row: number; readonly id: string | undefined; readonly reason: unknown }[]
  readonly json: readonly string[]
}

async function read(
  columns: { readonly [name: string]: ColumnData },
  options: RecordOptions = {},
): Promise<Read> {
  const good: Read['good'][number][] = []
  const bad: Read['bad'][number][] = []
  const json: string[] = []
  const onBad = ({ row, id, error, columns: batch, at }: BadRow) => {
    bad.push({ row, id, reason: error.reason })
    json.push(rowJson(batch, at))
  }
  const source = attributionRecords(memoryColumns(columns), {
    axes: 'L4', // rows of 4 x 4 tell none
    ...options,
    screen: { k: K, input: 'input', onBad },
  })
  const visit = ({ id, sequence, attribution, fault }: AttributionRecord) => {
    if (fault !== undefined) return
    good.push({
      id,
      sequence: Array.from(sequence, code => 'ACGTN'[code]).join(''),
      first: attribution[0],
    })
  }
  for await (const batch of source.read()) batch.forEach(visit)
  return { good, bad, json }
}

/** Records alone, without anything bad. */
async function clean(columns: { readonly [name: string]: ColumnData }, options?: RecordOptions) {
  const { good, bad } = await read(columns, options)
  expect(bad).toEqual([])
  return good
}

describe('not bad', () => {
  it('variable lengths', async () => {
    const good = await clean({
      sequence: { values: ['ACGT', 'ACG', 'ACGTACGTAC'] },
      attributions: { values: [map(4), map(3), map(10)] },
    })
    expect(good.map(({ sequence }) => sequence.length)).toEqual([4, 3, 10])
  })

  it('runs of N, and other letters of IUPAC, as N', async () => {
    const good = await clean({
      sequence: { values: ['NNNNNNNN', 'ACNNNGTT', 'ACRYKMTU'] },
      attributions: { values: [map(8), map(8), map(8)] },
    })
    expect(good.map(({ sequence }) => sequence)).toEqual(['NNNNNNNN', 'ACNNNGTT', 'ACNNNNTN'])
  })

  it('soft-masked letters, as their capitals', async () => {
    const good = await clean({
      sequence: { values: ['acgtACGT', 'ACGTnnac'] },
      attributions: { values: [map(8), map(8)] },
    })
    expect(good.map(({ sequence }) => sequence)).toEqual(['ACGTACGT', 'ACGTNNAC'])
  })

  it('padding with all-zero one-hot columns, as N', async () => {
    const oneHot = [
      [0, 0, 0, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]
    const good = await clean({
      sequence: { values: [oneHot], element: 'uint8', nesting: ['list', 4] },
      attributions: { values: [map(6)] },
    })
    expect(good[0].sequence).toBe('NCATNN')
  })

  it('dead maps and ids that occur again: counted, with a warning', async () => {
    const values = ['ACGTAC', 'ACGTAC', 'GTACGT', 'TTACGT']
    const source = attributionRecords(
      memoryColumns({
        id: { values: ['a', 'b', 'a', 'c'] },
        sequence: { values },
        attributions: { values: [map(6), map(6).map(() => [0, 0, 0, 0]), map(6), map(6)] },
      }),
      { screen: { k: K, input: '' } },
    )
    const metrics = metricOptions({ convention: 'paper', kmer: { k: K } })
    const accumulator = scoreAccumulator({ metrics, populationPrior: true, byModel: false })
    const state = accumulator.empty()
    for await (const batch of source.read()) batch.forEach(record => accumulator.add(state, record))
    const statistics = accumulator.result(state).get(ALL)
    expect(statistics).toBeDefined()
    if (statistics === undefined) return
    const score = scoreModel('m', statistics, { metrics })
    expect([score.records, score.dead_maps, score.bad_records]).toEqual([4, 1, 0])
    expect(score.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('1 id found more than once'),
        expect.stringContaining('1 dead map '),
      ]),
    )
  })
})

describe('bad', () => {
  it('infinities where float16 overflowed, and NaN', async () => {
    const half = (bits: number) =>
      map(4).map((row, i) => row.map((_, b) => (i === 2 && b === 1 ? bits : 0x3c00)))
    const { good, bad, json } = await read({
      sequence: { values: ['ACGT', 'ACGT', 'ACGT', 'ACGT'] },
      attributions: {
        values: [half(0x7c00), half(0x7bff), half(0xfc00), half(0x7e00)],
        element: 'float16',
      },
    })
    expect(bad).toEqual([
      { row: 0, id: '0', reason: 'not-finite' },
      { row: 2, id: '2', reason: 'not-finite' },
      { row: 3, id: '3', reason: 'not-finite' },
    ])
    expect(good).toEqual([{ id: '1', sequence: 'ACGT', first: 1 }])
    const rows = json.map(text => (JSON.parse(text) as { attributions: unknown[][] }).attributions[2][1])
    expect(rows).toEqual(['Infinity', '-Infinity', 'NaN'])
  })

  it('values whose squares overflow, unless the mean over bases takes them away', async () => {
    const all = (value: number, last = value) => map(4).map(() => [value, value, value, last])
    const { bad } = await read({
      sequence: { values: ['ACGT', 'ACGT', 'ACGT'] },
      attributions: { values: [all(1e200), all(1e200, 0), all(1e140, 0)], element: 'float64' },
    })
    expect(bad).toEqual([{ row: 1, id: '1', reason: 'overflow' }])
  })

  it('lengths that disagree, sequences shorter than k, and rows that are no matrix', async () => {
    const ragged = [...map(3), [1, 2, 3]]
    const { good, bad } = await read({
      sequence: { values: ['ACGT', 'AC', 'ACGT', 'ACGT', ''] },
      attributions: { values: [map(5), map(2), ragged, map(4), []] },
    })
    expect(bad.map(({ reason }) => reason)).toEqual(['length', 'short', 'shape', 'short'])
    expect(good.map(({ id }) => id)).toEqual(['3'])
  })

  it('null rows and null elements of any column that is read', async () => {
    const hole: (number | null)[][] = map(4)
    hole[1][2] = null
    const { good, bad, json } = await read({
      id: { values: ['a', null, 'c', 'd', 'e'] },
      sequence: { values: ['ACGT', 'ACGT', null, 'ACGT', 'ACGT'] },
      attributions: { values: [map(4), map(4), map(4), null, hole] },
    })
    expect(bad).toEqual([
      { row: 1, id: undefined, reason: 'null' },
      { row: 2, id: 'c', reason: 'null' },
      { row: 3, id: 'd', reason: 'null' },
      { row: 4, id: 'e', reason: 'null' },
    ])
    expect(good.map(({ id }) => id)).toEqual(['a'])
    expect(JSON.parse(json[2])).toEqual({ id: 'd', sequence: 'ACGT', attributions: null })
  })

  it('one-hot that is none', async () => {
    const soft = [
      [0.5, 0.5, 0, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]
    const two = [
      [1, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]
    const { bad } = await read({
      sequence: { values: [soft, two], element: 'float32', nesting: ['list', 4] },
      attributions: { values: [map(3), map(3)] },
    })
    expect(bad.map(({ reason }) => reason)).toEqual(['sequence', 'sequence'])
  })

  it('labels of ground truth other than 0 and 1, where truth is asked for', async () => {
    const columns = {
      sequence: { values: ['ACGT', 'ACGT'] },
      attributions: { values: [map(4), map(4)] },
      truth: {
        values: [
          [0, 1, 1, 2],
          [0, 1, 1, 0],
        ],
      },
    }
    expect((await read(columns, { truth: true })).bad).toEqual([{ row: 0, id: '0', reason: 'truth' }])
    await clean(columns)
  })

  it('leave no trace in the records after them', async () => {
    const columns = {
      sequence: { values: [null, 'ACGT', 'AC', 'ACGT'] },
      attributions: { values: [map(4), map(4), map(2), map(4)] },
      net: { values: ['x', 'y', null, 'z'] },
    }
    const seen: unknown[] = []
    const source = attributionRecords(memoryColumns(columns, { batchSize: 4 }), {
      axes: 'L4',
      columns: { model: 'net' },
      screen: { k: K, input: 'i' },
    })
    for await (const batch of source.read()) {
      batch.forEach(({ model, fault }) => seen.push([model, fault?.error.reason, fault?.row]))
    }
    expect(seen).toEqual([
      ['x', 'null', 0],
      ['y', undefined, undefined],
      [undefined, 'null', 2],
      ['z', undefined, undefined],
    ])
  })
})

it('a layout that fits no row is no matter of records: it ends the reading', async () => {
  const columns = { sequence: { values: ['ACGT'] }, attributions: { values: [[1, 2, 3, 4]] } }
  await expect(read(columns, { axes: undefined })).rejects.toThrow(/a flat list of unknown axis order/)
})
