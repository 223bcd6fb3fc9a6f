import { DataError } from '../core/errors.js'
import type { AnyAccumulator, Arrays, Range, TypedArray } from '../core/types.js'
import { assertCompatible, type Checkpoint, FORMAT_VERSION } from './checkpoints/checkpoint.js'
import type { Finished, Flushed, Task } from './workers/local-worker.js'
import type { Folded, OpenedInput, CoveredBatches, PopulationFold } from './fold-options.js'
import { countBatches, normaliseRanges, subtract, union } from './checkpoints/ranges.js'
import { assertSameData, checkpointMismatch } from './checkpoints/same-inputs.js'
import { bytesOf, cutTasks } from './workers/tasks.js'

/** Loaded by runs that save only: apache-arrow, which the format is made with, takes 0.2 s to load. */
const checkpointFiles = () => import('./checkpoints/checkpoint-file.js')

/** What is covered so far, and its state. */
export class FoldState {
  sinceSave = 0
  unsaved: DataError | undefined
  private state: unknown
  private covered = new Map<string, readonly Range[]>()
  private records = 0
  private changed = false
  private finished: unknown
  /** Inputs that it covers something of, and whose stamps have changed. */
  private doubted: string[] = []

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
      throw checkpointMismatch(error, checkpoint.path)
    }
    const { population, inputs, renamable } = this.fold
    const names = assertSameData(found, population, inputs, checkpoint.path, renamable)
    this.state = this.accumulator.load(found.arrays)
    for (const { name, covered } of found.inputs) {
      const now = names.get(name)
      if (now !== undefined) this.covered.set(now, covered)
    }
    this.records = found.records
    const stamps = new Map(inputs.map(({ name, stamp }) => [name, stamp]))
    this.doubted = found.inputs.flatMap(({ name, stamp, covered }) => {
      const called = names.get(name) ?? name
      const now = stamps.get(called)
      return covered.length > 0 && now !== undefined && now !== stamp ? [called] : []
    })
    report.resumed?.(
      found.records,
      found.inputs.reduce((batches, { covered }) => batches + countBatches(covered), 0),
    )
  }

  /** Whether nothing is covered. */
  isEmpty(): boolean {
    return this.records === 0 && this.covered.size === 0
  }

  /** Whether files that it covers something of look changed, though their fingerprints, of samples of them, are the same. */
  get isDoubted(): boolean {
    return this.doubted.length > 0
  }

  /**
   * What is covered can be read again and compared, but not what is not covered yet. Error: `mismatch`, where a part only is covered of a
   * file that looks changed.
   */
  assertUntouched(): void {
    const partly = this.doubted.find(name =>
      this.wanted(name).some(range => subtract(range, this.covered.get(name) ?? []).length > 0),
    )
    if (partly === undefined) return
    const what = `${partly} was written to, or replaced, since, and only a part of it is covered; give --verify to compare that part and go on with the rest as it is now`
    throw checkpointMismatch(new DataError('mismatch', what), this.fold.checkpoint?.path ?? '')
  }

  /** The ranges of batches that are covered, by name of the input. */
  parts(): CoveredBatches {
    return new Map(this.covered)
  }

  /** Compares with a state of the same batches, read again. Error: `mismatch`. */
  assertSame(again: Checkpoint): void {
    const [found, expected] = [again.arrays, this.accumulator.save(this.state)]
    const names = Object.keys(expected)
    const same =
      again.records === this.records &&
      names.length === Object.keys(found).length &&
      names.every(name => name in found && equalBytes(found[name], expected[name]))
    if (!same) throw checkpointMismatch(new DataError('mismatch', CHANGED), this.fold.checkpoint?.path ?? '')
    this.doubted = []
    this.changed = true
  }

  missingTasks(workers: number): Task[] {
    const missing = this.fold.inputs.map(({ name }) =>
      this.wanted(name).flatMap(range => subtract(range, this.covered.get(name) ?? [])),
    )
    const bytes = this.fold.inputs.map(({ batches = [] }, i) => bytesOf(missing[i], batches))
    let rest = bytes.reduce((sum, each) => sum + each, 0)
    return this.fold.inputs.flatMap(({ path, idPrefix, fingerprint, batches }, i): Task[] => {
      const input = { path, idPrefix, fingerprint }
      if (batches === undefined) return [{ input, batches: undefined }]
      rest -= bytes[i]
      return cutTasks(missing[i], batches, workers, rest).map(range => ({ input, batches: range }))
    })
  }

  take(flushed: Flushed<unknown>): void {
    if (flushed.covered.size === 0) return
    // Into nothing a state is taken over as it is: merging the first one took as long as opening the file.
    if (this.isEmpty()) this.state = flushed.state
    else this.accumulator.merge(this.state, flushed.state)
    this.cover(flushed)
  }

  /** Takes what a worker finished, which is all there is. */
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

  /** What came in since the last save is not to be saved. */
  forgo(): void {
    this.changed = false
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
      inputs: fold.inputs.map(({ name, fingerprint, stamp, batches }) => ({
        name,
        fingerprint: fingerprint ?? '',
        ...(stamp === undefined ? {} : { stamp }),
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

/** Why a checkpoint is refused whose data is other data when it is read again. */
export const CHANGED =
  'covers data that has changed since: what it covers was read again and gives another state'

function equalBytes(a: TypedArray, b: TypedArray): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: TypedArray) =>
    Buffer.from(buffer, byteOffset, byteLength)
  return a.constructor === b.constructor && bytes(a).equals(bytes(b))
}
