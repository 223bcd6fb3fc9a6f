import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { afterAll, describe, expect, it } from 'vitest'
import { cli, until } from '../support/cli.js'
import { DIST } from '../support/dist.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MAIN = join(DIST, 'cli/main.js')
const SAMPLES = `${ROOT}data-samples/`
const expected = JSON.parse(readFileSync(`${SAMPLES}expected.json`, 'utf8')).samples
const MODELS = ['exponential-standard', 'relu-spectral-norm', 'tf-mindi']
const INPUTS = MODELS.map(model => `${SAMPLES}${model}.parquet`)

const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function transform(args: readonly string[], input?: Uint8Array) {
  const { code, output, stderr } = await cli(['transform', ...args], { cwd: folder, input })
  return { status: code, stdout: output, stderr }
}

async function save(out: string, ...args: string[]): Promise<string> {
  const path = join(folder, out)
  expect(await transform([...INPUTS, ...args, '-o', path])).toMatchObject({ status: 0, stderr: '' })
  return path
}

async function query(sql: string) {
  const connection = await (await DuckDBInstance.create()).connect()
  return (await connection.runAndReadAll(sql)).getRowObjects()
}

describe('transform', () => {
  it('keeps columns and the models of maps, of every kind and with nulls, so that a pipe is scored by model', async () => {
    const source = join(folder, 'columns.parquet')
    const columns = `id, sequence, attributions, 'm' || (row_number() over ()) % 2 model, length(sequence) n,
      case when (row_number() over ()) % 3 > 0 then length(id) / 7.0 end f, (row_number() over ()) % 5 > 2 b`
    await query(`copy (select ${columns} from '${INPUTS[1]}') to '${source}' (format parquet)`)
    const wanted = await query(`select id, model, n, f::double f, b from '${source}'`)
    const args = [
      source,
      '--axes',
      'L4',
      '--stages',
      'raw',
      '--model-column',
      'model',
      '--keep',
      'n,f,b,model',
    ]
    const saved = async (out: string) => {
      expect(await transform([...args, '-o', out])).toMatchObject({ status: 0, stderr: '' })
      return join(folder, out)
    }
    const select = 'select id, model, n::bigint n, f::double f, b'
    expect(await query(`${select} from '${await saved('kept.parquet')}'`)).toEqual(wanted)
    expect(await query(`${select} from read_json('${await saved('kept.ndjson')}')`)).toEqual(wanted)
    const arrow = tableFromIPC(readFileSync(await saved('kept.arrow'))).select(['id', 'model', 'n', 'f', 'b'])
    expect(arrow.toArray().map(row => ({ ...row.toJSON() }))).toEqual(wanted)
    const score = async (inputs: readonly string[], input?: Uint8Array) => {
      const more = ['--model-column', 'model', '--format', 'json']
      const { stdout } = await cli(['score', ...inputs, ...more], { cwd: folder, input })
      return (JSON.parse(stdout) as { models: { model: string; records: number }[] }).models
    }
    const models = await score(['-'], (await transform(args)).stdout)
    expect(models.map(({ model, records }) => [model, records])).toEqual([
      ['m0', 150],
      ['m1', 150],
    ])
    expect(await score([source, '--axes', 'L4'])).toEqual(models)
    expect(await transform([source, '--axes', 'L4', '--keep', 'id'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('maps have a column of that name themselves'),
    })
  })

  it('writes the runs and features that the scores are made of, the same in Parquet, Arrow, CSV and JSON lines', async () => {
    for (const stages of ['runs', 'features']) {
      const parquet = await save(`${stages}.parquet`, '--stages', stages)
      const rows = await query(`from '${parquet}'`)
      const plain = JSON.parse(
        JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      )
      const arrow = tableFromIPC(readFileSync(await save(`${stages}.arrow`, '--stages', stages)))
      expect(arrow.schema.metadata.get('attrstream.schema')).toBe(`attrstream.${stages}/1`)
      expect(arrow.toArray().map(row => ({ ...row.toJSON() }))).toEqual(rows)
      const lines = readFileSync(await save(`${stages}.ndjson`, '--stages', stages), 'utf8')
        .trimEnd()
        .split('\n')
      expect(lines.map(line => JSON.parse(line))).toEqual(plain)
      const csv = await save(`${stages}.csv`, '--stages', stages)
      expect(await query(`select count(*) n from ((from '${csv}') except (from '${parquet}'))`)).toEqual([
        { n: 0n },
      ])
    }
    const runs = await query(
      `select file, count(*) runs, sum(greatest("end" - start - 5, 0)) kmers from '${join(folder, 'runs.parquet')}' group by file order by file`,
    )
    const features = await query(
      `select file, count(*) records, sum(runs) runs, sum(attributed_kmers) kmers from '${join(folder, 'features.parquet')}' group by file order by file`,
    )
    for (const [i, model] of MODELS.entries()) {
      const { runs: count, attributed_kmers } = expected[model].kmer
      expect(runs[i]).toMatchObject({ runs: BigInt(count), kmers: BigInt(attributed_kmers) })
      expect(features[i]).toMatchObject({ runs: BigInt(count), kmers: BigInt(attributed_kmers) })
    }
  })

  it('follows the options of the score', async () => {
    const few = await save('few.parquet', '--stages', 'features', '--q', '0.99', '--buffer', '0', '--k', '3')
    const [found] = await query(
      `select sum(attributed) attributed, max(attributed) most from '${few}' where file like '%relu%'`,
    )
    expect(found).toEqual({ attributed: 600n, most: 2n }) // the top two of 200 positions
  })

  it('has the ground truth that the score averages', async () => {
    const rows = join(folder, 'features.parquet')
    const [means] = await query(
      `select avg(coalesce(snr, 0)) filter (signal is not null) snr, avg(auroc) auroc, avg(aupr) aupr
       from '${rows}' where file like '%relu%'`,
    )
    const { stdout } = await cli(['score', INPUTS[1], '--format', 'json'])
    const { snr, auroc, aupr } = JSON.parse(stdout).models[0].truth
    expect(means.snr).toBeCloseTo(snr, 12)
    expect(means.auroc).toBeCloseTo(auroc, 12)
    expect(means.aupr).toBeCloseTo(aupr, 12)
    const [without] = await query(`select count(snr) n from '${rows}' where file like '%tf-mindi%'`)
    expect(without).toEqual({ n: 0n })
  })

  it('is one step of a pipe: an Arrow stream in, one out', async () => {
    const file = await transform([
      `${SAMPLES}relu-spectral-norm.arrow`,
      '--stages',
      'features',
      '--format',
      'csv',
    ])
    const lines = file.stdout.toString().trimEnd().split('\r\n')
    expect(lines).toHaveLength(301)
    // A file is a stream between its magic and its footer.
    const bytes = readFileSync(`${SAMPLES}relu-spectral-norm.arrow`)
    const stream = bytes.subarray(8, bytes.length - 10 - bytes.readInt32LE(bytes.length - 10))
    const { status, stdout, stderr } = await transform(['-', '--stages', 'features', '-o', '-'], stream)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const table = tableFromIPC(stdout)
    expect(table.numRows).toBe(300)
    expect([...(table.getChild('id') ?? [])]).toEqual(lines.slice(1).map(line => line.split(',')[0]))
  })

  it('writes maps that score as those they were made of', async () => {
    const scoreOf = async (...files: string[]) => {
      const { stdout } = await cli(['score', ...files, '--format', 'json'])
      return JSON.parse(stdout).models.map(({ kmer, angular }: Record<string, object>) => ({
        kmer,
        angular,
      }))
    }
    const [tfMindi] = await scoreOf(INPUTS[2])
    for (const [stages, ending] of [
      ['raw', 'parquet'],
      ['correct', 'arrow'],
      ['normalise', 'parquet'],
    ]) {
      const out = join(folder, `${stages}.${ending}`)
      const args = [INPUTS[2], '--stages', stages, '--float64', '-o', out]
      expect(await transform(args)).toMatchObject({ status: 0, stderr: '' })
      const [score] = await scoreOf(out)
      if (stages === 'raw') expect(score).toEqual(tfMindi)
      expect(score.kmer).toEqual(tfMindi.kmer)
      expect(score.angular.points).toBe(tfMindi.angular.points)
      expect(score.angular.kld_nats).toBeCloseTo(tfMindi.angular.kld_nats, 12)
    }
    const [groups] = await query(
      `select decode(value) axes from parquet_kv_metadata('${join(folder, 'raw.parquet')}') where decode(key) = 'attrstream.axes'`,
    )
    expect(groups).toEqual({ axes: 'L4' })
  })

  it('ends without a word where its reader has enough', async () => {
    for (const format of ['arrow', 'ndjson', 'csv', 'bed']) {
      const args = [...INPUTS, '--stages', 'runs', '--format', format]
      const child = spawn(process.execPath, [MAIN, 'transform', ...args])
      let stderr = ''
      child.stderr.on('data', text => (stderr += text))
      child.stdout.once('data', () => child.stdout.destroy())
      const status = await new Promise(resolve => child.once('close', resolve))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
  })

  it('ends at a bad record, or leaves it out and counts it, whatever the stages', async () => {
    const records = makeRecords(12, 40)
    records[5].attributions[9] = Number.NaN
    const dump = join(folder, 'dirty.arrow')
    writeDump(dump, records, { rows: 4 })
    for (const stages of ['raw', 'features']) {
      const out = join(folder, `dirty-${stages}.ndjson`)
      const args = [dump, '--stages', stages, '-o', out]
      expect(await transform(args)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /dirty\.arrow batch 1 row 5 \(chr1:200\): attribution at position 2, base C is NaN/,
        ),
      })
      expect(existsSync(out)).toBe(false)
      expect(await transform([...args, '--on-bad', 'skip'])).toMatchObject({
        status: 0,
        stderr: 'attrstream: 1 bad records are left out: not-finite 1\n',
      })
      expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(11)
    }
  })

  it('says which stages there are, and what it cannot do', async () => {
    expect(await transform([INPUTS[0], '--stages', 'run'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'no stage is called "run", expected raw, correct, normalise, window, runs, features',
      ),
    })
    expect(await transform([INPUTS[0], '-o', 'runs.xlsx'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('runs.xlsx: unsupported file extension, expected .arrow'),
    })
    expect(await transform([INPUTS[0], '--stages', 'runs,correct'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('runs makes rows, which correct cannot take; put runs last'),
    })
    expect(await transform([INPUTS[0], '-o', 'maps.csv'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('maps are lists, which CSV has no place for'),
    })
    expect(await transform([])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('transform needs inputs'),
    })
  })

  it('stopped by a signal leaves no file behind', async () => {
    const out = join(folder, 'stopped.parquet')
    const child = spawn(process.execPath, [MAIN, 'transform', '-', '--stages', 'runs', '-o', out])
    let stderr = ''
    child.stderr.on('data', text => (stderr += text))
    const bytes = readFileSync(`${SAMPLES}relu-spectral-norm.arrow`)
    child.stdin.on('error', () => {})
    child.stdin.write(bytes.subarray(8, bytes.length >> 1)) // half of a stream, and then it waits
    await until(() => readdirSync(folder).some(name => name.startsWith('.stopped.parquet')), 'it writes')
    child.kill('SIGTERM')
    expect(await new Promise(resolve => child.once('close', resolve))).toBe(143)
    expect(stderr).toBe('attrstream: stopped by SIGTERM; nothing of the pipe is written\n')
    expect(readdirSync(folder).filter(name => name.includes('stopped'))).toEqual([])
  })

  it('leaves no file behind where an input fails', async () => {
    const out = join(folder, 'none.parquet')
    expect(await transform([INPUTS[0], 'nothing.arrow', '-o', out])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing.arrow: no such file'),
    })
    expect(existsSync(out)).toBe(false)
    expect(readdirSync(folder).filter(name => name.includes('none.parquet'))).toEqual([])
  })
})
