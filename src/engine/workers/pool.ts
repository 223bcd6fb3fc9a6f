import { interruptRemote } from '../../io/retries.js'
import { type Worker, LocalWorker } from './local-worker.js'
import type { Preparation } from './messages.js'
import { ThreadWorker } from './thread-worker.js'

/** How a pool is made up. */
export interface PoolOptions {
  /** What workers load before they are up. */
  readonly preparation?: Preparation | undefined
  /**
   * Whether all workers are worker threads: where there is much to open and to hand out, workers would wait for a thread that
   * folds too.
   */
  readonly threadsOnly?: boolean | undefined
}

/**
 * A fixed number of workers that runs share: this thread's own, unless only threads are asked for, and a worker thread for each
 * further one.
 *
 * Workers start with the pool and join once they are up, so that their start takes no time from a run: this thread opens
 * the files and folds meanwhile, and short work is done before they come.
 */
export class WorkerPool {
  readonly size: number
  private readonly workers: Worker[]
  private readonly idle: Worker[]
  private readonly waiting: ((worker: Worker) => void)[] = []
  private readonly started: Promise<unknown>
  private stopped = false

  constructor(workers: number, { preparation, threadsOnly = false }: PoolOptions = {}) {
    this.size = workers
    const own = threadsOnly ? [] : [new LocalWorker()]
    const others = Array.from({ length: workers - own.length }, () => new ThreadWorker({ preparation }))
    this.workers = [...own, ...others]
    this.idle = own
    this.started = Promise.all(others.map(worker => worker.started.then(() => this.giveBack(worker))))
  }

  /** Waits for a worker to be free, and has it while `work` runs. */
  async use<T>(work: (worker: Worker) => Promise<T>): Promise<T> {
    const worker = await this.take()
    try {
      return await work(worker)
    } finally {
      this.giveBack(worker)
    }
  }

  /** Resolves when every worker has joined. */
  async allStarted(): Promise<void> {
    await this.started
  }

  get isStopped(): boolean {
    return this.stopped
  }

  /** Every running task ends after its current batch; later ones do nothing. */
  stop(): void {
    this.stopped = true
    interruptRemote()
    for (const worker of this.workers) worker.stop()
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(worker => worker.close()))
  }

  private take(): Promise<Worker> {
    const free = this.idle.pop()
    return free === undefined ? new Promise(resolve => this.waiting.push(resolve)) : Promise.resolve(free)
  }

  private giveBack(worker: Worker): void {
    const next = this.waiting.shift()
    if (next === undefined) this.idle.push(worker)
    else next(worker)
  }
}
