import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { digestOfFile } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = join(ROOT, 'dist/cli/main.js')
const SAMPLES = join(ROOT, 'data-samples')
const expected = JSON.parse(readFileSync(join(SAMPLES, 'expected.json'), 'utf8')).samples['tf-mindi']
const SAMPLE = join(SAMPLES, 'tf-mindi.parquet')

const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (...names: string[]) => join(folder, ...names)

function attrstream(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    cwd: folder,
  })
  return { status, stdout, stderr }
}

async function query(sql: string) {
  const connection = await (await DuckDBInstance.create()).connect()
  return (await connection.runAndReadAll(sql)).getRowObjects()
}

describe('pipelines of several branches and of filters', () => {
  it('branches writes two folders of rows, and a sum', async () => {
    const { status, stdout, stderr } = attrstream('run', 'branches', SAMPLE, '--out', at('branches'))
    const { runs, attributed_kmers } = expected.kmer
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '',
      stderr: `attrstream: ${at('branches')} holds ${runs + 42} rows in 2 files\n`,
    })
    expect(readFileSync(at('branches/totals.csv'), 'utf8')).toBe(
      `model,runs,attributed_kmers\r\ntf-mindi,${runs},${attributed_kmers}\r\n`,
    )
    const [count] = await query(`select count(*) n from '${at('branches/runs/*.parquet')}'`)
    expect(count).toEqual({ n: BigInt(runs) })
    const [sums] = await query(
      `select count(*) n, sum(runs) runs, sum(attributed_kmers) kmers from '${at('branches/features/*.parquet')}'`,
    )
    expect(sums).toEqual({ n: 42n, runs: BigInt(runs), kmers: BigInt(attributed_kmers) })
  })

  it('branches changes nothing if an output has no place for its folder', () => {
    mkdirSync(at('blocked'))
    writeFileSync(at('blocked/runs'), 'of another program')
    const { status, stderr } = attrstream('run', 'branches', SAMPLE, '--out', at('blocked'))
    expect(status).toBe(75)
    expect(stderr).toContain(at('blocked/runs'))
    expect(readFileSync(at('blocked/runs'), 'utf8')).toBe('of another program')
  })

  it('filtered-runs keeps the runs of maps that have few, of the records asked for', () => {
    const lines = (...args: string[]) => {
      const { status, stdout, stderr } = attrstream('run', 'filtered-runs', SAMPLE, ...args)
      const left = args.includes('--where')
        ? expect.stringContaining('3 of 42 records are left out by --where')
        : ''
      expect({ status, stderr }).toEqual({ status: 0, stderr: left })
      return stdout
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as { id: string })
    }
    expect(lines('--runs', '1000')).toHaveLength(expected.kmer.runs)
    const few = lines('--runs', '14')
    const counts = new Map<string, number>()
    for (const { id } of few) counts.set(id, (counts.get(id) ?? 0) + 1)
    expect(counts.size).toBeGreaterThan(0)
    expect(counts.size).toBeLessThan(42)
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(14)
    const some = lines('--runs', '14', '--where', 'cell_type != "PM_medial"')
    expect(some).toEqual(few.filter(({ id }) => !id.startsWith('PM_medial')))
    expect(some.length).toBeLessThan(few.length + 1)
  })
})

describe('the example of one query over results', () => {
  it('ranks the models of all folders', async () => {
    for (const [result, names] of [
      ['first', ['exponential-standard', 'tf-mindi']],
      ['second', ['relu-spectral-norm']],
    ] as const) {
      const files = names.map(name => join(SAMPLES, `${name}.parquet`))
      expect(attrstream('score', ...files, '--out', at('results', result)).status).toBe(0)
    }
    const sql = readFileSync(join(ROOT, 'pipelines/duckdb/results.sql'), 'utf8')
    const rows = await query(sql.replace("'results/", `'${at('results')}/`))
    expect(rows.map(({ result, model }) => [result, model].join(' ')).toSorted()).toEqual([
      'first exponential-standard',
      'first tf-mindi',
      'second relu-spectral-norm',
    ])
    const values = rows.map(({ kmer_cv_nats }) => kmer_cv_nats as number)
    expect(values).toEqual(values.toSorted((a, b) => b - a))
    expect(rows.map(({ kmer_rank }) => kmer_rank)).toEqual([1n, 2n, 3n])
  })
})

describe('the example of a nightly job', () => {
  const nightly = (dump: string) =>
    spawnSync('sh', [join(ROOT, 'pipelines/nightly/nightly.sh'), dump, at('nights'), 'net'], {
      encoding: 'utf8',
      env: { ...process.env, ATTRSTREAM: `${process.execPath} ${MAIN}` },
    })

  it('reads what is new alone, and comes to what one run over everything does', () => {
    const dump = at('dump')
    mkdirSync(dump)
    const records = makeRecords(90, 80)
    writeDump(join(dump, 'monday.arrow'), records.slice(0, 40), { rows: 9 })
    writeDump(join(dump, 'tuesday.parquet'), records.slice(40, 60), { rows: 10 })
    expect(nightly(dump)).toMatchObject({ status: 0, stdout: '' })
    const first = digestOfFile(at('nights/latest/scores.json'))
    writeDump(join(dump, 'wednesday.arrow'), records.slice(60), { rows: 12 })
    const second = nightly(dump)
    expect(second).toMatchObject({ status: 0, stdout: '' })
    expect(second.stderr).toMatch(/resumed from 60 records \(\d+ batch(?:es)?\)/)
    expect(attrstream('score', '--model', 'net', dump, '--out', at('whole')).status).toBe(0)
    expect(digestOfFile(at('nights/latest/scores.json'))).toBe(digestOfFile(at('whole/scores.json')))
    expect(digestOfFile(at('nights/latest/scores.json'))).not.toBe(first)
    copyFileSync(join(dump, 'wednesday.arrow'), join(dump, 'monday.arrow'))
    expect(nightly(dump).status).toBe(78)
  })
})

const python = [process.env['ATTRSTREAM_PYTHON'] ?? 'python3'].find(
  command => spawnSync(command, ['-c', 'import numpy, pyarrow']).status === 0,
)
if (python === undefined) {
  process.stderr.write('examples: no Python with NumPy and pyarrow, so maps.py of pytorch-pipe is not run\n')
}

describe('the example of a PyTorch process over a pipe', () => {
  it.skipIf(python === undefined)('scores maps while Python makes them', () => {
    const made = `
import sys, io
sys.path.insert(0, ${JSON.stringify(join(ROOT, 'pipelines/pytorch-pipe'))})
import numpy as np, pyarrow.parquet as parquet
from maps import write_maps
table = parquet.read_table(${JSON.stringify(SAMPLE)})
one_hot = np.array(table["sequence"].to_pylist()).reshape(42, 4, 500)
maps = np.array(table["attributions"].to_pylist(), dtype="float32").reshape(42, 4, 500)
ids = table["id"].to_pylist()
write_maps(((ids[i : i + 8], one_hot[i : i + 8], maps[i : i + 8]) for i in range(0, 42, 8)), sys.stdout.buffer)
`
    const stream = execFileSync(python as string, ['-B', '-c', made], { maxBuffer: 2 ** 28 })
    const { stdout, status } = spawnSync(process.execPath, [MAIN, 'score', '-', '--format', 'json'], {
      input: stream,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    const [score] = JSON.parse(stdout).models
    expect(score.kmer.attributed_kmers).toBe(expected.kmer.attributed_kmers)
    expect(score.angular.points).toBe(expected.angular.paper.points)
  })

  it('scores maps while a process makes them, and calls half a stream damaged', async () => {
    const whole = spawn(process.execPath, [MAIN, 'transform', SAMPLE, '--stages', 'raw'])
    const score = spawn(process.execPath, [MAIN, 'score', '-', '--format', 'json'])
    whole.stdout.pipe(score.stdin)
    let stdout = ''
    score.stdout.on('data', text => (stdout += text))
    expect(await new Promise(resolve => score.once('close', resolve))).toBe(0)
    expect(JSON.parse(stdout).models[0].kmer.attributed_kmers).toBe(expected.kmer.attributed_kmers)

    const stream = spawnSync(process.execPath, [MAIN, 'transform', SAMPLE, '--stages', 'raw']).stdout
    const half = spawnSync(process.execPath, [MAIN, 'score', '-'], {
      input: stream.subarray(0, stream.length - 8),
    })
    expect(half.status).toBe(65)
  })
})

it('the examples have a README each', () => {
  for (const name of ['pytorch-pipe', 'duckdb', 'nightly']) {
    expect(existsSync(join(ROOT, 'pipelines', name, 'README.md'))).toBe(true)
    expect(readFileSync(join(ROOT, 'pipelines/README.md'), 'utf8')).toContain(`**${name}**`)
  }
})
