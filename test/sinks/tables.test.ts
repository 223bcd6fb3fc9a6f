import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, describe, expect, it } from 'vitest'
import type { Columns, Row, RowWriter } from '../../src/core/table.js'
import { bedRows } from '../../src/sinks/bed.js'
import { encoded } from '../../src/sinks/save-rows.js'
import { csv, csvRows } from '../../src/sinks/csv.js'
import { ndjsonRows } from '../../src/sinks/ndjson.js'
import { arrowRows } from '../../src/sinks/arrow-rows.js'
import { parquetRows } from '../../src/sinks/parquet-rows.js'
import { parquetTable } from '../../src/sinks/parquet-table.js'
import { textTable } from '../../src/cli/output/text-table.js'

const COLUMNS = { name: 'text', count: 'whole', share: 'real', good: 'flag' } satisfies Columns
const ROWS: Row[] = [
  { name: 'plain', count: 1, share: 0.1, good: true },
  { name: 'with, comma "and" quotes\nand a line', count: 2 ** 53 - 1, share: 5e-324, good: false },
  { name: '', count: 0, share: 1.7976931348623157e308, good: null },
  { name: null, count: null, share: null, good: null },
  { name: 'änderung 🧬', count: -7, share: Number.NaN, good: true },
]

async function* batches(...rows: (readonly Row[])[]) {
  yield* rows
}

async function textOf(writer: RowWriter, ...rows: (readonly Row[])[]): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of encoded(writer, batches(...rows))) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

describe('CSV', () => {
  it('quotes what needs it, ends lines in CR LF and leaves null and NaN empty', () => {
    expect(csv(COLUMNS, ROWS)).toBe(
      [
        'name,count,share,good',
        'plain,1,0.1,true',
        '"with, comma ""and"" quotes\nand a line",9007199254740991,5e-324,false',
        '"",0,1.7976931348623157e+308,',
        ',,,',
        'änderung 🧬,-7,,true',
        '',
      ].join('\r\n'),
    )
  })

  it('is the same row by row', async () => {
    expect(await textOf(csvRows(COLUMNS), ROWS.slice(0, 2), [], ROWS.slice(2))).toBe(csv(COLUMNS, ROWS))
  })

  it('is read by DuckDB as it was written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
    const path = join(folder, 'table.csv')
    writeFileSync(path, csv(COLUMNS, ROWS))
    const connection = await (await DuckDBInstance.create()).connect()
    const found = await connection.runAndReadAll(`select name, share from read_csv('${path}')`)
    rmSync(folder, { recursive: true })
    const rows = found.getRows()
    expect(rows[1]).toEqual(['with, comma "and" quotes\nand a line', 5e-324])
    expect(rows[4]).toEqual(['änderung 🧬', null])
  })
})

describe('NDJSON', () => {
  it('has every column in order on every line, null where there is no number', async () => {
    const lines = (await textOf(ndjsonRows(COLUMNS), [{ good: true, name: 'a' }], ROWS.slice(4))).split('\n')
    expect(lines).toEqual([
      '{"name":"a","count":null,"share":null,"good":true}',
      '{"name":"änderung 🧬","count":-7,"share":null,"good":true}',
      '',
    ])
  })
})

describe('BED', () => {
  const columns = {
    source: 'text',
    name: 'text',
    chrom: 'text',
    start: 'whole',
    end: 'whole',
  } satisfies Columns

  it('leads with chrom, start, end, name and has a dot for null', async () => {
    const rows = [
      { source: null, name: 'a\tb', chrom: 'chr1', start: 0, end: 7 },
      { source: 'm', name: null, chrom: 'chrX', start: 3, end: 3 },
    ]
    expect(await textOf(bedRows(columns), rows)).toBe('chr1\t0\t7\ta b\t.\nchrX\t3\t3\t.\tm\n')
  })

  it('refuses a span that is none, and columns without one', async () => {
    const rows = [{ source: null, name: null, chrom: 'chr1', start: 7, end: 3 }]
    await expect(textOf(bedRows(columns), rows)).rejects.toThrow('span of chr1 is 7 to 3')
    expect(() => bedRows({ chrom: 'text', start: 'whole' })).toThrow('found no end')
  })
})

describe('a small table as Parquet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const expected = ROWS.map(row => ({
    ...row,
    count: row.count === null ? null : BigInt(row.count as number),
    share: Number.isNaN(row.share) ? null : row.share,
  }))

  it('is read by hyparquet as it was written, metadata too', async () => {
    const bytes = await parquetTable(COLUMNS, ROWS, { metadata: { schema: 'a table' } })
    const { parquetMetadata } = await import('hyparquet')
    const file = arrayBuffer(bytes)
    expect(await parquetReadObjects({ file, compressors })).toEqual(expected)
    expect(parquetMetadata(file).key_value_metadata).toEqual([{ key: 'schema', value: 'a table' }])
  })

  it('is read by DuckDB as it was written, and filtered', async () => {
    const path = join(folder, 'table.parquet')
    writeFileSync(path, await parquetTable(COLUMNS, ROWS))
    const connection = await (await DuckDBInstance.create()).connect()
    const rows = await connection.runAndReadAll(`from '${path}'`)
    expect(rows.getRowObjects()).toEqual(expected)
    const types = await connection.runAndReadAll(`select typeof(columns(*)) from '${path}' limit 1`)
    expect(types.getRows()).toEqual([['VARCHAR', 'BIGINT', 'DOUBLE', 'BOOLEAN']])
    const filtered = await connection.runAndReadAll(`select count from '${path}' where name = 'änderung 🧬'`)
    expect(filtered.getRows()).toEqual([[-7n]])
  })

  it('of no rows has its columns', async () => {
    const path = join(folder, 'empty.parquet')
    writeFileSync(path, await parquetTable(COLUMNS, []))
    const connection = await (await DuckDBInstance.create()).connect()
    const rows = await connection.runAndReadAll(`from '${path}'`)
    expect(rows.columnNames()).toEqual(Object.keys(COLUMNS))
    expect(rows.currentRowCount).toBe(0)
  })

  it('refuses values of another kind', async () => {
    await expect(parquetTable(COLUMNS, [{ count: 1.5 }])).rejects.toThrow(
      'column count is of kind whole, found 1.5',
    )
    await expect(parquetTable(COLUMNS, [{ name: 3 }])).rejects.toThrow('column name is of kind text, found 3')
  })
})

/** Rows of all kinds, and half a million bytes of them, in arrays of any size. */
async function* many() {
  for (let batch = 0; batch < 70; batch++) {
    yield Array.from({ length: 1000 }, (_, i) => ({
      name: batch < 40 ? null : `${i}`,
      count: batch * 1000 + i,
      good: i % 3 === 0,
    }))
  }
}

async function bytesOf(
  writer: RowWriter | Promise<RowWriter>,
  rows: AsyncIterable<readonly Row[]>,
): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of encoded(await writer, rows)) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('rows as Parquet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  async function query(sql: string) {
    const connection = await (await DuckDBInstance.create()).connect()
    return connection.runAndReadAll(sql)
  }

  it('are read by DuckDB and hyparquet as they were written, metadata too', async () => {
    const path = join(folder, 'rows.parquet')
    const bytes = await bytesOf(
      parquetRows(COLUMNS, { metadata: { schema: 'a table' } }),
      batches(ROWS.slice(0, 2), [], ROWS.slice(2)),
    )
    writeFileSync(path, bytes)
    const expected = ROWS.map(row => ({
      ...row,
      count: row.count === null ? null : BigInt(row.count as number),
      share: Number.isNaN(row.share) ? null : row.share,
    }))
    expect((await query(`from '${path}'`)).getRowObjects()).toEqual(expected)
    const types = await query(`select typeof(columns(*)) from '${path}' limit 1`)
    expect(types.getRows()).toEqual([['VARCHAR', 'BIGINT', 'DOUBLE', 'BOOLEAN']])
    const { parquetMetadata } = await import('hyparquet')
    const file = arrayBuffer(bytes)
    expect(await parquetReadObjects({ file, compressors })).toEqual(expected)
    expect(parquetMetadata(file).key_value_metadata).toEqual([{ key: 'schema', value: 'a table' }])
  })

  it('have row groups of 32,768 in ZSTD, with statistics, written as they fill', async () => {
    const pieces: Uint8Array[] = []
    const sizes = new Set<number>()
    async function* watched() {
      for await (const rows of many()) {
        sizes.add(pieces.length)
        yield rows
      }
    }
    for await (const piece of encoded(await parquetRows(COLUMNS), watched())) pieces.push(piece)
    expect(sizes.size).toBe(3)
    const path = join(folder, 'many.parquet')
    writeFileSync(path, Buffer.concat(pieces))
    const rows = await query(
      `select count(*), sum(count), min(name), max(name), count(name), count(*) filter (good) from '${path}'`,
    )
    expect(rows.getRows()).toEqual([[70_000n, 2_449_965_000n, '0', '999', 30_000n, 23_380n]])
    const groups = await query(
      `select row_group_num_rows, compression, stats_min_value, stats_max_value from parquet_metadata('${path}')
       where path_in_schema = 'count' order by row_group_id`,
    )
    expect(groups.getRows()).toEqual([
      [32_768n, 'ZSTD', '0', '32767'],
      [32_768n, 'ZSTD', '32768', '65535'],
      [4464n, 'ZSTD', '65536', '69999'],
    ])
    expect((await query(`select count from '${path}' where name = '7' and count > 69000`)).getRows()).toEqual(
      [[69_007n]],
    )
  })

  it('that are none have their columns', async () => {
    const path = join(folder, 'none.parquet')
    writeFileSync(path, await bytesOf(parquetRows(COLUMNS), batches()))
    const rows = await query(`from '${path}'`)
    expect(rows.columnNames()).toEqual(Object.keys(COLUMNS))
    expect(rows.currentRowCount).toBe(0)
  })

  it('refuse values of another kind', async () => {
    await expect(bytesOf(parquetRows(COLUMNS), batches([{ count: 1.5 }]))).rejects.toThrow(
      'column count is of kind whole, found 1.5',
    )
  })
})

describe('rows as Arrow', () => {
  const columnsOf = (bytes: Uint8Array) => {
    const table = tableFromIPC(bytes)
    return {
      batches: table.batches.map(({ numRows }) => numRows),
      types: table.schema.fields.map(({ type }) => String(type)),
      metadata: Object.fromEntries(table.schema.metadata),
      rows: table.toArray().map(row => ({ ...row.toJSON() })),
    }
  }
  const expected = ROWS.map(row => ({
    ...row,
    count: row.count === null ? null : BigInt(row.count as number),
    share: Number.isNaN(row.share) ? null : row.share,
  }))

  it('are read by apache-arrow as they were written, as a file and as a stream', async () => {
    for (const form of ['file', 'stream'] as const) {
      const writer = arrowRows(COLUMNS, { form, metadata: { schema: 'a table' } })
      const bytes = await bytesOf(writer, batches(ROWS.slice(0, 2), ROWS.slice(2)))
      expect(columnsOf(bytes)).toEqual({
        batches: form === 'file' ? [5] : [2, 3],
        types: ['Utf8', 'Int64', 'Float64', 'Bool'],
        metadata: { schema: 'a table' },
        rows: expected,
      })
    }
  })

  it('have batches of 16,384 in a file, and their columns where there are no rows', async () => {
    const file = await bytesOf(arrowRows(COLUMNS, { form: 'file' }), many())
    expect(columnsOf(file).batches).toEqual([16_384, 16_384, 16_384, 16_384, 4464])
    for (const form of ['file', 'stream'] as const) {
      const none = await bytesOf(arrowRows(COLUMNS, { form }), batches())
      expect(columnsOf(none)).toMatchObject({ rows: [], types: ['Utf8', 'Int64', 'Float64', 'Bool'] })
    }
  })

  it('are a stream between the marks of a file, as the format has it', async () => {
    const rows = () => batches(ROWS)
    const file = await bytesOf(arrowRows(COLUMNS, { form: 'file' }), rows())
    const stream = await bytesOf(arrowRows(COLUMNS, { form: 'stream' }), rows())
    expect(file.subarray(0, 8).toString()).toBe('ARROW1\0\0')
    expect(file.subarray(8, 8 + stream.length).equals(stream)).toBe(true)
    expect(file.subarray(-6).toString()).toBe('ARROW1')
  })

  it('are in a stream as soon as they come', async () => {
    const seen: string[] = []
    async function* two() {
      seen.push('first')
      yield ROWS.slice(0, 1)
      seen.push('second')
      yield ROWS.slice(1)
    }
    for await (const piece of encoded(arrowRows(COLUMNS, { form: 'stream' }), two()))
      seen.push(`${piece.length > 0}`)
    expect(seen).toEqual(['first', 'true', 'second', 'true', 'true'])
  })
})

describe('the table for people', () => {
  it('rounds reals, aligns numbers right, and has a dash for null', () => {
    const rows = [
      { name: 'a', count: 12345, share: 0.123456789, good: true },
      { name: 'longer', count: 7, share: null, good: null },
    ]
    expect(textTable(COLUMNS, rows)).toBe(
      [
        'name    count     share  good',
        'a       12345  0.123457  true',
        'longer      7         -     -',
        '',
      ].join('\n'),
    )
  })

  it('has no colour unless asked', () => {
    expect(textTable(COLUMNS, ROWS)).not.toContain('\u001B')
  })
})
