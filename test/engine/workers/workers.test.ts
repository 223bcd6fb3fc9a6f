import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LocalWorker, type PassRecipe, type Task } from '../../../src/engine/workers/local-worker.js'
import { WorkerPool } from '../../../src/engine/workers/pool.js'
import { ThreadWorker } from '../../../src/engine/workers/thread-worker.js'
import { compiled } from '../../support/dist.js'
import { makeRecords, writeDump } from '../../support/dumps.js'

const folder = mkdtempSync(join(tmpdir(), 'attrstream-workers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'maps.arrow')
const task: Task = { input: { path: file, idPrefix: '' }, batches: { start: 2, end: 5 } }

/** A worker script that does as told, in a file. */
function script(name: string, code: string): URL {
  const path = join(folder, `${name}.mjs`)
  writeFileSync(path, `import { parentPort } from 'node:worker_threads'\n${code}`)
  return pathToFileURL(path)
}

/** A pass whose accumulator counts records and throws at one id. */
function recipe(key = 'count'): PassRecipe {
  const records = new URL('../../../src/sources/records/records.ts', import.meta.url).href
  const open = new URL('../../../src/sources/open.ts', import.meta.url).href
  const path = join(folder, 'pass.mjs')
  writeFileSync(
    path,
    `export async function makePass(spec) {
      const { attributionRecords } = await import(${JSON.stringify(records)})
      const { openColumns } = await import(${JSON.stringify(open)})
      return {
        accumulator: {
          name: 'count', params: null,
          empty: () => ({ records: 0 }),
          add(state, record) {
            if (record.id === spec.poison) throw new Error('poisoned')
            state.records++
          },
          merge(into, from) { into.records += from.records },
          result: state => state.records,
          save: state => ({ records: Float64Array.of(state.records) }),
          load: arrays => ({ records: arrays.records[0] }),
        },
        open: async path => attributionRecords(await openColumns(path), {}),
      }
    }`,
  )
  return { key, module: pathToFileURL(path).href, spec: { poison: `chr1:${20 * 44}` } }
}

beforeAll(() => writeDump(file, makeRecords(60, 20), { rows: 10 }))

const whole = (start: number, end: number): Task => ({ input: task.input, batches: { start, end } })

it('hands over what was folded since the last time, with the batches it is of', async () => {
  const worker = new LocalWorker()
  const seen: number[] = []
  await worker.run(recipe(), whole(0, 2), done => seen.push(done.records))
  expect(seen).toEqual([10, 10])
  const first = await worker.flush(recipe())
  expect(first.state).toEqual({ records: 20 })
  expect(first.covered.get(file)).toEqual([0, 1])
  const second = await worker.flush(recipe())
  expect(second.state).toEqual({ records: 0 })
  expect(second.covered.size).toBe(0)
  await worker.close()
})

it('forgets what it folded since the last time where a record of a batch fails', async () => {
  const worker = new LocalWorker()
  await expect(worker.run(recipe(), whole(3, 6), () => {})).rejects.toThrow('poisoned')
  const { state, covered, records } = await worker.flush(recipe())
  expect(state).toEqual({ records: 0 })
  expect(covered.size).toBe(0)
  expect(records).toBe(0)
  await worker.close()
})

it('ends a task after the batch it is at once it is stopped', async () => {
  const worker = new LocalWorker()
  let batches = 0
  await worker.run(recipe(), whole(0, 4), () => {
    if (++batches === 2) worker.stop()
  })
  expect(batches).toBe(2)
  await worker.run(recipe(), whole(0, 4), () => batches++)
  expect(batches).toBe(2)
  await worker.close()
})

it('shares its workers among as many as ask, one each at a time', async () => {
  const pool = new WorkerPool(1)
  let busy = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 5 }, () =>
      pool.use(async worker => {
        most = Math.max(most, ++busy)
        await worker.run(recipe(), whole(0, 1), () => {})
        busy--
      }),
    ),
  )
  expect(most).toBe(1)
  await pool.close()
})

it('gives a worker back where its work fails', async () => {
  const pool = new WorkerPool(1)
  await expect(pool.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(pool.use(() => Promise.resolve('yes'))).resolves.toBe('yes')
  await pool.close()
})

it.each([
  ['exits', `parentPort.on('message', () => process.exit(3))`, /exit code 3/],
  ['throws', `parentPort.on('message', () => { throw new Error('out of luck') })`, /out of luck/],
  ['never starts', `throw new Error('broken from the start')`, /broken from the start/],
  [
    'runs out of memory',
    `parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) })`,
    /memory/,
  ],
])('a worker that %s is an error that names its range, not a hang', async (name, code, why) => {
  const worker = new ThreadWorker({ script: script(name, code), limits: { maxOldGenerationSizeMb: 64 } })
  const run = worker.run(recipe(), task, () => {})
  await expect(run).rejects.toMatchObject({ code: 'worker', message: expect.stringMatching(why) })
  await expect(run).rejects.toThrow(/maps\.arrow batches 2 to 4/)
  await expect(worker.flush(recipe())).rejects.toMatchObject({ code: 'worker' })
  await worker.close()
})

it('goes on without workers that are not up yet, and takes them in once they are', async () => {
  const { WorkerPool: Pool, LocalWorker: Local } = await compiled()
  const pool = new Pool(3)
  await pool.use(async worker => expect(worker).toBeInstanceOf(Local))
  await pool.allStarted()
  const workers = await Promise.all([1, 2, 3].map(() => pool.use(worker => Promise.resolve(worker))))
  expect(new Set(workers).size).toBe(3)
  await pool.close()
})

it('closes while its workers start', async () => {
  const { WorkerPool: Pool } = await compiled()
  const pool = new Pool(3)
  await pool.close()
  await pool.allStarted()
})

it('errors of a worker arrive with their code and place', async () => {
  const parts = await compiled()
  const worker = new parts.ThreadWorker()
  const missing: Task = {
    input: { path: join(folder, 'gone.arrow'), idPrefix: '' },
    batches: { start: 0, end: 1 },
  }
  const { metricOptions, statisticsOptions } = parts
  const statistics = statisticsOptions({ metrics: metricOptions(), records: {} })
  const spec = { kind: 'statistics', statistics, records: {}, ids: 'column', cuts: null }
  const pass = parts.passRecipe('test', spec as never)
  await expect(worker.run(pass, missing, () => {})).rejects.toMatchObject({
    code: 'not-found',
    where: { file: missing.input.path },
  })
  await worker.run(pass, task, () => {})
  const flushed = await worker.flush(pass)
  expect(flushed.records).toBe(30)
  expect(flushed.covered.get(file)).toEqual([2, 3, 4])
  await worker.close()
})
