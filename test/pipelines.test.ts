import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SAMPLES = `${ROOT}data-samples/`
const PIPELINES = readdirSync(`${ROOT}pipelines`).filter(name => name.endsWith('.ts'))
const expected = JSON.parse(readFileSync(`${SAMPLES}expected.json`, 'utf8')).samples

const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))

function attrstream(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`${ROOT}dist/cli/main.js`, 'run', ...args],
    {
      encoding: 'utf8',
      cwd: folder,
    },
  )
  return { status, stdout, stderr }
}

function rowsOf(...args: string[]): Record<string, unknown>[] {
  const { status, stdout, stderr } = attrstream(...args, '--format', 'ndjson')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const MODELS = ['exponential-standard', 'relu-spectral-norm', 'tf-mindi']
const INPUTS = MODELS.map(model => `${SAMPLES}${model}.parquet`)

describe('a built-in pipeline', () => {
  it('is a short file that imports from attrstream alone', () => {
    expect(PIPELINES.length).toBeGreaterThanOrEqual(4)
    for (const name of PIPELINES) {
      const text = readFileSync(`${ROOT}pipelines/${name}`, 'utf8')
      expect(text.trimEnd().split('\n').length).toBeLessThan(30)
      expect([...text.matchAll(/from '([^']+)'/g)].map(found => found[1])).toEqual(['attrstream'])
      expect(readFileSync(`${ROOT}pipelines/README.md`, 'utf8')).toContain(`**${name}**`)
    }
  })

  it('kmer-consistency scores words as expected', () => {
    const rows = rowsOf('kmer-consistency', ...INPUTS)
    expect(rows.map(({ model }) => model)).toEqual(MODELS)
    for (const [i, model] of MODELS.entries()) {
      expect(rows[i].attributed_kmers).toBe(expected[model].kmer.attributed_kmers)
      expect(rows[i].kld_nats).toBeCloseTo(expected[model].kmer.kld_nats.population, 9)
    }
  })

  it('angular-consistency scores directions as expected', () => {
    const rows = rowsOf('angular-consistency', ...INPUTS)
    for (const [i, model] of MODELS.entries()) {
      expect(rows[i].points).toBe(expected[model].angular.paper.points)
      expect(rows[i].kld_nats).toBeCloseTo(expected[model].angular.paper.kld_nats, 9)
    }
  })

  it('consistency has both', () => {
    const both = rowsOf('consistency', ...INPUTS)
    const words = rowsOf('kmer-consistency', ...INPUTS)
    const angles = rowsOf('angular-consistency', ...INPUTS)
    expect(both).toEqual(
      words.map((row, i) => ({
        model: row.model,
        kmer_kld_nats: row.kld_nats,
        angular_kld_nats: angles[i].kld_nats,
      })),
    )
  })

  it('agreement compares models of the same sequences', () => {
    const rows = rowsOf('agreement', ...INPUTS.slice(0, 2))
    expect(rows.map(({ a, b, records }) => ({ a, b, records }))).toEqual([
      { a: MODELS[0], b: MODELS[1], records: expected[MODELS[0]].records },
    ])
  })

  it('attributed-runs writes each run to Parquet and to BED', async () => {
    const parquet = join(folder, 'runs.parquet')
    const bed = join(folder, 'runs.bed')
    for (const out of [parquet, bed]) {
      expect(attrstream('attributed-runs', ...INPUTS, '--out', out)).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
    }
    const connection = await (await DuckDBInstance.create()).connect()
    const counts = await connection.runAndReadAll(
      `select file, count(*), bool_and(length(sequence) = "end" - start), sum(greatest(length(sequence) - 5, 0))
       from '${parquet}' group by file order by file`,
    )
    expect(counts.getRows()).toEqual(
      MODELS.map((model, i) => [
        INPUTS[i],
        BigInt(expected[model].kmer.runs),
        true,
        BigInt(expected[model].kmer.attributed_kmers),
      ]),
    )
    const lines = readFileSync(bed, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(MODELS.reduce((sum, model) => sum + expected[model].kmer.runs, 0))
    for (const line of lines) expect(line).toMatch(/^[^\t]+\t\d+\t\d+\t/)
  })

  it('leaves no file behind where an input is missing', () => {
    const out = join(folder, 'none.parquet')
    const { status, stderr } = attrstream('attributed-runs', INPUTS[0], join(folder, 'nothing'), '--out', out)
    expect(status).toBe(1)
    expect(stderr).toContain('no such file')
    expect(existsSync(out)).toBe(false)
    expect(readdirSync(folder).filter(name => name.includes('none.parquet'))).toEqual([])
  })
})

/** A pipeline that counts bases by a stage of its own, failing at a row if one is given. */
function counting(name: string, failAt = -1): string {
  return file(
    name,
    `import { type AttributionRecord, fold, pipe, pipeline, type Stage, sums } from 'attrstream'
     import { lengthOf } from './length-of.ts'
     const lengths = (scale: number): Stage<AttributionRecord, { bases: number }> => ({
       name: 'lengths',
       params: { scale },
       connect: next => record => {
         if (record.where.row === ${failAt}) throw new Error('label is missing')
         next({ bases: scale * lengthOf(record.sequence) })
       },
     })
     export default pipeline({
       description: 'bases of a file',
       options: { scale: { describe: 'factor', default: 1 } },
       outputs: ({ scale }) => ({
         bases: fold(pipe(lengths(scale), sums('bases')), {
           columns: { bases: 'real' },
           rows: ({ bases }) => [{ bases }],
         }),
       }),
     })`,
  )
}

describe("a user's own pipeline", () => {
  file('length-of.ts', 'export const lengthOf = (bases: Uint8Array): number => bases.length\n')

  it('may lie anywhere, in TypeScript or JavaScript, with options of its own', () => {
    const ts = counting('mine.ts')
    expect(rowsOf(ts, INPUTS[2], '--scale', '2')).toEqual([{ model: 'tf-mindi', bases: 42_000 }])
    expect(rowsOf(ts, INPUTS[2], '--workers', '2')).toEqual([{ model: 'tf-mindi', bases: 21_000 }])
    expect(rowsOf(ts, INPUTS[2], '--where', 'length > 1000')).toEqual([{ model: 'tf-mindi', bases: 0 }])
    const { stdout } = attrstream(ts, '--help')
    expect(stdout).toContain('bases of a file')
    expect(stdout).toMatch(/--scale +factor +\[number\] \[default: 1\]/)
    const js = file(
      'mine.js',
      `import { DataError, fold, pipeline, kmerPrior } from 'attrstream'
       export const named = pipeline({ description: 'fails', outputs() { throw new DataError('prior', 'no prior at all') } })`,
    )
    expect(attrstream(js, INPUTS[2])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'attrstream: no prior at all\n',
    })
  })

  it('that is none is an error', () => {
    expect(attrstream('kmers')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /no such pipeline; give a file, or one of .*attributed-runs.*consistency/,
      ),
    })
    const other = file('other.mjs', 'export const pipe = 1\n')
    expect(attrstream(other).stderr).toContain('other.mjs: exports pipe, expected pipeline({...})')
    const broken = file('broken.ts', 'export const pipeline = {\n')
    expect(attrstream(broken)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('broken.ts: cannot be loaded'),
    })
  })

  it('that is wrong is an error with its name and the place in it', () => {
    const of = (name: string, output: string) =>
      file(
        name,
        `import { fold, kmerPrior, pipeline } from 'attrstream'
         const prior = kmerPrior({ k: 1 })
         export default pipeline({ description: '', outputs: () => (${output}) })`,
      )
    for (const [output, message] of [
      ['null.x', 'failed: Cannot read properties of null'],
      ['{}', 'has no outputs'],
      ['{ a: 1 }', 'output a is number, expected fold(...) or rows(...)'],
      ["{ '../a': fold(prior) }", 'output ../a: a name is letters'],
      ['{ a: fold({ ...prior, params: { f: () => 1 } }) }', 'params.f is function, which JSON cannot hold'],
      ['{ a: fold({ ...prior, params: { x: NaN } }) }', 'params.x is NaN, which JSON cannot hold'],
      [
        "{ a: fold({ ...prior, result() { throw new Error('no result') } }) }",
        'output a: accumulator kmer-prior: result failed: no result',
      ],
    ]) {
      const { status, stderr } = attrstream(of('wrong.mjs', output), INPUTS[2])
      expect(stderr).toContain('wrong.mjs: ')
      expect(stderr).toContain(message)
      expect(status).toBe(2)
    }
  })

  it('reports which of its stages failed, and where in the data, on any thread', () => {
    const path = counting('failing-stage.ts', 16)
    for (const workers of ['1', '2']) {
      const { status, stderr } = attrstream(path, INPUTS[2], '--workers', workers)
      expect(status).toBe(2)
      expect(stderr).toMatch(
        /^attrstream: .*tf-mindi\.parquet batch \d+ row 16 \(\S+-16\): stage lengths failed: label is missing \(pipeline .*failing-stage\.ts\)\n$/,
      )
    }
  })

  it('needs inputs, and options that it declares', () => {
    expect(attrstream('consistency')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no input'),
    })
    expect(attrstream('consistency', INPUTS[2], '--wehre', 'true')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('wehre'),
    })
  })
})
