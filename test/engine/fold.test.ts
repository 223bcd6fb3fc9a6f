import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadCheckpoint } from '../../src/engine/checkpoints/checkpoint-file.js'
import { foldPopulation } from '../../src/engine/fold.js'
import type { Folded, FoldReport, PopulationFold } from '../../src/engine/fold-options.js'
import type { PassRecipe } from '../../src/engine/workers/local-worker.js'
import { WorkerPool } from '../../src/engine/workers/pool.js'
import { metricOptions } from '../../src/metrics/options.js'
import { type PassSpec, passRecipe } from '../../src/scoring/pass.js'
import { openPopulation } from '../../src/scoring/population.js'
import { statisticsOptions } from '../../src/scoring/score-options.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = mkdtempSync(join(tmpdir(), 'attrstream-fold-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const records = makeRecords(60, 40)
const paths = ['a.arrow', 'b.arrow'].map(name => join(folder, name))
let recipe: PassRecipe
let fold: PopulationFold
let pool: WorkerPool

beforeAll(async () => {
  writeDump(paths[0], records.slice(0, 35), { rows: 5 })
  writeDump(paths[1], records.slice(35), { rows: 5 })
  const { inputs } = await openPopulation({ model: 'net', paths }, {})
  const statistics = statisticsOptions({ metrics: metricOptions({ kmer: { k: 3 } }), records: {} })
  const spec: PassSpec = { kind: 'statistics', statistics, records: {}, ids: 'column', cuts: null }
  recipe = passRecipe('test', spec)
  fold = { recipe, population: 'net', inputs, version: 'test', report: {} }
})

afterEach(() => pool.close())

/** Folds in a pool of its own, stopped after so many batches. */
function run(changes: Partial<PopulationFold>, stopAfter = Number.POSITIVE_INFINITY): Promise<Folded> {
  pool = new WorkerPool(1)
  let left = stopAfter
  const report: FoldReport = {
    ...changes.report,
    progress: done => {
      changes.report?.progress?.(done)
      if (--left === 0) pool.stop()
    },
  }
  return foldPopulation(pool, { ...fold, ...changes, report })
}

function at(name: string) {
  return { path: join(folder, name), every: { seconds: 1000 }, restart: false }
}

it('covers all of every input', async () => {
  let seen = 0
  const { complete, checkpoint, unsaved } = await run({
    report: { progress: done => (seen += done.records) },
  })
  expect(complete).toBe(true)
  expect(unsaved).toBeUndefined()
  expect(seen).toBe(60)
  expect(checkpoint.records).toBe(60)
  expect(checkpoint.inputs.map(({ covered }) => covered)).toEqual([
    [{ start: 0, end: 7 }],
    [{ start: 0, end: 5 }],
  ])
})

it('is not complete where it was stopped, and goes on from what it saved, to the same state', async () => {
  const whole = await run({})
  const first = await run({ checkpoint: at('stop.state') }, 3)
  expect(first.complete).toBe(false)
  expect(first.checkpoint.records).toBe(15)
  const resumed: number[] = []
  const again = { resumed: (count: number, batches: number) => resumed.push(count, batches) }
  expect((await run({ checkpoint: at('stop.state'), report: again }, 6)).complete).toBe(false)
  const last = await run({ checkpoint: at('stop.state'), report: again })
  expect(resumed).toEqual([15, 3, 45, 9])
  expect(last.complete).toBe(true)
  expect(isDeepStrictEqual(last.checkpoint.arrays, whole.checkpoint.arrays)).toBe(true)
  expect(last.checkpoint.inputs).toEqual(whole.checkpoint.inputs)
})

it('covers only the part of a shard', async () => {
  const part = new Map([['a.arrow', [{ start: 2, end: 4 }]]])
  const { complete, checkpoint } = await run({ shard: { plan: 'p', index: 1, of: 3, part } })
  expect(complete).toBe(true)
  expect(checkpoint).toMatchObject({ plan: 'p', shard: { index: 1, of: 3 }, records: 10 })
})

it('does nothing where nothing is missing, and leaves the file alone', async () => {
  await run({ checkpoint: at('done.state') })
  const before = readFileSync(join(folder, 'done.state'))
  let batches = 0
  await run({ checkpoint: at('done.state'), report: { progress: () => batches++ } })
  expect(batches).toBe(0)
  expect(readFileSync(join(folder, 'done.state')).equals(before)).toBe(true)
  expect(readdirSync(folder)).not.toContain('done.state.previous')
})

it('begins anew where it is told to', async () => {
  await run({ checkpoint: at('anew.state') }, 2)
  let batches = 0
  const checkpoint = { ...at('anew.state'), restart: true }
  await run({ checkpoint, report: { progress: () => batches++ } })
  expect(batches).toBe(12)
})

it('reports what cannot be saved, goes on, and says so at the end', async () => {
  const failures: string[] = []
  const { complete, unsaved } = await run({
    checkpoint: at('nowhere/x.state'),
    report: { saveFailed: error => failures.push(error.code) },
  })
  expect(complete).toBe(true)
  expect(unsaved?.code).toBe('io')
  expect(failures).toEqual(['io'])
})

it('saves what was folded before an error, and nothing of the batch that failed', async () => {
  const spoilt = records.map((record, i) =>
    i === 18 ? { ...record, attributions: Float32Array.from(record.attributions).fill(Number.NaN) } : record,
  )
  const path = join(folder, 'bad.arrow')
  writeDump(path, spoilt, { rows: 5 })
  const { inputs } = await openPopulation({ model: 'net', paths: [path] }, {})
  await expect(run({ inputs, checkpoint: at('bad.state') })).rejects.toMatchObject({
    code: 'record',
    where: { file: path, batch: 3, row: 18 },
  })
  const saved = await loadCheckpoint(join(folder, 'bad.state'))
  const keys = saved?.arrays['ids/keys'].length ?? 0
  expect(keys).toBe(saved?.records ?? 0)
})

it('refuses inputs that are gone or changed, and takes them under another name where it may', async () => {
  await run({ checkpoint: at('names.state') })
  const [a, b] = fold.inputs
  const below = [{ ...a, name: 'x/a.arrow' }, b]
  await expect(run({ checkpoint: at('names.state'), inputs: below })).rejects.toMatchObject({
    code: 'mismatch',
    message: expect.stringMatching(/covers a\.arrow, which is no longer among the inputs/),
  })
  const moved = await run({ checkpoint: at('names.state'), inputs: below, renamable: true })
  expect(moved.checkpoint.records).toBe(60)
  expect(moved.checkpoint.inputs[0].name).toBe('x/a.arrow')
  const changed = [{ ...a, fingerprint: 'other' }, b]
  await expect(run({ checkpoint: at('names.state'), inputs: changed, renamable: true })).rejects.toThrow(
    /a\.arrow has changed since: fingerprint other in 7 batches, expected [0-9a-f]{64} in 7/,
  )
})

it('keeps the last good checkpoint where the file has become something else', async () => {
  const checkpoint = at('else.state')
  writeFileSync(checkpoint.path, 'notes')
  await expect(run({ checkpoint })).rejects.toMatchObject({ code: 'format' })
  expect(readFileSync(checkpoint.path, 'utf8')).toBe('notes')
})

describe('finishing', () => {
  beforeAll(() => {
    const options = { metrics: metricOptions({ kmer: { k: 3 } }), records: {} }
    const spec = recipe.spec as unknown as PassSpec
    recipe = passRecipe('test', { ...spec, scores: { model: 'net', options } })
    fold = { ...fold, recipe, finish: true }
  })

  it('is done by the worker that has all of the data', async () => {
    const { complete, checkpoint, finished } = await run({})
    expect(finished).toMatchObject({ scores: [{ model: 'net', records: 60 }], failed: [] })
    expect(complete).toBe(true)
    expect(checkpoint.records).toBe(60)
  })

  it('is left to who asks where the state is to be saved, or not all of the data is covered', async () => {
    expect((await run({ checkpoint: at('finish.state') })).finished).toBeUndefined()
    expect((await run({}, 3)).finished).toBeUndefined()
  })
})
