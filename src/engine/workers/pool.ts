import { interruptRemote } from '../../io/retries.js'
import { type Lane, LocalLane } from './local-worker.js'
import type { Preparation } from './messages.js'
import { WorkerLane } from './thread-worker.js'

/** How a pool is made up. */
export interface PoolOptions {
  /** What workers load before they are up. */
  readonly preparation?: Preparation | undefined
  /**
   * Whether all lanes are worker threads: where there is much to open and to hand out, workers would wait for a thread that
   * folds too.
   */
  readonly apart?: boolean | undefined
}

/**
 * A fixed number of lanes that runs share: this thread's own, unless they are to be apart, and a worker thread for each
 * further one.
 *
 * Workers start with the pool and join once they are up, so that their start takes no time from a run: this thread opens
 * the files and folds meanwhile, and short work is done before they come.
 */
export class LanePool {
  readonly size: number
  private readonly lanes: Lane[]
  private readonly idle: Lane[]
  private readonly waiting: ((lane: Lane) => void)[] = []
  private readonly started: Promise<unknown>
  private stopped = false

  constructor(lanes: number, { preparation, apart = false }: PoolOptions = {}) {
    this.size = lanes
    const own = apart ? [] : [new LocalLane()]
    const others = Array.from({ length: lanes - own.length }, () => new WorkerLane({ preparation }))
    this.lanes = [...own, ...others]
    this.idle = own
    this.started = Promise.all(others.map(lane => lane.started.then(() => this.giveBack(lane))))
  }

  /** Waits for a lane to be free, and has it while `work` runs. */
  async use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.take()
    try {
      return await work(lane)
    } finally {
      this.giveBack(lane)
    }
  }

  /** Resolves when every lane has joined. */
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
    for (const lane of this.lanes) lane.stop()
  }

  async close(): Promise<void> {
    await Promise.all(this.lanes.map(lane => lane.close()))
  }

  private take(): Promise<Lane> {
    const free = this.idle.pop()
    return free === undefined ? new Promise(resolve => this.waiting.push(resolve)) : Promise.resolve(free)
  }

  private giveBack(lane: Lane): void {
    const next = this.waiting.shift()
    if (next === undefined) this.idle.push(lane)
    else next(lane)
  }
}
