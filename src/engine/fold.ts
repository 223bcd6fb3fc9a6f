import { isInterruption } from '../io/retries.js'
import { DataError } from '../core/errors.js'
import { autosave } from './autosave.js'
import { type Worker, makePass, type Task } from './workers/local-worker.js'
import type { WorkerPool } from './workers/pool.js'
import type { Folded, PopulationFold } from './fold-options.js'
import { checkpointMismatch } from './checkpoints/same-inputs.js'
import { CHANGED, FoldState } from './fold-state.js'
import { bytesOf } from './workers/tasks.js'

/**
 * Folds what a population's checkpoint lacks, saving as it goes, and returns what is then covered with its state.
 *
 * Errors: those of reading, after what was folded is saved; `mismatch`, for a checkpoint of other options or data.
 */
export async function foldPopulation(pool: WorkerPool, fold: PopulationFold): Promise<Folded> {
  const pass = await makePass(fold.recipe)
  const state = new FoldState(fold, pass.accumulator)
  await state.load()
  if (fold.verify !== true && fold.shard === undefined) state.assertUntouched()
  if (state.isDoubted || (fold.verify === true && !state.isEmpty())) await readAgain(pool, fold, state)
  const workers = Math.min(pool.size, fold.workers ?? pool.size)
  const rounds = fold.rounds?.tasks ?? [state.missingTasks(workers)]
  const used = new Set<Worker>()
  let failure: unknown

  async function foldRound(tasks: readonly Task[]): Promise<void> {
    let next = 0
    const running = Array.from({ length: Math.min(workers, tasks.length) }, work)
    await Promise.all(
      running.map(each =>
        each.catch((error: unknown) => {
          if (!(pool.isStopped && isInterruption(error))) failure ??= error
        }),
      ),
    )

    async function work(): Promise<void> {
      while (next < tasks.length && failure === undefined && !pool.isStopped) {
        // A task is taken once there is a worker for it: others may have done them all meanwhile.
        await pool.use(async worker => {
          do {
            const task = tasks[next++]
            if (task === undefined || failure !== undefined || pool.isStopped) return
            used.add(worker)
            await worker.run(fold.recipe, task, done => {
              state.sinceSave += done.records
              fold.report.progress?.(done)
            })
          } while (workers === 1) // another worker would have another state
        })
      }
    }
  }

  const gather = serial(async () => {
    let failed: unknown
    for (const worker of used) {
      try {
        state.take(await worker.flush(fold.recipe))
      } catch (error) {
        failed ??= error
      }
    }
    if (failed !== undefined) throw failed
  })
  const keeper = autosave(state, fold, gather)
  try {
    for (const [i, tasks] of rounds.entries()) {
      await foldRound(tasks)
      if (failure !== undefined || pool.isStopped || i === rounds.length - 1) break
      await gather()
      if (fold.rounds?.enough(state.result()) === true) break
    }
  } finally {
    await keeper.end()
  }
  await (canFinish() ? finish() : gather()).catch((error: unknown) => {
    failure ??= error
  })
  for (const input of fold.inputs) {
    await input.check?.().catch((error: unknown) => {
      failure = error // whatever else went wrong did because of this
      state.forgo()
    })
  }
  await state.save()
  for (const worker of used) {
    await worker.end(fold.recipe).catch((error: unknown) => {
      failure ??= error
    })
  }
  if (failure !== undefined) throw failure
  return state.folded()

  /** Whether all of the data is with one worker, and its state is wanted for nothing else. */
  function canFinish(): boolean {
    const whole = failure === undefined && !pool.isStopped && used.size === 1 && state.isEmpty()
    return whole && fold.finish === true && pass.finish !== undefined && fold.checkpoint === undefined
  }

  async function finish(): Promise<void> {
    for (const worker of used) state.takeFinished(await worker.finish(fold.recipe))
  }
}

/**
 * Folds again what a checkpoint covers, and compares: equal data gives an equal state, to the last bit. Error: `mismatch`, for
 * other data.
 */
async function readAgain(pool: WorkerPool, fold: PopulationFold, state: FoldState): Promise<void> {
  const { recipe, inputs, report } = fold
  const part = state.parts()
  let bytes = 0
  for (const { name, batches = [] } of inputs) bytes += bytesOf(part.get(name) ?? [], batches)
  report.verifying?.(bytes)
  let again: Folded
  try {
    again = await foldPopulation(pool, {
      ...fold,
      recipe: { ...recipe, key: `${recipe.key} again` },
      shard: { plan: '', index: 0, of: 1, part },
      checkpoint: undefined,
      rounds: undefined,
      finish: false,
      interimMs: undefined,
      verify: false,
      report: report.progress === undefined ? {} : { progress: done => report.progress?.(done) },
    })
  } catch (error) {
    // Data that was good once, and is not any more, has changed.
    if (!(error instanceof DataError) || error.code === 'io' || error.code === 'worker') throw error
    throw checkpointMismatch(
      new DataError('mismatch', `${CHANGED} (${error.message})`, {}, error),
      fold.checkpoint?.path ?? '',
    )
  }
  if (again.complete) state.assertSame(again.checkpoint)
}

/** Calls of `work` one after the other, never two at once. */
function serial(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return () => {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }
}
