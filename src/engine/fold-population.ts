import { DataError } from '../core/errors.js'
import type { AnyAccumulator, BatchSize, Json, Range } from '../core/types.js'
import { assertCompatible, type Checkpoint, FORMAT_VERSION } from './checkpoint.js'
import { type Input, type Lane, makePass, type PassRecipe, type Task } from './lane.js'
import type { LanePool } from './pool.js'
import { count, normaliseRanges, subtract, union } from './ranges.js'
import { cutTasks } from './tasks.js'

/** An input whose batches are known; a pipe has neither batches nor a fingerprint. */
export interface OpenedInput extends Input {
  /** What checkpoints and plans call it. */
  readonly name: string
  readonly batches: readonly BatchSize[] | undefined
  readonly fingerprint: string | undefined
}

/** How often a checkpoint is saved: every so many seconds, or records. */
export type Every = { readonly seconds: number } | { readonly records: number }

export interface PopulationFold {
  readonly recipe: PassRecipe
  /** The model's name. */
  readonly population: string
  readonly inputs: readonly OpenedInput[]
  /** Whether an input that is gone may be another of the same file name and content: where no id depends on folders. */
  readonly renamable?: boolean | undefined
  /** The part of each input to cover, by name; all of it where undefined. */
  readonly shard?:
    | { readonly plan: string; readonly index: number; readonly of: number; readonly part: Parts }
    | undefined
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  readonly version: string
  readonly notes?: Json
  readonly report: FoldReport
  /** How often, in ms, to work out a result in between; never where undefined. */
  readonly interimMs?: number | undefined
}

export type Parts = ReadonlyMap<string, readonly Range[]>

/** What a run tells while it goes on. */
export interface FoldReport {
  resumed?(records: number, batches: number): void
  progress?(done: { readonly records: number; readonly bytes: number }): void
  interim?(result: unknown): void
  saved?(path: string, records: number): void
  saveFailed?(error: DataError): void
}

export interface Folded {
  readonly checkpoint: Checkpoint
  /** Whether everything that was to be covered is. */
  readonly complete: boolean
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
}

/**
 * Folds what a population's checkpoint lacks, saving as it goes, and returns what is then covered with its state.
 *
 * Errors: those of reading, after what was folded is saved; `mismatch`, for a checkpoint of other options or data.
 */
export async function foldPopulation(pool: LanePool, fold: PopulationFold): Promise<Folded> {
  const { accumulator } = await makePass(fold.recipe)
  const standing = new Standing(fold, accumulator)
  await standing.load()
  const tasks = standing.missingTasks(pool.size)
  const used = new Set<Lane>()
  let failure: unknown
  let next = 0

  async function work(): Promise<void> {
    while (next < tasks.length && failure === undefined && !pool.isStopped) {
      const task = tasks[next++]
      await pool.use(async lane => {
        used.add(lane)
        await lane.run(fold.recipe, task, done => {
          standing.sinceSave += done.records
          fold.report.progress?.(done)
        })
      })
    }
  }

  const gather = serial(async () => {
    let failed: unknown
    for (const lane of used) {
      try {
        standing.take(await lane.flush(fold.recipe))
      } catch (error) {
        failed ??= error
      }
    }
    if (failed !== undefined) throw failed
  })
  const keeper = keepSaving(standing, fold, gather)
  try {
    const workers = Array.from({ length: Math.min(pool.size, tasks.length) }, work)
    await Promise.all(
      workers.map(worker =>
        worker.catch((error: unknown) => {
          failure ??= error
        }),
      ),
    )
  } finally {
    await keeper.end()
  }
  await gather().catch((error: unknown) => {
    failure ??= error
  })
  await standing.save()
  for (const lane of used) {
    await lane.end(fold.recipe).catch((error: unknown) => {
      failure ??= error
    })
  }
  if (failure !== undefined) throw failure
  return standing.folded()
}

/** Loaded by runs that save only: apache-arrow, which the format is made with, takes 0.2 s to load. */
const checkpointFiles = () => import('./checkpoint-file.js')

/** What is covered so far, and its state. */
class Standing {
  sinceSave = 0
  unsaved: DataError | undefined
  private state: unknown
  private covered = new Map<string, readonly Range[]>()
  private records = 0
  private changed = false

  constructor(
    private readonly fold: PopulationFold,
    private readonly accumulator: AnyAccumulator,
  ) {
    this.state = accumulator.empty()
  }

  async load(): Promise<void> {
    const { checkpoint, report } = this.fold
    if (checkpoint === undefined || checkpoint.restart) return
    const { loadCheckpoint } = await checkpointFiles()
    const found = await loadCheckpoint(checkpoint.path)
    if (found === undefined) return
    try {
      assertCompatible(found, this.checkpoint())
    } catch (error) {
      throw refused(error, checkpoint.path)
    }
    const { population, inputs, renamable } = this.fold
    const names = assertSameData(found, population, inputs, checkpoint.path, renamable)
    this.state = this.accumulator.load(found.arrays)
    for (const { name, covered } of found.inputs) {
      const now = names.get(name)
      if (now !== undefined) this.covered.set(now, covered)
    }
    this.records = found.records
    report.resumed?.(
      found.records,
      found.inputs.reduce((batches, { covered }) => batches + count(covered), 0),
    )
  }

  missingTasks(lanes: number): Task[] {
    return this.fold.inputs.flatMap(({ name, path, idPrefix, batches }): Task[] => {
      const input = { path, idPrefix }
      if (batches === undefined) return [{ input, batches: undefined }]
      const missing = this.wanted(name).flatMap(range => subtract(range, this.covered.get(name) ?? []))
      return cutTasks(missing, batches, lanes).map(range => ({ input, batches: range }))
    })
  }

  take(flushed: { state: unknown; covered: ReadonlyMap<string, readonly number[]>; records: number }): void {
    if (flushed.covered.size === 0) return
    this.accumulator.merge(this.state, flushed.state)
    this.records += flushed.records
    this.changed = true
    for (const [path, batches] of flushed.covered) {
      const { name } = this.fold.inputs.find(input => input.path === path) as OpenedInput
      const ranges = normaliseRanges(batches.map(batch => ({ start: batch, end: batch + 1 })))
      this.covered.set(name, union(this.covered.get(name) ?? [], ranges))
    }
  }

  /** Saves where something changed since the last save. A failure is reported and kept, not thrown: the run goes on. */
  async save(): Promise<void> {
    const { checkpoint, report } = this.fold
    if (checkpoint === undefined || !this.changed) return
    try {
      const { saveCheckpoint } = await checkpointFiles()
      await saveCheckpoint(checkpoint.path, this.checkpoint())
      this.unsaved = undefined
      this.changed = false
      this.sinceSave = 0
      report.saved?.(checkpoint.path, this.records)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      this.unsaved = error
      report.saveFailed?.(error)
    }
  }

  result(): unknown {
    return this.accumulator.result(this.state)
  }

  folded(): Folded {
    const complete = this.fold.inputs.every(
      ({ name, batches }) =>
        batches === undefined ||
        this.wanted(name).every(range => subtract(range, this.covered.get(name) ?? []).length === 0),
    )
    return { checkpoint: this.checkpoint(), complete, unsaved: this.unsaved }
  }

  private wanted(name: string): readonly Range[] {
    const { inputs, shard } = this.fold
    if (shard !== undefined) return shard.part.get(name) ?? []
    return [{ start: 0, end: inputs.find(input => input.name === name)?.batches?.length ?? 0 }]
  }

  private checkpoint(): Checkpoint {
    const { fold, accumulator } = this
    return {
      version: FORMAT_VERSION,
      attrstream: fold.version,
      pipeline: accumulator.name,
      params: accumulator.params,
      population: fold.population,
      plan: fold.shard?.plan ?? null,
      shard: fold.shard === undefined ? null : { index: fold.shard.index, of: fold.shard.of },
      inputs: fold.inputs.map(({ name, fingerprint, batches }) => ({
        name,
        fingerprint: fingerprint ?? '',
        batchCount: batches?.length ?? 0,
        covered: this.covered.get(name) ?? [],
      })),
      records: this.records,
      notes: fold.notes ?? null,
      arrays: accumulator.save(this.state),
    }
  }
}

/**
 * What the inputs of a checkpoint are called now. All that it covers something of must be there still, unchanged; further
 * ones may have come. Error: `mismatch`.
 *
 * @param renamable Whether one that is gone may be another of the same file name and content.
 */
export function assertSameData(
  found: Checkpoint,
  population: string,
  inputs: readonly OpenedInput[],
  file: string,
  renamable = false,
): Map<string, string> {
  if (found.population !== population) {
    const what = `is of model ${found.population}, expected ${population}`
    throw refused(new DataError('mismatch', what), file)
  }
  const byName = new Map(inputs.map(input => [input.name, input]))
  const before = new Set(found.inputs.map(({ name }) => name))
  const fileName = (name: string) => name.slice(name.lastIndexOf('/') + 1)
  const names = new Map<string, string>()
  const taken = new Set<OpenedInput>()
  for (const { name, fingerprint, batchCount, covered } of found.inputs) {
    if (covered.length === 0) continue
    const moved = renamable
      ? inputs.filter(
          input =>
            !before.has(input.name) &&
            input.fingerprint === fingerprint &&
            fileName(input.name) === fileName(name),
        )
      : []
    const same = byName.get(name)
    const now = moved.length === 1 && same?.fingerprint !== fingerprint ? moved[0] : same
    if (now === undefined || taken.has(now)) {
      throw refused(new DataError('mismatch', `covers ${name}, which is not among the inputs now`), file)
    }
    if (now.fingerprint !== fingerprint || now.batches?.length !== batchCount) {
      throw refused(
        new DataError(
          'mismatch',
          `${name} has changed since: fingerprint ${now.fingerprint} in ${now.batches?.length} batches, expected ${fingerprint} in ${batchCount}`,
        ),
        file,
      )
    }
    names.set(name, now.name)
    taken.add(now)
  }
  return names
}

/** Why a checkpoint is refused, with what can be done about it. */
function refused(error: unknown, file: string): unknown {
  if (!(error instanceof DataError)) return error
  const ids = / ids is "([a-z ]+)", expected "([a-z ]+)"/.exec(error.what)
  const why =
    ids === null
      ? ''
      : `; ids were made of ${ids[1]} and would now be made of ${ids[2]}, so records would get other ids: give files with an id column, or score as many files from the start`
  return new DataError(
    error.code,
    `${error.what}${why}; give the options and data that it was made with, another --checkpoint, or --restart to begin anew`,
    { file, ...error.where },
    error,
  )
}

/** Saves every so often while a fold runs, and works out results in between. */
function keepSaving(standing: Standing, fold: PopulationFold, gather: () => Promise<void>) {
  const every = fold.checkpoint?.every
  const saveMs = every !== undefined && 'seconds' in every ? every.seconds * 1000 : Number.POSITIVE_INFINITY
  const saveRecords = every !== undefined && 'records' in every ? every.records : Number.POSITIVE_INFINITY
  let savedAt = performance.now()
  let shownAt = savedAt
  let running: Promise<void> | undefined

  async function look(): Promise<void> {
    const now = performance.now()
    const save = now - savedAt >= saveMs || standing.sinceSave >= saveRecords
    const show = now - shownAt >= (fold.interimMs ?? Number.POSITIVE_INFINITY)
    if (!save && !show) return
    await gather()
    if (show) fold.report.interim?.(standing.result())
    if (save) await standing.save()
    shownAt = performance.now()
    if (save) savedAt = shownAt
  }

  let failed: unknown
  const timer = setInterval(() => {
    running ??= look()
      .catch((error: unknown) => {
        failed = error
      })
      .finally(() => {
        running = undefined
      })
  }, 20)
  return {
    async end(): Promise<void> {
      clearInterval(timer)
      await running
      if (failed !== undefined && !(failed instanceof DataError)) throw failed
    },
  }
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
