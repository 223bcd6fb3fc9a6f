import { type Lane, LocalLane } from './lane.js'
import type { Preparation } from './worker-protocol.js'
import { WorkerLane } from './worker-lane.js'

/**
 * A fixed number of lanes that runs share: this thread's own, and a worker thread for each further one.
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

  /** @param preparation What workers load before they are up. */
  constructor(workers: number, preparation?: Preparation) {
    this.size = workers
    const local = new LocalLane()
    const others = Array.from({ length: workers - 1 }, () => new WorkerLane({ preparation }))
    this.lanes = [local, ...others]
    this.idle = [local]
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
