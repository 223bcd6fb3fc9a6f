import { type Lane, LocalLane } from './lane.js'
import { WorkerLane } from './worker-lane.js'

/** A fixed number of lanes that runs share: this thread alone for one, else as many worker threads. */
export class LanePool {
  readonly size: number
  private readonly lanes: Lane[] = []
  private readonly idle: Lane[] = []
  private readonly waiting: ((lane: Lane) => void)[] = []
  private stopped = false

  constructor(workers: number) {
    this.size = workers
  }

  /** Waits for a lane to be free, and has it while `work` runs. */
  async use<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.take()
    try {
      return await work(lane)
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.idle.push(lane)
      else next(lane)
    }
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

  private async take(): Promise<Lane> {
    const free = this.idle.pop()
    if (free !== undefined) return free
    if (this.lanes.length < this.size) {
      const lane = this.size === 1 ? new LocalLane() : new WorkerLane()
      this.lanes.push(lane)
      if (this.stopped) lane.stop()
      return lane
    }
    return new Promise(resolve => this.waiting.push(resolve))
  }
}
