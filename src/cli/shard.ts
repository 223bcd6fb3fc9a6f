import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoint.js'
import { loadCheckpoint, saveCheckpoint } from '../engine/checkpoint-file.js'
import type { Every } from '../engine/population-fold.js'
import { loadPlan, type Plan, shortId } from '../engine/plan.js'
import { LanePool } from '../engine/pool.js'
import type { MaxBad } from '../scoring/bad-record-policy.js'
import { preparationFor } from '../scoring/pass.js'
import type { PassKind } from '../scoring/shard-plan.js'
import { assertOfPlan, assertWholeRadii, coveredBatches, coversShard } from '../scoring/shard-states.js'
import { foldShard, shardBytes, shardPaths } from '../scoring/shards.js'
import { exitCodeOfError } from './errors.js'
import { rootOf } from './plan-root.js'
import { lanesFor } from './run-flags.js'
import { exitBySignal, exitCodeOfSignal, onStopSignal, type StopSignal } from './signals.js'
import { Watch } from './watch.js'

export interface ShardFlags {
  readonly plan: string
  readonly shard: string
  readonly state: string
  readonly root?: string | undefined
  readonly pass?: PassKind | undefined
  readonly radii?: string | undefined
  readonly checkpointDir?: string | undefined
  readonly every: Every
  readonly max?: MaxBad | undefined
  readonly workers?: number | undefined
  readonly restart: boolean
  readonly memoryLimit?: number | undefined
  readonly metrics?: string | undefined
}

/**
 * Folds one shard of a plan into a state file. A state that is whole already is left as it is, so that running a shard
 * twice, or twice at once, does no harm; a checkpoint that cannot be used is no reason to fail, only to begin anew.
 */
export async function scoreShard(flags: ShardFlags): Promise<void> {
  const plan = await loadPlan(flags.plan)
  const index = shardNumber(flags.shard, plan)
  const kind = flags.pass ?? 'statistics'
  const radii = flags.radii === undefined ? undefined : await wholeRadii(plan, flags.radii)
  const checkpoint =
    flags.checkpointDir === undefined
      ? `${flags.state}.checkpoint`
      : join(flags.checkpointDir, `${shortId(plan.id)}-${kind}-${index}.checkpoint`)
  const { population: model, shards } = plan
  const watch = await Watch.start({
    metrics: flags.metrics,
    bar: false,
    context: { command: 'score', plan: shortId(plan.id), model, shard: index, shards, pass: kind },
    prefix: () =>
      `${new Date().toISOString()} ${hostname()} plan ${shortId(plan.id)} shard ${index}/${shards}: `,
  })
  const log = (text: string) => watch.tell('note', text)

  if (!flags.restart && (await isDone(plan, kind, radii, index, flags.state, log))) {
    await rm(checkpoint, { force: true })
    watch.tell('done', `${flags.state} is whole already`, { records: 0 })
    await watch.end('done', 0)
    return
  }
  const restart = flags.restart || !(await isUsable(plan, kind, radii, index, checkpoint, log))
  const root = rootOf(flags.plan, plan, flags.root)
  const paths = shardPaths(plan, index, root)
  const pool = new LanePool(await lanesFor(flags.workers, paths), preparationFor(paths[0]))
  let signal: StopSignal | undefined
  let stopped: StopSignal | undefined
  const release = onStopSignal(caught => {
    signal = caught
    pool.stop()
  })
  try {
    watch.tell('begin', 'begins')
    watch.expect(shardBytes(plan, index))
    const folded = await foldShard(pool, plan, {
      root,
      index,
      kind,
      radii,
      max: flags.max,
      memoryLimit: flags.memoryLimit,
      checkpoint: { path: checkpoint, every: flags.every, restart },
      report: {
        resumed: (records, batches) =>
          watch.tell('resumed', `goes on from ${records} records (${batches} batches) of ${checkpoint}`, {
            records,
            batches,
          }),
        progress: ({ records, bytes }) => watch.advance(records, bytes),
        saved: (path, records) => watch.tell('saved', `saved after ${records} records`, { path, records }),
        saveFailed: error => watch.tell('save-failed', `checkpoint not saved: ${error.message}`),
      },
    })
    if (!folded.complete) {
      watch.tell('stopped', `stopped by ${signal}; run the shard again to go on from ${checkpoint}`, {
        signal,
      })
      stopped = signal
      if (signal !== undefined) await watch.end('stopped', exitCodeOfSignal(signal))
      return
    }
    await saveCheckpoint(flags.state, folded.checkpoint, { keepPrevious: false })
    await rm(checkpoint, { force: true })
    await rm(`${checkpoint}.previous`, { force: true })
    const batches = coveredBatches(folded.checkpoint)
    watch.tell('done', `done: ${folded.checkpoint.records} records in ${batches} batches`, {
      ...watch.progress(),
      records: folded.checkpoint.records,
      batches,
    })
    await watch.end('done', 0)
  } catch (error) {
    await watch.end('failed', exitCodeOfError(error))
    throw error
  } finally {
    release()
    await pool.close().catch(() => {})
    if (stopped !== undefined) exitBySignal(stopped)
  }
}

/** `i/n` with the plan's n. Errors: `usage`. */
function shardNumber(text: string, plan: Plan): number {
  const found = /^(\d+)\/(\d+)$/.exec(text)
  const index = Number(found?.[1])
  const of = Number(found?.[2])
  if (found === null || of !== plan.shards || index >= of) {
    throw new DataError(
      'usage',
      `--shard is ${text}, expected i/${plan.shards} with 0 <= i < ${plan.shards}, as the plan was made for`,
    )
  }
  return index
}

/** The radii state in a file, which must cover all of the plan. Errors: `not-found`, `missing`, `mismatch`, `damaged`. */
export async function wholeRadii(plan: Plan, file: string): Promise<Checkpoint> {
  const radii = await loadCheckpoint(file)
  if (radii === undefined) throw new DataError('not-found', 'no such state; check the path', { file })
  await assertWholeRadii(plan, radii, file)
  return radii
}

/** Whether the state is there and whole. A damaged one is made again; one of another plan is an error. */
async function isDone(
  plan: Plan,
  kind: PassKind,
  radii: Checkpoint | undefined,
  index: number,
  file: string,
  log: (text: string) => void,
): Promise<boolean> {
  let state: Checkpoint | undefined
  try {
    state = await loadCheckpoint(file)
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'damaged') throw error
    log(`${error.message}; it is made again`)
    return false
  }
  if (state === undefined) return false
  await assertOfPlan(plan, kind, radii, state, file)
  if (state.shard !== null) assertShard(state.shard.index, index, file)
  return coversShard(plan, index, state)
}

function assertShard(found: number | undefined, expected: number, file: string): void {
  if (found === expected) return
  const what = `is of ${found === undefined ? 'merged shards' : `shard ${found}`}, expected shard ${expected}`
  throw new DataError('mismatch', `${what}; name another file`, { file })
}

async function isUsable(
  plan: Plan,
  kind: PassKind,
  radii: Checkpoint | undefined,
  index: number,
  file: string,
  log: (text: string) => void,
): Promise<boolean> {
  try {
    const found = await loadCheckpoint(file)
    if (found === undefined) return true
    await assertOfPlan(plan, kind, radii, found, file)
    assertShard(found.shard?.index, index, file)
    return true
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    log(`${error.message}; begins anew`)
    return false
  }
}
