import { DataError } from '../core/errors.js'
import type { AnyAccumulator, Arrays, Range } from '../core/types.js'
import { assertCompatible, type Checkpoint, FORMAT_VERSION } from './checkpoints/checkpoint.js'
import type { Finished, Flushed, Task } from './workers/local-worker.js'
import type { Folded, OpenedInput, PopulationFold } from './fold-options.js'
import { count, normaliseRanges, subtract, union } from './checkpoints/ranges.js'
import { assertSameData, refused } from './checkpoints/same-inputs.js'
import { bytesOf, cutTasks } from './workers/tasks.js'

/** Loaded by runs that save only: apache-arrow, which the format is made with, takes 0.2 s to load. */
const checkpointFiles = () => import('./checkpoints/checkpoint-file.js')

/** What is covered so far, and its state. */
export class Standing {
  sinceSave = 0
  unsaved: DataError | undefined
  private state: unknown
  private covered = new Map<string, readonly Range[]>()
  private records = 0
  private changed = false
  private finished: unknown

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

  /** Whether nothing is covered. */
  isEmpty(): boolean {
    return this.records === 0 && this.covered.size === 0
  }

  missingTasks(lanes: number): Task[] {
    const missing = this.fold.inputs.map(({ name }) =>
      this.wanted(name).flatMap(range => subtract(range, this.covered.get(name) ?? [])),
    )
    const bytes = this.fold.inputs.map(({ batches = [] }, i) => bytesOf(missing[i], batches))
    let rest = bytes.reduce((sum, each) => sum + each, 0)
    return this.fold.inputs.flatMap(({ path, idPrefix, fingerprint, batches }, i): Task[] => {
      const input = { path, idPrefix, fingerprint }
      if (batches === undefined) return [{ input, batches: undefined }]
      rest -= bytes[i]
      return cutTasks(missing[i], batches, lanes, rest).map(range => ({ input, batches: range }))
    })
  }

  take(flushed: Flushed<unknown>): void {
    if (flushed.covered.size === 0) return
    // Into nothing a state is taken over as it is: merging the first one took as long as opening the file.
    if (this.isEmpty()) this.state = flushed.state
    else this.accumulator.merge(this.state, flushed.state)
    this.cover(flushed)
  }

  /** Takes what a lane finished, which is all there is. */
  takeFinished(done: Finished): void {
    this.finished = done.finished
    this.cover(done)
  }

  private cover({ covered, records }: Omit<Flushed<unknown>, 'state'>): void {
    this.records += records
    this.changed = true
    for (const [path, batches] of covered) {
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
    return {
      checkpoint: this.checkpoint(),
      result: () => this.result(),
      finished: this.finished,
      complete,
      unsaved: this.unsaved,
    }
  }

  private wanted(name: string): readonly Range[] {
    const { inputs, shard } = this.fold
    if (shard !== undefined) return shard.part.get(name) ?? []
    return [{ start: 0, end: inputs.find(input => input.name === name)?.batches?.length ?? 0 }]
  }

  private checkpoint(): Checkpoint {
    const { fold, accumulator, state } = this
    let arrays: Arrays | undefined
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
      /** Made when first asked for: most runs that are not saved never do. */
      get arrays() {
        return (arrays ??= accumulator.save(state))
      },
    }
  }
}
