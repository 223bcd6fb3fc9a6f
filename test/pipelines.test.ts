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
  const { status, stdout, stderr } = attrstream(...args)
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

describe('a pipeline of the package', () => {
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
    expect(rows.map(({ file }) => file)).toEqual(INPUTS)
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
        file: row.file,
        kmer_kld_nats: row.kld_nats,
        angular_kld_nats: angles[i].kld_nats,
      })),
    )
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

describe("a user's own pipeline", () => {
  it('may lie anywhere, in TypeScript or JavaScript, and gets every option', () => {
    file('half.ts', 'export const half = (value: number): number => value / 2\n')
    const ts = file(
      'mine.ts',
      `import { type PipelineModule, saveRows } from 'attrstream'
       import { half } from './half.ts'
       export const pipeline: PipelineModule = {
         description: 'half of k',
         options: { k: { type: 'number', describe: 'twice of the answer' } },
         run: (inputs, flags) => saveRows(flags.out, { inputs: 'whole', k: 'real' }, [{ inputs: inputs.length, k: half(flags.k as number) }]),
       }`,
    )
    expect(rowsOf(ts, INPUTS[0], '--k', '5')).toEqual([{ inputs: 1, k: 2.5 }])
    const js = file(
      'mine.js',
      `import { DataError } from 'attrstream'
       export const pipeline = { description: 'fails', run: async () => { throw new DataError('prior', 'no prior at all') } }`,
    )
    expect(attrstream(js)).toEqual({ status: 1, stdout: '', stderr: 'attrstream: no prior at all\n' })
  })

  it('that is none is told so', () => {
    expect(attrstream('kmers')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /no such pipeline; name a file, or one of .*attributed-runs.*consistency/,
      ),
    })
    const other = file('other.mjs', 'export const pipe = 1\n')
    expect(attrstream(other).stderr).toContain('other.mjs: exports pipe, expected "pipeline"')
    const broken = file('broken.ts', 'export const pipeline = {\n')
    expect(attrstream(broken)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot be loaded'),
    })
    const failing = file('failing.mjs', "export const pipeline = { description: '', run() { null.x } }\n")
    expect(attrstream(failing)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('failing.mjs: failed: '),
    })
  })

  it('gets the options of records as one, and is told where it does not look at them', () => {
    const of = (name: string, records: string) =>
      file(
        name,
        `import { kmerPrior, openAllMaps, run, identity, saveRows } from 'attrstream'
         export const pipeline = {
           description: 'counts k-mers',
           async run(inputs, flags) {
             for await (const source of openAllMaps(inputs${records})) {
               const { counts } = await run({ source, stage: identity(), accumulator: kmerPrior({ k: 1 }) })
               await saveRows(flags.out, { total: 'whole' }, [{ total: counts.reduce((sum, count) => sum + count, 0) }])
             }
           },
         }`,
      )
    const reads = attrstream(of('reads.mjs', ', flags.records'), INPUTS[2], '--where', 'length > 1000')
    expect(reads).toMatchObject({ status: 0, stderr: '' })
    const ignores = attrstream(of('ignores.mjs', ''), INPUTS[2], '--where', 'length > 1000')
    expect(ignores.status).toBe(2)
    expect(ignores.stderr).toContain('ignores.mjs: did not look at --where')
    expect([reads.stdout, ignores.stdout]).toEqual(['{"total":0}\n', '{"total":21000}\n'])
  })

  it('is told which of its stages failed, and where in the data', () => {
    const path = file(
      'failing-stage.ts',
      `import { after, type AttributionRecord, eachFile, kmerPrior, pipe, identity, type Stage } from 'attrstream'
       const labelled: Stage<AttributionRecord> = {
         name: 'labelled',
         params: null,
         connect: next => record => {
           if (record.where.row === 16) throw new Error('label is missing')
           next(record)
         },
       }
       export const pipeline = eachFile({
         description: 'fails at row 16',
         accumulator: after(pipe(identity<AttributionRecord>(), labelled), kmerPrior({ k: 1 })),
         columns: { all: 'whole' },
         row: () => ({ all: 0 }),
       })`,
    )
    const { status, stderr } = attrstream(path, INPUTS[2])
    expect(status).toBe(2)
    expect(stderr).toMatch(
      /^attrstream: .*tf-mindi\.parquet batch \d+ row 16 \(\S+-16\): stage labelled failed: label is missing\n$/,
    )
  })

  it('without inputs, where it reads some, is told so', () => {
    expect(attrstream('consistency')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no input'),
    })
  })
})
