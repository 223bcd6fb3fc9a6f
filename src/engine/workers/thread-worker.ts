import { type ResourceLimits, Worker as Thread } from 'node:worker_threads'
import { DataError, describe } from '../../core/errors.js'
import {
  type BatchDone,
  type Finished,
  type Flushed,
  type Worker,
  makePass,
  type PassRecipe,
  type Task,
} from './local-worker.js'
import { fromPlain } from './error-transfer.js'
import type { Answer, OrderResult, FlushedArrays, Order, Preparation } from './messages.js'

interface Call {
  readonly resolve: (done: OrderResult | undefined) => void
  readonly reject: (error: Error) => void
}

/** `script`: what the thread runs. */
export interface WorkerOptions {
  readonly script?: URL
  readonly limits?: ResourceLimits
  readonly preparation?: Preparation | undefined
}

const SCRIPT = new URL('./thread-entry.js', import.meta.url)

type Uncalled<T> = T extends { call: number } ? Omit<T, 'call'> : never

/** A worker in a thread of its own. One that dies fails every call still open, naming the range it was at. */
export class ThreadWorker implements Worker {
  /** Resolves when the thread is up, or dead: it never rejects, since what is asked of a dead one does. */
  readonly started: Promise<void>
  private readonly thread: Thread
  private readonly calls = new Map<number, Call>()
  private nextCall = 0
  private task: Task | undefined
  private onBatch: (done: BatchDone) => void = () => {}
  private dead: DataError | undefined
  private start: () => void = () => {}

  constructor({ script = SCRIPT, limits = {}, preparation }: WorkerOptions = {}) {
    this.started = new Promise(resolve => {
      this.start = resolve
    })
    this.thread = new Thread(script, { resourceLimits: limits, workerData: preparation ?? null })
    this.thread.on('message', (answer: Answer) => this.receive(answer))
    this.thread.on('error', error => this.die(error.message, error))
    this.thread.on('exit', code => this.die(`exit code ${code}`))
  }

  async run(recipe: PassRecipe, task: Task, onBatch: (done: BatchDone) => void): Promise<void> {
    this.task = task
    this.onBatch = onBatch
    await this.call({ kind: 'run', recipe, task })
    this.task = undefined
  }

  async flush(recipe: PassRecipe): Promise<Flushed<unknown>> {
    const flushed = (await this.call({ kind: 'flush', recipe })) as FlushedArrays
    const { accumulator } = await makePass(recipe)
    return { ...flushed, state: accumulator.load(flushed.arrays) }
  }

  async finish(recipe: PassRecipe): Promise<Finished> {
    return (await this.call({ kind: 'finish', recipe })) as Finished
  }

  async end(recipe: PassRecipe): Promise<void> {
    await this.call({ kind: 'end', recipe })
  }

  stop(): void {
    this.thread.postMessage({ kind: 'stop' } satisfies Order)
  }

  async close(): Promise<void> {
    // A worker that is not up yet holds nothing, and one that was asked for nothing holds no file.
    if (this.dead === undefined && this.nextCall > 0) await this.call({ kind: 'close' })
    this.dead ??= new DataError('worker', 'the worker thread was closed')
    this.start()
    await this.thread.terminate()
  }

  private call(order: Uncalled<Order>): Promise<OrderResult | undefined> {
    if (this.dead !== undefined) return Promise.reject(this.dead)
    const call = this.nextCall++
    return new Promise((resolve, reject) => {
      this.calls.set(call, { resolve, reject })
      this.thread.postMessage({ ...order, call })
    })
  }

  private receive(answer: Answer): void {
    if (answer.kind === 'up') {
      this.start()
      return
    }
    if (answer.kind === 'batches') {
      for (const done of answer.done) this.onBatch(done)
      return
    }
    const call = this.calls.get(answer.call)
    this.calls.delete(answer.call)
    if (answer.kind === 'done') call?.resolve(answer.done)
    else call?.reject(fromPlain(answer.error))
  }

  private die(why: string, cause?: unknown): void {
    if (this.dead !== undefined) return
    const at = this.task && `${describe({ file: this.task.input.path })} ${rangeText(this.task)}`
    this.dead = new DataError(
      'worker',
      `a worker thread died${at ? ` in ${at}` : ''}: ${why}; start again, with --workers 1 if memory is short`,
      {},
      cause,
    )
    for (const call of this.calls.values()) call.reject(this.dead)
    this.calls.clear()
    this.start()
  }
}

function rangeText({ batches }: Task): string {
  return batches === undefined ? 'all batches' : `batches ${batches.start} to ${batches.end - 1}`
}
