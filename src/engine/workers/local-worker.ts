import { setImmediate } from 'node:timers/promises'
import { interruptRemote } from '../../io/retries.js'
import type { AnyAccumulator, Batch, Json, Range, Source } from '../../core/types.js'
import { OpenSources } from './open-sources.js'
import { consume } from '../highland.js'

/** A fold over a population's files: what is done with each record, and how a file is opened. */
export interface Pass {
  readonly accumulator: AnyAccumulator
  /**
   * @param idPrefix Leads row numbers where the file has no ids.
   * @param fingerprint What states that keep places call the file; empty for a pipe.
   */
  open(path: string, idPrefix: string, fingerprint: string): Promise<Source<unknown>>
  /** Begins to take the records of a task for what is written of them, in place of adding them up. */
  readonly write?: (task: Task, source: Source<unknown>) => Promise<TaskWriter>
  /** Makes of the result over this many records what can be cloned: far less than the state. */
  readonly finish?: ((result: unknown, records: number) => unknown) | undefined
}

/** Takes the records of one task, and writes what they give. */
export interface TaskWriter {
  readonly take: (record: unknown) => void
  /** A batch was taken, of this many rows of the source: what it gave is to be written before the next. */
  settle(rows: number): Promise<void>
  /** All were taken: what they give is to stand when this resolves. */
  end(): Promise<void>
  /** The task was stopped or failed: nothing of it is to be left. */
  abandon(): Promise<void>
}

/** How any thread makes a pass: by calling `makePass` of a module with the spec. */
export interface PassRecipe {
  /** Identifies a pass. */
  readonly key: string
  /** URL of a module that exports `makePass`. */
  readonly module: string
  readonly spec: Json
}

export type MakePass = (spec: Json) => Pass | Promise<Pass>

/** What such a module may export too: loads all that reading a file takes, ahead of its first pass. */
export type Prepare = (path: string) => Promise<void>

/** The pass that a recipe makes. */
export async function makePass(recipe: PassRecipe): Promise<Pass> {
  const module = (await import(recipe.module)) as { makePass: MakePass }
  return module.makePass(recipe.spec)
}

/** One of a population's files, or `-`. */
export interface Input {
  readonly path: string
  readonly idPrefix: string
  readonly fingerprint?: string | undefined
}

/** Batches of one input to fold; all there are where `batches` is undefined, as it is for a pipe. */
export interface Task {
  readonly input: Input
  readonly batches: Range | undefined
  /** Name of what is written of it, for passes that write. */
  readonly unit?: string
}

export interface BatchDone {
  readonly records: number
  readonly bytes: number
}

/** What a worker folded since its last flush. */
export interface Flushed<S> {
  readonly state: S
  /** Numbers of the batches folded, by path of their input. */
  readonly covered: ReadonlyMap<string, readonly number[]>
  readonly records: number
}

/** What a worker folded since its last flush, finished. */
export interface Finished extends Omit<Flushed<unknown>, 'state'> {
  readonly finished: unknown
}

/** Something that folds tasks, one at a time, into a state of its own: this thread, or a worker. */
export interface Worker {
  run(recipe: PassRecipe, task: Task, onBatch: (done: BatchDone) => void): Promise<void>
  /** Hands over what was folded and starts over. While a task runs this falls between two of its batches. */
  flush(recipe: PassRecipe): Promise<Flushed<unknown>>
  /** The same, with what is made of its result in place of the state, which may be a thousand times as large. */
  finish(recipe: PassRecipe): Promise<Finished>
  /** Forgets a pass, and closes its files. */
  end(recipe: PassRecipe): Promise<void>
  /** Ends the running task after its current batch, without an error. */
  stop(): void
  close(): Promise<void>
}

interface Folding {
  readonly pass: Pass
  readonly sources: OpenSources
  state: unknown
  covered: Map<string, number[]>
  records: number
}

/** Starts over, with nothing folded. */
function begin(folding: Folding): void {
  folding.state = folding.pass.accumulator.empty()
  folding.covered = new Map()
  folding.records = 0
}

/** Messages and timers get through at least this often, in ms, also where reading never waits for a disk. */
const BREATHE_MS = 50

/** The performance mark of a thread's first batch: what start-up takes is measured by it. */
const FIRST_BATCH = 'attrstream: first batch'

/** The worker of the thread that it is made in. */
export class LocalWorker implements Worker {
  private readonly foldings = new Map<string, Promise<Folding>>()
  private stopped = false
  private hasFolded = false
  /** The last pass, which the next one has the functions of: what the compiler made of them would be thrown away with it. */
  private readonly ended: Pass[] = []

  async run(recipe: PassRecipe, task: Task, onBatch: (done: BatchDone) => void): Promise<void> {
    const folding = await this.folding(recipe)
    const { path, idPrefix, fingerprint = '' } = task.input
    const source = await folding.sources.get(path, () => folding.pass.open(path, idPrefix, fingerprint))
    const writer = await folding.pass.write?.(task, source)
    try {
      await this.fold(folding, source, task, writer, onBatch)
      if (!this.stopped) await writer?.end()
      else await writer?.abandon()
    } catch (error) {
      await writer?.abandon()
      throw error
    }
  }

  private async fold(
    folding: Folding,
    source: Source<unknown>,
    { input: { path }, batches: range }: Task,
    writer: TaskWriter | undefined,
    onBatch: (done: BatchDone) => void,
  ): Promise<void> {
    const { accumulator } = folding.pass
    await consume(this.paced(source.read(range), writer), batches =>
      batches.tap(batch => {
        const { state } = folding
        try {
          batch.forEach(writer?.take ?? (record => accumulator.add(state, record)))
        } catch (error) {
          // Part of the batch is in the state, which can be used no more.
          begin(folding)
          throw error
        }
        let covered = folding.covered.get(path)
        if (covered === undefined) folding.covered.set(path, (covered = []))
        covered.push(batch.index)
        const records = batch.rows.end - batch.rows.start
        folding.records += records
        if (!this.hasFolded) performance.mark(FIRST_BATCH)
        this.hasFolded = true
        onBatch({ records, bytes: source.batches?.[batch.index]?.bytes ?? 0 })
      }),
    )
  }

  async flush(recipe: PassRecipe): Promise<Flushed<unknown>> {
    const folding = await this.folding(recipe)
    const { state, covered, records } = folding
    begin(folding)
    return { state, covered, records }
  }

  async finish(recipe: PassRecipe): Promise<Finished> {
    const { accumulator, finish } = (await this.folding(recipe)).pass
    const { state, ...done } = await this.flush(recipe)
    return { ...done, finished: await finish?.(accumulator.result(state), done.records) }
  }

  async end(recipe: PassRecipe): Promise<void> {
    const folding = this.foldings.get(recipe.key)
    this.foldings.delete(recipe.key)
    if (folding === undefined) return
    const { pass, sources } = await folding
    this.ended[0] = pass
    await sources.close()
  }

  stop(): void {
    this.stopped = true
    interruptRemote()
  }

  async close(): Promise<void> {
    for (const key of Array.from(this.foldings.keys())) await this.end({ key, module: '', spec: null })
  }

  private folding(recipe: PassRecipe): Promise<Folding> {
    let folding = this.foldings.get(recipe.key)
    if (folding === undefined) {
      folding = makePass(recipe).then(pass => ({
        pass,
        sources: new OpenSources(),
        state: pass.accumulator.empty(),
        covered: new Map(),
        records: 0,
      }))
      this.foldings.set(recipe.key, folding)
    }
    return folding
  }

  private async *paced(
    batches: AsyncIterable<Batch<unknown>>,
    writer: TaskWriter | undefined,
  ): AsyncGenerator<Batch<unknown>> {
    if (this.stopped) return
    let breathed = performance.now()
    for await (const batch of batches) {
      yield batch
      await writer?.settle(batch.rows.end - batch.rows.start)
      if (performance.now() - breathed > BREATHE_MS) {
        await setImmediate()
        breathed = performance.now()
      }
      if (this.stopped) return
    }
  }
}
