import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { Field, Float32, List, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { afterAll, describe, expect, it } from 'vitest'
import { inspectionText } from '../../../src/cli/output/inspect-text.js'
import { type Inspection, inspectFile } from '../../../src/dumps/inspect.js'
import { DEFAULT_NULLS } from '../../../src/metrics/nulls.js'
import { type MetricChoices, metricOptions } from '../../../src/metrics/options.js'
import type { RecordOptions } from '../../../src/sources/records/records.js'
import type { AttributionRecord } from '../../../src/core/types.js'
import { networkRecords, NETWORKS } from '../../support/fixtures.js'
import { scoreRecords } from '../../support/score.js'

const SAMPLES = fileURLToPath(new URL('../../../data-samples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))

function inspect(
  path: string,
  records: RecordOptions = {},
  choices: MetricChoices = {},
): Promise<Inspection> {
  const statistics = {
    metrics: metricOptions(choices),
    nulls: DEFAULT_NULLS,
    populationPrior: true,
    byModel: false,
  }
  return inspectFile(path, records, statistics)
}

/** A Parquet file of what a query gives. */
async function parquet(name: string, query: string): Promise<string> {
  const path = join(folder, name)
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`copy (${query}) to '${path}'`)
  return path
}

const four = (values: string) => `[${values.replaceAll(/'?-?(nan|inf)'?/g, '$&::float')}]::float[]`

describe('an inspection', () => {
  it('of a sample says what it is, how it is read and what its records are like', async () => {
    const found = await inspect(`${SAMPLES}tf-mindi.parquet`)
    expect(found.problem).toBeNull()
    expect(found.format).toBe('Parquet')
    expect(found.layout).toContain('1 row group')
    expect(found.rows).toBe(42)
    expect(found.batches?.count).toBe(1)
    expect(found.bytes).toBeGreaterThan(500_000)
    expect(found.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(found.codecs).toEqual(['snappy'])
    expect(found.metadata['attrstream.axes']).toBe('4L')
    expect(found.columns.map(({ name, use }) => [name, use])).toEqual([
      ['id', 'id'],
      ['cell_type', null],
      ['sequence', 'sequence'],
      ['attributions', 'attributions'],
    ])
    expect(found.maps).toEqual({
      element: 'float32',
      axes: { order: '4L', told: 'metadata' },
      alphabet: { order: 'ACGT', told: 'metadata' },
    })
    expect(found.sample).toMatchObject({
      records: 42,
      lengths: { least: 500, median: 500, most: 500 },
      unknown_positions: 0,
      nan_values: 0,
      bad_records: 0,
      dead_maps: 0,
      duplicated_ids: 0,
    })
    expect(found.sample?.first_ids).toHaveLength(5)
    expect(found.estimate?.seconds).toBeGreaterThan(0)
    expect(found.estimate?.seconds).toBeLessThan(5)
  })

  it('of Arrow and of Parquet agree on the records', async () => {
    const arrow = await inspect(`${SAMPLES}relu-spectral-norm.arrow`)
    const parquet = await inspect(`${SAMPLES}relu-spectral-norm.parquet`)
    expect(arrow.format).toContain('Arrow')
    expect(arrow.sample).toEqual(parquet.sample)
    expect(arrow.maps?.axes.told).toBe('type')
    expect(arrow.columns.find(({ name }) => name === 'truth')?.use).toBe('truth')
  })

  it('grows its estimate of memory with k, not with records', async () => {
    const totals: number[] = []
    for (const k of [4, 8]) {
      const { estimate } = await inspect(`${SAMPLES}exponential-standard.arrow`, {}, { kmer: { k } })
      totals.push(estimate?.memory.total_bytes ?? 0)
    }
    expect(totals[1] - totals[0]).toBe(2 * 64 * (4 ** 8 - 4 ** 4) * 4 * 2)
  })

  it('counts N, dead and projected maps, and ids that occur twice', async () => {
    const path = await parquet(
      'odd.parquet',
      `from (values
        ('a', 'ACGTN', ${four('1,0,0,0, 0,1,0,0, 0,0,2,0, 0,0,0,1, 0,0,0,0')}),
        ('b', 'NNGTA', ${four('0,0,0,0, 0,0,0,0, 0,0,0,0, 0,0,0,0, 0,0,0,0')}),
        ('b', 'ACGT', ${four('1,2,0,0, 0,1,0,0, 0,0,2,0, 0,0,0,1')})
      ) t(id, sequence, attributions)`,
    )
    const found = await inspect(path, { axes: 'L4' }, { kmer: { k: 2 } })
    expect(found.problem).toBeNull()
    expect(found.maps?.axes).toEqual({ order: 'L4', told: 'option' })
    expect(found.sample).toMatchObject({
      records: 3,
      lengths: { least: 4, median: 5, most: 5 },
      unknown_positions: 3,
      dead_maps: 1,
      projected_maps: 1,
      duplicated_ids: 1,
      first_ids: ['a', 'b', 'b'],
    })
  })

  it('of bad records counts them, and says what is wrong with the first', async () => {
    const path = await parquet(
      'bad.parquet',
      `from (values
        ('a', 'AC', ${four('1,0,0,0, 0,1,0,0')}),
        ('b', 'AC', ${four("1,'nan',0,0, 0,'inf','nan',0")}),
        ('c', 'AC', ${four("1,0,0,0, 0,'-inf',0,0")}),
        ('d', null, ${four('1,0,0,0, 0,1,0,0')}),
        ('e', 'ACG', ${four('1,0,0,0, 0,1,0,0')}),
        ('f', 'A', ${four('1,0,0,0')})
      ) t(id, sequence, attributions)`,
    )
    const found = await inspect(path, { axes: 'L4' }, { kmer: { k: 2 } })
    expect(found.sample).toMatchObject({
      records: 6,
      bad_records: 5,
      bad_records_by_reason: { null: 1, length: 1, short: 1, 'not-finite': 2 },
      nan_values: 2,
      infinite_values: 2,
    })
    expect(found.problem).toContain(`${path} batch 0 row 1 (b): attribution at position 0, base C is NaN`)
    expect(found.estimate?.seconds).toBeNull()
    expect(inspectionText(found)).toContain(
      '5 records cannot be scored (null 1, length 1, short 1, not-finite 2)',
    )
  })

  it('of a file that cannot be scored still tells what is known', async () => {
    const other = await parquet('other.parquet', 'select 1 as number')
    const found = await inspect(other)
    expect(found.columns).toEqual([{ name: 'number', type: expect.any(String), use: null }])
    expect(found.rows).toBe(1)
    expect(found.problem).toContain('has no column sequence')

    const flat = await parquet(
      'flat.parquet',
      `select 'AC' as sequence, ${four('1,0,0,0,0,1,0,0')} as attributions`,
    )
    expect((await inspect(flat)).problem).toContain('declare it with file metadata attrstream.axes')

    const none = await parquet('none.parquet', `from '${flat}' where sequence = 'T'`)
    expect((await inspect(none, { axes: 'L4' })).problem).toContain('has no records')

    const text = join(folder, 'text.parquet')
    writeFileSync(text, 'some text')
    expect(await inspect(text)).toMatchObject({ bytes: 9, format: null, columns: [] })
    expect((await inspect(join(folder, 'nothing'))).problem).toContain('no such file')
  })

  it('as text has a line for each of these', async () => {
    const text = inspectionText(await inspect(`${SAMPLES}relu-spectral-norm.arrow`))
    for (const label of [
      'format',
      'size',
      'rows',
      'codecs',
      'fingerprint',
      'column',
      'maps',
      'axes',
      'alphabet',
    ]) {
      expect(text).toMatch(new RegExp(`^ {2}${label} `, 'm'))
    }
    expect(text).toContain('the first 300 records')
    expect(text).toMatch(/needs about \d+\.\d MB of memory and less than a second, with one worker/)
  })
})

describe('whether maps and sequences belong together', () => {
  const records = networkRecords(NETWORKS[0]).slice(0, 400)
  /** An Arrow file of these, maps as flat lists, position by channel. */
  const write = (name: string, some: readonly AttributionRecord[]): string => {
    const path = join(folder, name)
    const maps = some.map(({ attribution }) => [...attribution])
    const table = new Table({
      id: vectorFromArray(
        some.map(({ id }) => id),
        new Utf8(),
      ),
      sequence: vectorFromArray(
        some.map(({ sequence }) => Array.from(sequence, base => 'ACGTN'[base]).join('')),
        new Utf8(),
      ),
      attributions: vectorFromArray(maps, new List(new Field('item', new Float32(), false))),
    })
    writeFileSync(path, tableToIPC(table, 'file'))
    return path
  }
  const right = write('right.arrow', records)
  const rows = write(
    'rows.arrow',
    records.map((record, i) => ({ ...record, attribution: records[records.length - 1 - i].attribution })),
  )
  const projected = (name: string, of: (row: number) => number) =>
    write(
      name,
      records.map((record, i) => {
        const { sequence, attribution } = records[of(i)]
        return { ...record, attribution: attribution.map((v, p) => ((p & 3) === sequence[p >> 2] ? v : 0)) }
      }),
    )

  it('is the share that the score has, without a warning, for right maps', async () => {
    const found = await inspect(right, { axes: 'L4' })
    expect(found.problem).toBeNull()
    expect(found.sample?.warnings).toEqual([])
    const score = scoreRecords(records, metricOptions({}))
    expect(found.sample?.observed_base_share).toBe(score.observed_base_share)
    expect(found.sample?.observed_base_share_se).toBe(score.observed_base_share_se)
    expect(found.sample?.observed_base_share).toBeGreaterThan(0.3)
    expect(inspectionText(found)).toMatch(
      /^ {2}observed +base has the largest corrected value at \d\d\.\d ± \d\.\d % of attributed positions/m,
    )
  })

  it.each([
    ['rows in another order', rows, { axes: 'L4' }],
    ['other axes', right, { axes: '4L' }],
    ['another alphabet', right, { axes: 'L4', alphabet: 'TGCA' }],
  ] as const)('is warned of with %s', async (_, path, options) => {
    const found = await inspect(path, options)
    expect(found.problem).toBeNull()
    expect(found.sample?.warnings).toHaveLength(1)
    expect(inspectionText(found)).toMatch(
      /^ {2}warning +the observed base .* check the axes of the maps \(--axes\), the order of their channels \(--alphabet\) and the order of rows/m,
    )
  })

  it('is exact for projected maps: nothing for right ones, a problem for others', async () => {
    const found = await inspect(
      projected('projected.arrow', row => row),
      { axes: 'L4' },
    )
    expect(found.problem).toBeNull()
    expect(found.sample?.warnings).toEqual([])
    const path = projected('elsewhere.arrow', row => records.length - 1 - row)
    const other = await inspect(path, { axes: 'L4' })
    expect(other.problem).toMatch(
      /elsewhere\.arrow.* has maps with one non-zero channel .* do not belong together; check the axes/,
    )
    expect(other.sample?.warnings).toEqual([])
  })
})
