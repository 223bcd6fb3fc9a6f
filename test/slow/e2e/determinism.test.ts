import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint } from '../../../src/engine/checkpoints/checkpoint.js'
import type { Convention } from '../../../src/metrics/options.js'
import type { ScoreOptions } from '../../../src/scoring/score-options.js'
import type { ModelScore } from '../../../src/metrics/model-score.js'
import { cli, digestOf, digestOfFile, pause, startCli, temporaryFolder } from '../../support/cli.js'
import { compiled } from '../../support/dist.js'
import { between, makeRecords, randomFrom, shuffled, writeDump } from '../../support/dumps.js'

// The same records, however they are cut into files, batches and row groups, shared out and put together, and whenever a
// run is interrupted, give the same scores.json to the last byte, its provenance apart.

const folder = temporaryFolder()
const records = makeRecords(200, 120)
const MODEL = 'net'

type Parts = Awaited<ReturnType<typeof compiled>>
let parts: Parts

/** One way to score. */
interface Way {
  readonly convention: Convention
  readonly byModel: boolean
  readonly swept: boolean
}

const CASES: readonly (Way & { plans: number; processes: number })[] = [
  { convention: 'paper', byModel: false, swept: false, plans: 10, processes: 3 },
  { convention: 'acme-atac', byModel: false, swept: false, plans: 8, processes: 3 },
  { convention: 'paper', byModel: false, swept: true, plans: 6, processes: 1 },
  { convention: 'acme-atac', byModel: false, swept: true, plans: 6, processes: 1 },
  { convention: 'paper', byModel: true, swept: false, plans: 5, processes: 1 },
  { convention: 'acme-atac', byModel: true, swept: true, plans: 5, processes: 1 },
]

/** Values of a sweep. */
const SWEEP = { k: [4, 5], window: [1, 3] }

function optionsOf({ convention, byModel, swept }: Way): ScoreOptions {
  const metrics = parts.metricOptions({ convention })
  return {
    metrics,
    records: { columns: byModel ? { model: 'net' } : {} },
    sweep: swept ? parts.sweepOptions(metrics, SWEEP) : undefined,
  }
}

const nameOf = ({ convention, byModel, swept }: Way) => `${convention}-${byModel}-${swept}`

/** The digest of a scores.json of these models. */
function digest(models: readonly ModelScore[]): string {
  const provenance = { version: '', command: [], inputs: [], options: null, wall_seconds: 0 }
  return digestOf(parts.scoresJson({ schema: 'attrstream.scores/3', models, provenance }))
}

/** The records in random order in one to five files of a random format, each cut its own way; the files' paths, shuffled. */
function scatter(random: () => number, name: string): string[] {
  const own = join(folder, name)
  mkdirSync(own)
  const files = between(random, 1, 5)
  const mixed = shuffled(random, records)
  const cuts = [0, ...Array.from({ length: files - 1 }, () => between(random, 1, 199)), 200].toSorted(
    (a, b) => a - b,
  )
  const paths: string[] = []
  for (let i = 0; i < files; i++) {
    const part = mixed.slice(cuts[i], cuts[i + 1])
    if (part.length === 0) continue
    const path = join(own, `part-${i}.${['arrow', 'arrows', 'parquet'][between(random, 0, 2)]}`)
    writeDump(path, part, { rows: between(random, 1, 60) })
    paths.push(path)
  }
  return shuffled(random, paths)
}

/** One, two or three; mostly one, since starting a thread takes longer than these runs. */
function workersOf(random: () => number): number {
  return random() < 0.6 ? 1 : between(random, 2, 3)
}

/** A pool whose workers are up, so that they take part in so short a run. */
async function startedPool(workers: number) {
  const pool = new parts.WorkerPool(workers)
  await pool.allStarted()
  return pool
}

/** Scores over a pool, stopped after a random number of batches again and again, each time in a new pool. */
async function interrupted(random: () => number, paths: string[], options: ScoreOptions, state: string) {
  for (let attempt = 0; ; attempt++) {
    const pool = await startedPool(workersOf(random))
    let left = attempt < 3 && random() < 0.8 ? between(random, 1, 12) : Number.POSITIVE_INFINITY
    const checkpoint = { path: state, every: { records: between(random, 1, 300) }, restart: false }
    const progress = () => {
      if (--left === 0) pool.stop()
    }
    try {
      const { scores } = await parts.scorePopulation(pool, { model: MODEL, paths }, options, {
        checkpoint,
        report: { progress },
        interimMs: random() < 0.3 ? 1 : undefined,
      })
      if (scores !== undefined) return { digest: digest(scores), attempts: attempt + 1 }
    } finally {
      await pool.close()
    }
  }
}

/** Scores one to seven shards and merges their states in a random tree. */
async function sharded(random: () => number, paths: string[], options: ScoreOptions, state: string) {
  const plan = await parts.planPopulation({ model: MODEL, paths }, options, between(random, 1, 7))
  const root = parts.commonFolder(paths)
  let radii: Checkpoint | undefined
  for (const kind of parts.needsRadii(plan)
    ? (['radii', 'statistics'] as const)
    : (['statistics'] as const)) {
    const states: Checkpoint[] = []
    for (const index of shuffled(random, [...Array(plan.shards).keys()])) {
      const pool = await startedPool(workersOf(random))
      const checkpoint = { path: `${state}.${kind}.${index}`, every: { seconds: 30 }, restart: false }
      const run = { root, index, kind, radii, checkpoint, report: {} }
      states.push((await parts.foldShard(pool, plan, run)).checkpoint)
      await pool.close()
    }
    while (states.length > 1) {
      const merger = await parts.Merger.of(plan, kind, radii)
      const take = between(random, 2, states.length)
      for (const one of states.splice(0, take)) await merger.add(one, 'state')
      states.splice(between(random, 0, states.length), 0, merger.checkpoint() as Checkpoint)
    }
    if (kind === 'radii') [radii] = states
    else {
      const last = await parts.Merger.of(plan, kind, radii)
      await last.add(states[0], 'state')
      expect(parts.missingShards(plan, states[0])).toEqual([])
      return digest(last.scores().scores)
    }
  }
  throw new Error('a plan without a scoring pass')
}

/** Scores by the command line, ended by SIGTERM at random moments. */
async function byProcess(
  random: () => number,
  paths: string[],
  { convention, byModel, swept }: Way,
  name: string,
) {
  const out = join(folder, `${name}-out`)
  const options = [...paths, '--model', MODEL, '--convention', convention, '--out', out]
  if (byModel) options.push('--model-column', 'net')
  if (swept) {
    for (const [of, values] of Object.entries(SWEEP)) options.push('--sweep', `${of}=${values.join(',')}`)
  }
  const args = ['score', ...options, '--checkpoint', join(folder, `${name}.state`), '--every', '20r']
  for (let i = 0; i < 2; i++) {
    const { child, ended } = startCli([...args, '--workers', String(between(random, 1, 3))])
    await pause(between(random, 250, 700))
    child.kill('SIGTERM')
    const { code, signal } = await ended
    expect([0, 143, 'SIGTERM']).toContain(code ?? signal)
  }
  const last = await cli([...args, '--workers', String(between(random, 1, 3))])
  expect(
    last.stderr.replace(
      /^attrstream: (resumed from|net: |left: |right: |left and right: |models have |the sweep needs ).*\n/gm,
      '',
    ),
  ).toBe('')
  expect(last.code).toBe(0)
  return digestOfFile(join(out, 'scores.json'))
}

beforeAll(async () => {
  parts = await compiled()
})

it('has at least 40 plans', () => {
  expect(CASES.reduce((sum, { plans, processes }) => sum + plans + processes, 0)).toBeGreaterThanOrEqual(40)
})

describe.each(CASES)(
  '$convention, by model column: $byModel, swept: $swept',
  ({ plans, processes, ...way }) => {
    const { convention, byModel, swept } = way
    let expected: string

    beforeAll(async () => {
      const path = join(folder, `whole-${nameOf(way)}.arrow`)
      writeDump(path, records, { rows: records.length })
      const pool = new parts.WorkerPool(1)
      const { scores = [] } = await parts.scorePopulation(
        pool,
        { model: MODEL, paths: [path] },
        optionsOf(way),
      )
      await pool.close()
      expect(scores.map(({ model }) => model)).toEqual(byModel ? ['left', 'right'] : ['net'])
      for (const { kmer, angular, sweep = [] } of scores) {
        expect(sweep).toHaveLength(swept ? SWEEP.k.length + SWEEP.window.length : 0)
        expect(kmer.kld_nats).toBeGreaterThan(0)
        expect(angular.points).toBeGreaterThan(100)
      }
      expect(scores.reduce((sum, { records }) => sum + records, 0)).toBe(200)
      expected = digest(scores)
    })

    it.each(Array.from({ length: plans }, (_, i) => i))('random plan %i gives the same bytes', async i => {
      const random = randomFrom(1000 * i + 10 * convention.length + 2 * Number(swept) + Number(byModel))
      const name = `${nameOf(way)}-${i}`
      const paths = scatter(random, name)
      const options = optionsOf(way)
      const state = join(folder, `${name}.state`)
      if (i % 2 === 0) expect((await interrupted(random, paths, options, state)).digest).toBe(expected)
      else expect(await sharded(random, paths, options, state)).toBe(expected)
    })

    it.each(Array.from({ length: processes }, (_, i) => i))(
      'process plan %i gives the same bytes',
      async i => {
        const random = randomFrom(7777 * (i + 1) + convention.length + 100 * Number(swept))
        const name = `process-${nameOf(way)}-${i}`
        const paths = scatter(random, name)
        expect(await byProcess(random, paths, way, name)).toBe(expected)
      },
    )
  },
)
