import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from './support/cli.js'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const SAMPLES = `${ROOT}data-samples/`
const PIPELINES = readdirSync(`${ROOT}pipelines`).filter(name => name.endsWith('.ts'))
const expected = JSON.parse(readFileSync(`${SAMPLES}expected.json`, 'utf8')).samples

const folder = temporaryFolder()

async function attrstream(...args: string[]) {
  const { code, stdout, stderr } = await cli(['run', ...args], { cwd: folder })
  return { code, stdout, stderr }
}

async function rowsOf(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await attrstream(...args, '--format', 'ndjson')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
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
  let words: Awaited<ReturnType<typeof rowsOf>>
  let angles: Awaited<ReturnType<typeof rowsOf>>
  beforeAll(async () => {
    words = await rowsOf('kmer-consistency', ...INPUTS)
    angles = await rowsOf('angular-consistency', ...INPUTS)
  })

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
    expect(words.map(({ model }) => model)).toEqual(MODELS)
    for (const [i, model] of MODELS.entries()) {
      expect(words[i].attributed_kmers).toBe(expected[model].kmer.attributed_kmers)
      expect(words[i].kld_nats).toBeCloseTo(expected[model].kmer.kld_nats.population, 9)
    }
  })

  it('angular-consistency scores directions as expected', () => {
    for (const [i, model] of MODELS.entries()) {
      expect(angles[i].points).toBe(expected[model].angular.paper.points)
      expect(angles[i].kld_nats).toBeCloseTo(expected[model].angular.paper.kld_nats, 9)
    }
  })

  it('consistency has both', async () => {
    const both = await rowsOf('consistency', ...INPUTS)
    expect(both).toEqual(
      words.map((row, i) => ({
        model: row.model,
        kmer_kld_nats: row.kld_nats,
        angular_kld_nats: angles[i].kld_nats,
      })),
    )
  })

  it('agreement compares models of the same sequences', async () => {
    const rows = await rowsOf('agreement', ...INPUTS.slice(0, 2))
    expect(rows.map(({ a, b, records }) => ({ a, b, records }))).toEqual([
      { a: MODELS[0], b: MODELS[1], records: expected[MODELS[0]].records },
    ])
  })

  it('attributed-runs writes each run to Parquet and to BED', async () => {
    const parquet = join(folder, 'runs.parquet')
    const bed = join(folder, 'runs.bed')
    for (const out of [parquet, bed]) {
      expect(await attrstream('attributed-runs', ...INPUTS, '--out', out)).toEqual({
        code: 0,
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

  it('leaves no file behind where an input is missing', async () => {
    const out = join(folder, 'none.parquet')
    const { code, stderr } = await attrstream(
      'attributed-runs',
      INPUTS[0],
      join(folder, 'nothing'),
      '--out',
      out,
    )
    expect(code).toBe(1)
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

  it('may lie anywhere, in TypeScript or JavaScript, with options of its own', async () => {
    const ts = counting('mine.ts')
    expect(await rowsOf(ts, INPUTS[2], '--scale', '2')).toEqual([{ model: 'tf-mindi', bases: 42_000 }])
    expect(await rowsOf(ts, INPUTS[2], '--workers', '2')).toEqual([{ model: 'tf-mindi', bases: 21_000 }])
    expect(await rowsOf(ts, INPUTS[2], '--where', 'length > 1000')).toEqual([{ model: 'tf-mindi', bases: 0 }])
    const { stdout } = await attrstream(ts, '--help')
    expect(stdout).toContain('Bases of a file.')
    expect(stdout).toMatch(/--scale N +factor \(default: 1\)/)
    const js = file(
      'mine.js',
      `import { DataError, fold, pipeline, kmerPrior } from 'attrstream'
       export const named = pipeline({ description: 'fails', outputs() { throw new DataError('prior', 'no prior at all') } })`,
    )
    expect(await attrstream(js, INPUTS[2])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'attrstream: no prior at all\n',
    })
  })

  it('that is none is an error', async () => {
    expect(await attrstream('kmers')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /no such pipeline; give a file, or one of .*attributed-runs.*consistency/,
      ),
    })
    const other = file('other.mjs', 'export const pipe = 1\n')
    expect((await attrstream(other)).stderr).toContain('other.mjs: exports pipe, expected pipeline({...})')
    const broken = file('broken.ts', 'export const pipeline = {\n')
    expect(await attrstream(broken)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('broken.ts: cannot be loaded'),
    })
  })

  it('that is wrong is an error with its name and the place in it', async () => {
    const of = (name: string, output: string) =>
      file(
        name,
        `import { fold, kmerPrior, pipeline } from 'attrstream'
         const prior = kmerPrior({ k: 1 })
         export default pipeline({ description: '', outputs: () => (${output}) })`,
      )
    const wrong = [
      ['null.x', 'failed: Cannot read properties of null'],
      ['{}', 'has no outputs'],
      ['{ a: 1 }', 'output a is number, expected fold(...), rows(...) or maps(...)'],
      ["{ '../a': fold(prior) }", 'output ../a: a name is letters'],
      ['{ a: fold({ ...prior, params: { f: () => 1 } }) }', 'params.f is function, which JSON cannot hold'],
      ['{ a: fold({ ...prior, params: { x: NaN } }) }', 'params.x is NaN, which JSON cannot hold'],
      [
        "{ a: fold({ ...prior, result() { throw new Error('no result') } }) }",
        'output a: accumulator kmer-prior: result failed: no result',
      ],
    ]
    for (const [i, [output, message]] of wrong.entries()) {
      const { code, stderr } = await attrstream(of(`wrong-${i}.mjs`, output), INPUTS[2])
      expect(stderr).toContain(`wrong-${i}.mjs: `)
      expect(stderr).toContain(message)
      expect(code).toBe(2)
    }
  })

  it('reports which of its stages failed, and where in the data, on any thread', async () => {
    const path = counting('failing-stage.ts', 16)
    for (const workers of ['1', '2']) {
      const { code, stderr } = await attrstream(path, INPUTS[2], '--workers', workers)
      expect(code).toBe(2)
      expect(stderr).toMatch(
        /^attrstream: .*tf-mindi\.parquet batch \d+ row 16 \(\S+-16\): stage lengths failed: label is missing \(pipeline .*failing-stage\.ts\); --debug shows the stack trace\n$/,
      )
    }
  })

  it('that a worker, or another machine, cannot load is an error with its name', async () => {
    const path = file(
      'main-only.mjs',
      `import { isMainThread } from 'node:worker_threads'
       import { fold, kmerPrior, pipeline } from 'attrstream'
       if (!isMainThread) throw new Error('no licence here')
       const slow = { name: 'slow', params: null, connect: next => record => {
         for (const end = performance.now() + 3; performance.now() < end; );
         next(record)
       } }
       export default pipeline({ description: '', outputs: () => ({ a: fold(slow, kmerPrior({ k: 1 })) }) })`,
    )
    const { code, stderr } = await attrstream(path, ...INPUTS, '--workers', '2')
    expect(stderr).toMatch(/^attrstream: .*main-only\.mjs: cannot be loaded: no licence here\n$/)
    expect(code).toBe(2)
    const gone = file('gone.mjs', `export { default } from './main-only.mjs'`)
    const plan = join(folder, 'gone.json')
    const made = await cli(['plan', '--pipeline', gone, INPUTS[2], '--out', plan])
    expect(made.code, made.stderr).toBe(0)
    rmSync(gone)
    const shard = await cli([
      'shard',
      '--plan',
      plan,
      '--shard',
      '0/1',
      '--state',
      join(folder, 'gone.state'),
    ])
    expect(shard.stderr).toMatch(/gone\.mjs: no such pipeline; give a file, or one of/)
    expect(shard.code).toBe(1)
  })

  it('needs inputs, and options that it declares', async () => {
    expect(await attrstream('consistency')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no input'),
    })
    expect(await attrstream('consistency', INPUTS[2], '--wehre', 'true')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('wehre'),
    })
  })
})
