import { hostname } from 'node:os'
import { join } from 'node:path'
import { DataError } from '../../core/errors.js'
import { type Checkpoint, withoutStamp } from '../../engine/checkpoints/checkpoint.js'
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { type Plan, loadPlan, rootOf, shortId } from '../../engine/plan.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { linkTarget, previousOf, removeFile } from '../../io/atomic-file.js'
import { preparationFor } from '../../scoring/pass.js'
import type { PassKind } from '../../scoring/shard-plan.js'
import { jobOf } from '../../pipeline/plan-pipeline.js'
import { assertOfPlan, assertCompleteRadii, coveredBatches, coversShard } from '../../scoring/shard-states.js'
import { foldShard, shardBytes, shardPaths } from '../../scoring/shard.js'
import type { SignalPolicy } from '../job/job.js'
import { workersFor } from '../flags/run-flags.js'
import type { ShardOptions } from '../flags/shard-flags.js'
import { VERIFYING } from '../output/score-events.js'
import type { StopSignal } from '../job/signals.js'
import type { Monitor } from '../job/monitor.js'

/**
 * Folds one shard of a plan into a state file; returns the signal that stopped it, where one did. A state that is whole
 * already is left as it is, so that running a shard twice, or twice at once, does no harm; a checkpoint that cannot be used
 * is no reason to fail, only to start over.
 */
export async function scoreShard(
  options: ShardOptions,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const plan = await loadPlan(options.plan)
  const index = shardNumber(options.shard, plan)
  const kind = options.pass ?? 'statistics'
  const id = shortId(plan.id)
  const { population: model, shards } = plan
  await monitor.setContext(
    { plan: id, model, shard: index, shards, pass: kind },
    () => `${new Date().toISOString()} ${hostname()} plan ${id} shard ${index}/${shards}: `,
  )
  const radii = options.radii === undefined ? undefined : await completeRadii(plan, options.radii)
  const checkpoint =
    options.checkpointDir === undefined
      ? `${options.state}.checkpoint`
      : join(options.checkpointDir, `${id}-${kind}-${index}.checkpoint`)
  const note = (text: string) => monitor.report('note', text)

  if (!options.restart && (await isDone(plan, kind, radii, index, options.state, note))) {
    await removeFile(checkpoint)
    monitor.report('done', `${options.state} is already complete`, { records: 0 })
    return undefined
  }
  const restart = options.restart || !(await isUsable(plan, kind, radii, index, checkpoint, note))
  const root = rootOf(options.plan, plan, options.root)
  const paths = shardPaths(plan, index, root)
  const pool = new WorkerPool(await workersFor(options.workers, paths), {
    preparation: preparationFor(paths[0]),
  })
  stop.finishFirst(() => pool.stop())
  try {
    monitor.report('begin', 'begins')
    monitor.expect(shardBytes(plan, index))
    const folded = await foldShard(pool, plan, {
      root,
      index,
      job: jobOf(plan),
      kind,
      radii,
      max: options.max,
      memoryLimit: options.memoryLimit,
      checkpoint: { path: checkpoint, every: options.every, restart },
      report: {
        resumed: (records, batches) =>
          monitor.report('resumed', `resumed from ${records} records (${batches} batches) of ${checkpoint}`, {
            records,
            batches,
          }),
        verifying: bytes => {
          monitor.expect(bytes)
          monitor.report('note', VERIFYING, { bytes })
        },
        progress: ({ records, bytes }) => monitor.advance(records, bytes),
        saved: (path, records) =>
          monitor.report('saved', `saved after ${records} records`, { path, records }),
        saveFailed: error => monitor.report('save-failed', `checkpoint not saved: ${error.message}`),
      },
    })
    if (!folded.complete) {
      const { signal } = stop
      monitor.report('stopped', `stopped by ${signal}; run the shard again to resume from ${checkpoint}`, {
        signal,
      })
      return signal
    }
    const { inputs } = folded.checkpoint
    const state = { ...folded.checkpoint, inputs: inputs.map(withoutStamp) }
    await saveCheckpoint(options.state, state, { keepPrevious: false })
    await removeFile(checkpoint)
    await removeFile(previousOf(await linkTarget(checkpoint)))
    const batches = coveredBatches(folded.checkpoint)
    monitor.report('done', `done: ${folded.checkpoint.records} records in ${batches} batches`, {
      ...monitor.progress(),
      records: folded.checkpoint.records,
      batches,
    })
    return undefined
  } finally {
    await pool.close().catch(() => {})
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
      `--shard is ${text}, expected i/${plan.shards} with 0 <= i < ${plan.shards}, as in the plan`,
    )
  }
  return index
}

/** The radii state in a file, which must cover all of the plan. Errors: `not-found`, `missing`, `mismatch`, `damaged`. */
export async function completeRadii(plan: Plan, file: string): Promise<Checkpoint> {
  const radii = await loadCheckpoint(file)
  if (radii === undefined) throw new DataError('not-found', 'no such state; check the path', { file })
  await assertCompleteRadii(plan, radii, file)
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
  await assertOfPlan(plan, kind, radii, state, file, jobOf(plan))
  if (state.shard !== null) assertShard(state.shard.index, index, file)
  return coversShard(plan, index, state)
}

function assertShard(found: number | undefined, expected: number, file: string): void {
  if (found === expected) return
  const what = `is of ${found === undefined ? 'merged shards' : `shard ${found}`}, expected shard ${expected}`
  throw new DataError('mismatch', `${what}; give another file`, { file })
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
    await assertOfPlan(plan, kind, radii, found, file, jobOf(plan))
    assertShard(found.shard?.index, index, file)
    return true
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    log(`${error.message}; starting over`)
    return false
  }
}
