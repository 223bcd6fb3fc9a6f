import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, digestOfFile, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const records = makeRecords(120, 60)

beforeAll(() => {
  for (const name of ['maps.arrow', 'maps.arrows', 'maps.parquet']) writeDump(at(name), records, { rows: 16 })
  const bad = records.map((record, row) => {
    if (row !== 7 && row !== 90) return record
    return { ...record, attributions: record.attributions.slice().fill(row === 7 ? Number.NaN : 70_000) }
  })
  writeDump(at('bad.arrow'), bad, { rows: 16 })
})

const run = (args: readonly string[], input?: Uint8Array) => cli(args, { cwd: folder, input })

async function converted(args: readonly string[], input?: Uint8Array): Promise<string> {
  const { code, stderr } = await run(['convert', ...args], input)
  expect(stderr).not.toMatch(/ {4}at /)
  expect(code, stderr).toBe(0)
  return stderr
}

async function scores(file: string, out: string): Promise<string> {
  const { code, stderr } = await run(['score', file, '--model', 'm', '--out', out])
  expect(code, stderr).toBe(0)
  return digestOfFile(at(`${out}/scores.json`))
}

/** Rows of a Parquet file as DuckDB reads them. */
async function duckRows(name: string) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const reader = await connection.runAndReadAll(`select id, sequence, attributions from '${at(name)}'`)
  return reader.getRowsJson() as [string, string, (number | string)[]][]
}

describe('convert', () => {
  it('refuses a column of models that has the name of another column', async () => {
    const run = await cli(['convert', 'maps.arrow', '-o', 'twice.arrow', '--model-column', 'id'], {
      cwd: folder,
    })
    expect(run.stderr).toMatch(/the column of models is id, which is what the file calls another/)
    expect(run.code).toBe(2)
    expect(existsSync(at('twice.arrow'))).toBe(false)
  })

  it.each(['maps.arrow', 'maps.parquet', '-'])('%s scores the same in every form', async input => {
    const piped = input === '-' ? readFileSync(at('maps.arrows')) : undefined
    const name = input === '-' ? 'pipe' : input
    const before = await scores(input === '-' ? 'maps.arrow' : input, `${name}-before`)
    for (const [to, element] of [
      ['arrow', []],
      ['parquet', []],
      ['arrow', ['--float64']],
      ['parquet', ['--float64']],
    ] as const) {
      const out = `${name}-${element.join('')}.${to}`
      const said = await converted([input, '-o', out, ...element, '--verify'], piped)
      expect(said).toMatch(
        /holds 120 records in 1 (record batches|row groups), \d+ bytes, read back and compared/,
      )
      expect(await scores(out, `${out}-scores`)).toBe(before)
    }
  })

  it('gives other readers the values as they are', async () => {
    const expected = records.map(({ id, sequence, attributions }) => [id, sequence, Array.from(attributions)])
    await converted(['maps.arrow', '-o', 'plain.parquet'])
    const rows = (await duckRows('plain.parquet')).map(([id, sequence, values]) => [
      id,
      sequence,
      values.map(value => Math.fround(Number(value))),
    ])
    expect(rows).toEqual(expected)

    await converted(['maps.parquet', '-o', 'plain.arrow'])
    const table = tableFromIPC(readFileSync(at('plain.arrow')))
    expect(
      Array.from(table, row => [row['id'], row['sequence'], Array.from(row['attributions'] as number[])]),
    ).toEqual(expected)
    expect(table.schema.metadata.get('attrstream.axes')).toBe('L4')
    expect(table.schema.metadata.get('attrstream.alphabet')).toBe('ACGT')
    expect(table.schema.metadata.get('attrstream.producer')).toMatch(/^attrstream \d/)
    expect(JSON.parse(table.schema.metadata.get('attrstream.options') ?? '')).toMatchObject({
      pipeline: 'convert',
      inputs: [{ name: 'maps.parquet' }],
    })
    // A file is a stream between two marks.
    expect(tableFromIPC(readFileSync(at('plain.arrow')).subarray(8)).numRows).toBe(records.length)
  })

  it('rounds to float16 as the standard does, the same in both forms', async () => {
    await converted(['maps.arrow', '-o', 'half.parquet', '--float16', '--verify'])
    await converted(['maps.arrow', '-o', 'half.arrow', '--float16', '--verify'])
    const half = await duckRows('half.parquet')
    for (const [row, [, , values]] of half.entries()) {
      for (const [i, value] of values.entries()) {
        const exact = records[row].attributions[i]
        // Half a unit in the last of 11 bits.
        expect(Math.abs(Number(value) - exact)).toBeLessThanOrEqual(
          Math.max(Math.abs(exact), 2 ** -14) * 2 ** -11,
        )
      }
    }
    expect(await scores('half.parquet', 'half-a')).toBe(await scores('half.arrow', 'half-b'))
  })

  it('says where a value does not fit, and what doubles lose', async () => {
    const bad = await run([
      'convert',
      'bad.arrow',
      '-o',
      'bad.arrow.parquet',
      '--on-bad',
      'skip',
      '--float16',
    ])
    expect(bad.stderr).toMatch(
      /bad\.arrow batch 5 row 90 \(chr1:5400\): attribution at position 0, base A is 70000, beyond float16/,
    )
    expect(bad.code).toBe(1)
    expect(existsSync(at('bad.arrow.parquet'))).toBe(false)
    await converted(['maps.arrow', '-o', 'doubles.arrow', '--float64'])
    expect(await converted(['doubles.arrow', '-o', 'singles.arrow'])).toContain(
      'doubles are stored as float32',
    )
  })

  it('meets bad records as score does', async () => {
    const failed = await run(['convert', 'bad.arrow', '-o', 'out.arrow'])
    expect(failed.stderr).toMatch(/bad\.arrow batch 0 row 7 .*is NaN/)
    expect(failed.code).toBe(1)
    expect(existsSync(at('out.arrow'))).toBe(false)
    const said = await converted(['bad.arrow', '-o', 'out.arrow', '--quarantine', 'bad.ndjson'])
    expect(said).toContain('1 bad records are left out: not-finite 1')
    expect(said).toContain('holds 119 records')
    const [row] = readFileSync(at('bad.ndjson'), 'utf8').trim().split('\n')
    expect(JSON.parse(row)).toMatchObject({ file: 'bad.arrow', row: 7, id: 'chr1:420', reason: 'not-finite' })
  })

  it('has bad records in quarantine too where there are no others', async () => {
    const records = makeRecords(5, 60)
    for (const { attributions } of records) attributions[3] = Number.NaN
    writeDump(at('all-bad.arrow'), records, { rows: 2 })
    const args = ['convert', 'all-bad.arrow', '-o', 'none.arrow', '--quarantine', 'all.ndjson']
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/nothing to convert: .*; bad records are in all\.ndjson/)
    expect(readFileSync(at('all.ndjson'), 'utf8').trim().split('\n')).toHaveLength(5)
    expect(existsSync(at('none.arrow'))).toBe(false)
  })

  it('keeps ground truth and models', async () => {
    const said = await converted(['maps.arrow', '--model-column', 'net', '-o', 'nets.parquet', '--verify'])
    expect(said).toContain('read back and compared')
    const a = await run(['score', 'nets.parquet', '--model-column', 'net', '--format', 'csv'])
    const b = await run(['score', 'maps.arrow', '--model-column', 'net', '--format', 'csv'])
    expect(a.stdout).toBe(b.stdout)
  })

  it.each([
    [['maps.arrow'], /convert needs a file or folder to write/],
    [['-o', 'x.arrow'], /convert needs inputs/],
    [['maps.arrow', '-o', 'x.h5'], /cannot infer the format from x\.h5; give --to arrow or --to parquet/],
    [['maps.arrow', '-o', 'x.arrow', '--float16', '--float64'], /give --float16 or --float64/],
    [['-', '-o', 'x.arrow', '--checkpoint', 'x.state'], /a pipe cannot be read again/],
  ])('refuses %s', async (args, said) => {
    const { code, stderr } = await run(['convert', ...args])
    expect(stderr).toMatch(said)
    expect(code).toBe(2)
  })
})
