import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { readNpz } from '../support/npz.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const records = makeRecords(120, 60).map((record, i) => ({
  ...record,
  id: `chr${1 + (i % 2)}:${60 * i}-${60 * i + 60}`,
}))
/** Files of 20 records each. */
const FILES = 6

beforeAll(() => {
  mkdirSync(at('maps'))
  for (let i = 0; i < FILES; i++) {
    writeDump(at(`maps/${i}.arrow`), records.slice(20 * i, 20 * i + 20), { rows: 8 })
  }
  writeDump(at('piped.arrows'), records.slice(0, 30), { rows: 8 })
})

const run = (args: readonly string[], input?: Uint8Array) => cli(args, { cwd: folder, input })

async function done(...args: string[]): Promise<string> {
  const { code, stderr } = await run(args)
  expect(code, stderr).toBe(0)
  return stderr
}

async function query(sql: string): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

const filesOf = (name: string) =>
  readdirSync(at(name), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.parquet'))
    .toSorted()

/** All rows of a folder's parts in their order. */
const rowsOf = (name: string, columns = '*') =>
  query(
    `select ${columns} from read_parquet(${JSON.stringify(filesOf(name).map(file => at(`${name}/${file}`))).replaceAll('"', "'")})`,
  )

describe('arrays of npz', () => {
  const parsed = (name: string) => readNpz(at(name))

  it('are what Fi-NeMo and tfmodisco-lite read, position by position', async () => {
    await done('convert', 'maps', '-o', 'regions.npz')
    await done('convert', 'maps', '--to', 'modisco', '-o', 'modisco')
    const regions = parsed('regions.npz')
    expect([...regions].map(([name, { shape }]) => [name, shape])).toEqual([
      ['sequences', [120, 4, 60]],
      ['contributions', [120, 4, 60]],
      ['chr', [120]],
      ['chr_id', [120]],
      ['start', [120]],
      ['peak_id', [120]],
      ['peak_name', [120]],
    ])
    const [hot, maps] = ['sequences', 'contributions'].map(name => regions.get(name)?.values ?? [])
    for (const [n, { sequence, attributions }] of records.entries()) {
      for (let b = 0; b < 4; b++) {
        for (let i = 0; i < 60; i++) {
          const at = (4 * n + b) * 60 + i
          if (hot[at] !== Number(sequence?.[i] === 'ACGT'[b])) throw new Error(`sequence ${n}, ${b}, ${i}`)
          if (maps[at] !== attributions[4 * i + b]) throw new Error(`map ${n}, ${b}, ${i}`)
        }
      }
    }
    expect(Array.from(regions.get('start')?.values ?? [])).toEqual(records.map((_, i) => 60 * i))
    expect(parsed('modisco/ohe.npz').get('arr_0')).toEqual(regions.get('sequences'))
    expect(parsed('modisco/attr.npz').get('arr_0')).toEqual(regions.get('contributions'))
    const before = readFileSync(at('regions.npz'))
    await done('convert', 'maps', '-o', 'regions.npz')
    expect(readFileSync(at('regions.npz')).equals(before)).toBe(true)
    expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  it('score as the maps that they were made of', async () => {
    const scores = async (...args: string[]) => {
      const { code, stdout, stderr } = await run(['score', ...args, '--model', 'm', '--format', 'csv'])
      expect(code, stderr).toBe(0)
      return stdout.split('\n')[1].split(',').slice(0, 6)
    }
    const back = ['--sequence-column', 'sequences', '--attributions-column', 'contributions']
    expect(await scores('regions.npz', ...back)).toEqual(await scores('maps'))
  })

  it('are of maps of one length', async () => {
    writeDump(at('uneven.arrow'), [...records.slice(0, 3), ...makeRecords(1, 61)], { rows: 8 })
    const { code, stderr } = await run(['convert', 'uneven.arrow', '-o', 'uneven.npz'])
    expect(stderr).toMatch(
      /map has 61 positions, expected 60 as in chr1:0-60.*leave others out with --where 'length == 60'/,
    )
    expect(code).toBe(1)
    await done('convert', 'uneven.arrow', '-o', 'uneven.npz', '--where', 'length == 60')
    expect(parsed('uneven.npz').get('sequences')?.shape).toEqual([3, 4, 60])
    const resumed = await run(['convert', 'maps', '-o', 'x.npz', '--checkpoint', 'x.state'])
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be resumed') })
  })
})

describe('a folder of parts', () => {
  it('of convert and transform holds the rows of one file, in their order', async () => {
    const said = await done('convert', 'maps', '-o', 'converted/', '--verify', '--workers', '2')
    expect(said).toMatch(/converted\/ holds 120 rows in 6 files/)
    await done('convert', 'maps', '-o', 'converted.parquet')
    const wanted = await query(`from '${at('converted.parquet')}'`)
    expect(wanted).toHaveLength(120)
    expect(await rowsOf('converted')).toEqual(wanted)
    for (const stages of ['runs', 'normalise']) {
      await done('transform', 'maps', '--stages', stages, '-o', `${stages}.parquet`)
      await done('transform', 'maps', '--stages', stages, '-o', stages)
      expect(await rowsOf(stages)).toEqual(await query(`from '${at(`${stages}.parquet`)}'`))
    }
    const manifest = JSON.parse(readFileSync(at('converted/manifest.json'), 'utf8'))
    expect(manifest).toMatchObject({
      pipeline: 'convert',
      records: 120,
      bad_records: 0,
      outputs: { maps: { rows: 120 } },
    })
  })

  it('lacks nothing where it is written again, by shards, or after a part was lost', async () => {
    for (const shard of ['2/3', '0/3']) {
      expect(await done('convert', 'maps', '-o', 'shards', '--shard', shard)).toMatch(
        /other shards still lack parts/,
      )
    }
    expect(existsSync(at('shards/manifest.json'))).toBe(false)
    await done('convert', 'maps', '-o', 'shards', '--shard', '1/3')
    expect(await rowsOf('shards')).toEqual(await rowsOf('converted'))
    const [first] = filesOf('shards')
    const whole = readFileSync(at(`shards/${first}`))
    writeFileSync(at(`shards/${first}`), whole.subarray(0, 100))
    expect(await done('convert', 'maps', '-o', 'shards')).toMatch(/5 of 6 parts of shards already exist/)
    expect(readFileSync(at(`shards/${first}`)).equals(whole)).toBe(true)
    const other = await run(['convert', 'maps', '-o', 'shards', '--float16'])
    expect(other).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('options.element is "float32", expected "float16"'),
    })
  })

  it('has a folder for each value of a column', async () => {
    await done('transform', 'maps', '--stages', 'runs', '-o', 'by-place', '--partition-by', 'chrom')
    expect(readdirSync(at('by-place/runs'))).toEqual(['chrom=chr1', 'chrom=chr2'])
    const all = await query(
      `select count(*), max(chrom) from read_parquet('${at('by-place/**/*.parquet')}', hive_partitioning = true)`,
    )
    expect(all).toEqual([[String((await rowsOf('runs')).length), 'chr2']])
    await done('convert', 'maps', '-o', 'by-net', '--model-column', 'net', '--partition-by', 'net')
    const nets = await query(
      `select net, count(*)::int n from read_parquet('${at('by-net/**/*.parquet')}', hive_partitioning = true) group by net order by net`,
    )
    expect(nets.length).toBeGreaterThan(1)
    await done('convert', 'maps', '-o', 'nets.parquet', '--model-column', 'net')
    expect(nets).toEqual(
      await query(`select net, count(*)::int n from '${at('nets.parquet')}' group by net order by net`),
    )
    const wrong = await run(['transform', 'maps', '--stages', 'runs', '-o', 'wrong', '--partition-by', 'net'])
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--partition-by net is not a column of runs, expected one of id, start',
      ),
    })
  })

  it('takes what comes down pipes, each as a part of a name', async () => {
    const bytes = readFileSync(at('piped.arrows'))
    const args = (part: string) => ['transform', '-', '--stages', 'runs', '-o', 'pipes', '--part', part]
    for (const part of ['b', 'a', 'b']) {
      const { code, stderr } = await run(args(part), bytes)
      expect(code, stderr).toBe(0)
    }
    expect(filesOf('pipes')).toEqual(['runs/part-a.parquet', 'runs/part-b.parquet'])
    const [a, b] = filesOf('pipes').map(file => readFileSync(at(`pipes/${file}`)))
    expect(a.equals(b)).toBe(true)
    const manifest = JSON.parse(readFileSync(at('pipes/manifest.json'), 'utf8'))
    expect(manifest.outputs.runs.parts.map(({ path }: { path: string }) => path)).toEqual(filesOf('pipes'))
    const cut = await run(args('c'), bytes.subarray(0, bytes.length >> 1))
    expect(cut.code).toBe(65)
    const left = readdirSync(at('pipes'), { recursive: true, encoding: 'utf8' })
    expect(left.filter(name => name.includes('part-c') || name.includes('.tmp'))).toEqual([])
    const files = await run(['transform', 'maps', '--stages', 'runs', '-o', 'pipes'])
    expect(files).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('holds other rows: inputs is null'),
    })
  })

  it('has rows and sums of one pass', async () => {
    const path = at('both.mjs')
    writeFileSync(
      path,
      `import { correct, fold, listRuns, pipe, pipeline, rows, RUN_TABLE, selectRuns, sums } from 'attrstream'
       const seen = { name: 'seen', params: null, connect: next => record => { process.stderr.write('.'); next(record) } }
       const runs = pipe(correct(), selectRuns(), listRuns())
       export default pipeline({ description: 'both', outputs: () => ({
         runs: rows(pipe(seen, runs), RUN_TABLE),
         total: fold(pipe(runs, sums('magnitude'))),
       }) })`,
    )
    const { code, stderr } = await run(['run', path, 'maps', '--model', 'all', '--out', 'both'])
    expect(code, stderr).toBe(0)
    expect(stderr.match(/\./g)?.length).toBeLessThan(130) // each record once
    const { models } = JSON.parse(readFileSync(at('both/results.json'), 'utf8'))
    expect(models).toMatchObject([{ model: 'all', records: 120 }])
    const [[sum]] = (await rowsOf('both', 'sum(magnitude)')) as [[number]]
    expect(models[0].outputs.total.magnitude).toBeCloseTo(sum, 9)
    await done('fold', '--pipeline', path, 'maps', '--model', 'all', '--state', 'both.state')
    await done('merge', 'both.state', '--out', 'both.json')
    expect(JSON.parse(readFileSync(at('both.json'), 'utf8')).models).toEqual(models)
    await done('run', path, 'maps', '--out', 'each')
    const each = JSON.parse(readFileSync(at('each/results.json'), 'utf8')).models
    expect(each.map(({ model, records }: { model: string; records: number }) => [model, records])).toEqual(
      Array.from({ length: FILES }, (_, i) => [String(i), 20]),
    )
  })

  it.each([
    [
      ['convert', 'maps', '-o', 'maps/0.arrow/sub'],
      /cannot be made: maps\/0\.arrow is a file, expected a folder; give another folder/,
      75,
    ],
    [
      ['run', 'run-composition', 'maps', '--out', 'maps/0.arrow/sub'],
      /cannot be made: maps\/0\.arrow is a file, expected a folder; give another folder/,
      75,
    ],
    [['convert', 'maps', '-o', 'out/', '--checkpoint', 'c'], /a folder of parts needs no checkpoint/, 2],
    [
      ['convert', 'maps', '-o', 'out.parquet', '--shard', '0/2'],
      /--shard applies to a folder of parts; give a folder/,
      2,
    ],
    [['convert', 'maps', '-o', 'out', '--shard', '2/2'], /--shard is 2\/2, expected i\/n with 0 <= i < n/, 2],
    [
      ['plan', '--pipeline', 'attributed-runs', 'maps', '--out', 'p.json'],
      /rows alone, which need no plan/,
      2,
    ],
    [['fold', '--pipeline', 'attributed-runs', 'maps', '--state', 's'], /rows alone, which have no state/, 2],
    [
      ['run', 'run-composition', 'maps', '--part', 'a'],
      /--part applies to rows, and the pipeline has none; use fold for sums/,
      2,
    ],
    [
      ['run', 'branches', 'maps', '--out', 'rows.parquet'],
      /outputs of rows and of sums; give a folder for both/,
      2,
    ],
  ])('refuses %s', async (args, said, code) => {
    const refused = await run(args)
    expect(refused.stderr).toMatch(said)
    expect(refused.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(refused.code).toBe(code)
  })
})
