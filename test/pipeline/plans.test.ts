import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { cli, startCli, temporaryFolder } from '../support/cli.js'
import { between, type DumpRecord, makeRecords, randomFrom, shuffled, writeDump } from '../support/dumps.js'
import { times } from '../support/thorough.js'

// However a pipeline is run, its results are the same bytes. `ATTRSTREAM_PLANS=40` and `ATTRSTREAM_KILLS=20` try more.

const PLANS = Number(process.env['ATTRSTREAM_PLANS'] ?? times(1, 8))
const KILLS = Number(process.env['ATTRSTREAM_KILLS'] ?? times(1, 6))
const folder = temporaryFolder()
const records = makeRecords(240, 120, 5)

const MINE = join(folder, 'mine.mjs')
writeFileSync(
  MINE,
  `import { correct, countsBy, distinct, fold, histogram, minMax, moments, pipe, pipeline, sample, sums, together, topK, withErrors } from 'attrstream'
   const magnitude = { name: 'magnitude', params: null, connect: next => ({ record, totals }) =>
     next({ id: record.id, idHash: record.idHash, idCheck: record.idCheck, value: totals.magnitude / 3 }) }
   const value = record => record.value
   export default pipeline({
     description: 'all accumulators at once',
     options: { bins: { describe: 'bins', default: 4 } },
     outputs: ({ bins }) => ({
       all: fold(pipe(correct(), magnitude, together({
         counts: countsBy(({ id }) => id.slice(0, 2)),
         distinct: distinct(({ id }) => id),
         histogram: histogram({ low: 0, high: 90, bins }, value),
         range: minMax(value),
         moments: moments(value),
         sample: sample(5, ({ id }) => id),
         sums: sums('value'),
         top: topK(3, value, ({ id, value }) => ({ id, value })),
         errors: withErrors(moments(value), ({ mean, variance }) => ({ mean, sd: Math.sqrt(variance) })),
       }))),
     }),
   })`,
)

const FOLDS = [
  'kmer-consistency',
  'angular-consistency',
  'consistency',
  'run-composition',
  'position-profile',
]
const PIPELINES = [...FOLDS, 'run-kmers', MINE]

function write(name: string, part: readonly DumpRecord[], rows: number): string {
  const path = join(folder, name)
  writeDump(path, part, { rows })
  return path
}

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await cli(args)
  expect({ code, args, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, args, stderr: '' })
}

async function resultOf(out: string): Promise<string> {
  return readFileSync(join(folder, out, 'results.json'), 'utf8')
}

const whole = write('whole.arrow', records, 64)

it.each(PIPELINES)('%s gives the same bytes by any plan', async pipeline => {
  const random = randomFrom(pipeline.length)
  await done('run', pipeline, whole, '--model', 'model', '--out', join(folder, 'one'))
  const expected = await resultOf('one')
  for (let plan = 0; plan < PLANS; plan++) {
    const mixed = shuffled(random, records)
    const cut = between(random, 40, 200)
    const rows = between(random, 5, 70)
    const files = [write('a.parquet', mixed.slice(0, cut), rows), write('b.arrow', mixed.slice(cut), rows)]
    const workers = String(between(random, 1, 2))
    await done(
      'run',
      pipeline,
      ...files,
      '--model',
      'model',
      '--workers',
      workers,
      '--out',
      join(folder, 'w'),
    )
    expect(await resultOf('w')).toBe(expected)

    const shards = between(random, 2, 4)
    const planFile = join(folder, 'plan.json')
    await done('plan', '--pipeline', pipeline, ...files, '--shards', String(shards), '--out', planFile)
    const states = Array.from({ length: shards }, (_, i) => join(folder, `shard-${i}.state`))
    for (const state of states) rmSync(state, { force: true })
    for (const i of shuffled(random, [...states.keys()])) {
      await done('shard', '--plan', planFile, '--shard', `${i}/${shards}`, '--state', states[i])
    }
    await done('merge', '--plan', planFile, ...shuffled(random, states), '--out', join(folder, 's'))
    expect(await resultOf('s')).toBe(expected)

    const parts: string[] = []
    for (const [i, file] of files.entries()) {
      parts.push(join(folder, `part-${i}.state`))
      await done('fold', file, '--pipeline', pipeline, '--part', String(i), '--state', parts[i])
    }
    await done('merge', ...shuffled(random, parts), '--out', join(folder, 'm'), '--expect-records', '240')
    expect(await resultOf('m')).toBe(expected)
  }
})

it('scores of parts are those of all records at once', async () => {
  const [a, b] = [
    write('score-a.arrow', records.slice(0, 90), 40),
    write('score-b.arrow', records.slice(90), 40),
  ]
  await done('score', whole, '--model', 'model', '--out', join(folder, 'scores-one'))
  await done('fold', b, '--part', 'b', '--state', join(folder, 'b.state'))
  await done('fold', a, '--part', 'a', '--state', join(folder, 'a.state'))
  await done('merge', join(folder, 'b.state'), join(folder, 'a.state'), '--out', join(folder, 'scores-parts'))
  const models = (out: string) => JSON.parse(readFileSync(join(folder, out, 'scores.json'), 'utf8')).models
  expect(models('scores-parts')).toEqual(models('scores-one'))
  const twice = await cli(['merge', join(folder, 'a.state'), join(folder, 'a.state')])
  expect(twice).toMatchObject({ code: 4, stderr: expect.stringContaining('holds part a, counted') })
  await done('fold', a, '--part', 'c', '--state', join(folder, 'c.state'))
  const again = await cli(['merge', join(folder, 'a.state'), join(folder, 'c.state')])
  expect(again).toMatchObject({ code: 4, stderr: expect.stringContaining('leave one of them out') })
  const lacking = await cli(['merge', join(folder, 'a.state'), '--expect-parts', '2'])
  expect(lacking).toMatchObject({ code: 3, stderr: expect.stringContaining('1 parts, expected 2') })
})

it('check names the law that an accumulator breaks', async () => {
  const path = join(folder, 'broken.mjs')
  writeFileSync(
    path,
    `import { fold, pipeline } from 'attrstream'
     export default pipeline({ description: '', outputs: () => ({ mean: fold({
       name: 'mean', params: null,
       empty: () => ({ sum: 0 }),
       add(state, record) { state.sum += record.attribution[40] / 3 },
       merge(into, from) { into.sum += from.sum },
       result: ({ sum }) => sum,
       save: ({ sum }) => ({ sum: Float64Array.of(sum) }),
       load: ({ sum: [sum] }) => ({ sum }),
     }) }) })`,
  )
  const { code, stderr } = await cli(['check', path, whole])
  expect(stderr).toMatch(
    /broken\.mjs: output mean: accumulator mean breaks a law: any split, order and merge tree/,
  )
  expect(code).toBe(2)
})

/** Names and digests of all files of a folder but the hidden ones. */
function contentOf(path: string): string[] {
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
  return names
    .filter(entry => entry.isFile() && !entry.parentPath.includes('.attrstream'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
    .map(
      file => `${file.slice(path.length)} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
    )
}

it('a dataset that is killed and resumed, or written in shards, is the same', {
  timeout: 600_000,
}, async () => {
  mkdirSync(join(folder, 'many'))
  for (let i = 0; i < 12; i++) {
    write(`many/${String(i).padStart(2, '0')}.arrow`, records.slice(20 * i, 20 * i + 20), 10)
  }
  const args = (out: string) => [
    'run',
    'attributed-runs',
    join(folder, 'many'),
    '--out',
    join(folder, out),
    '--quiet',
  ]
  const started = Date.now()
  await done(...args('rows'))
  const took = Date.now() - started
  const expected = contentOf(join(folder, 'rows'))
  expect(expected).toHaveLength(13)
  const random = randomFrom(3)
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, ended } = startCli(args(`killed-${kill}`))
    await setTimeout(took * (0.4 + 0.6 * random()))
    child.kill('SIGKILL')
    await ended
    await done(...args(`killed-${kill}`))
    expect(contentOf(join(folder, `killed-${kill}`)).filter(line => !line.includes('.tmp'))).toEqual(expected)
  }
  for (const shard of ['1/3', '0/3', '2/3']) await done(...args('shards'), '--shard', shard)
  expect(contentOf(join(folder, 'shards'))).toEqual(expected)
  const other = await cli([...args('shards'), '--q', '0.5'])
  expect(other).toMatchObject({ code: 78, stderr: expect.stringContaining('options.q is 0.9, expected 0.5') })
})
