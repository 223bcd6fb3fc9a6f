import type { ModelScore } from '../../metrics/model-score.js'
import type { MetricsFile, JobOutcome } from './metrics-file.js'
import { type Progress, showProgress } from './progress-bar.js'
import { type EventName, type Fields, log } from './log.js'

/** How often a run reports its progress. */
const BEAT_MS = 10_000

/** What a run is watched by: a bar or lines on standard error, and a file of metrics where one is asked for. */
export interface MonitorOptions {
  readonly metrics: string | undefined
  /** Whether a terminal gets a bar. */
  readonly bar: boolean
}

/** Reports the progress of a run to people and machines. */
export class Monitor {
  private readonly started = performance.now()
  private records = 0
  private bytes = 0
  private total = 0
  private totalRecords = 0
  private saving: Promise<void> = Promise.resolve()
  private ended: Promise<void> | undefined
  private readonly timer: NodeJS.Timeout

  private constructor(
    private bar: Progress | undefined,
    private readonly metrics: MetricsFile | undefined,
  ) {
    this.timer = setInterval(() => this.heartbeat(), BEAT_MS).unref()
  }

  /** Errors: `io`, for a metrics file that cannot be written: found out before a long run. */
  static async start({ metrics, bar }: MonitorOptions): Promise<Monitor> {
    let file: MetricsFile | undefined
    if (metrics !== undefined) {
      const { MetricsFile } = await import('./metrics-file.js')
      file = new MetricsFile(metrics, log.context)
      await file.save('running')
    }
    return new Monitor(bar && log.form === 'text' ? await showProgress(true) : undefined, file)
  }

  /** What distinguishes the run from others, in every further line and sample, and what leads lines of text. */
  async setContext(context: Fields, prefix?: () => string): Promise<void> {
    log.setContext(context, prefix)
    this.metrics?.label(log.context)
    await this.save('running')
  }

  /** Reports to people and machines; nothing any more once the run has ended. */
  report(event: EventName, message: string, fields?: Fields): void {
    if (this.ended !== undefined) return
    this.count(event)
    if (this.bar === undefined) log.report(event, message, fields)
    else this.bar.note(log.line(event, message, fields))
  }

  /** Reports to machines alone. */
  reportToMachines(event: EventName, message: string, fields?: Fields): void {
    if (log.form === 'json') this.report(event, message, fields)
    else if (this.ended === undefined) this.count(event)
  }

  /** The work is done: machines get its amount. */
  done(): void {
    this.reportToMachines('done', `done: ${this.records} records`, this.progress())
  }

  /** A pass over this many further bytes begins; 0 if unknown. */
  expect(bytes: number): void {
    this.total += bytes
    this.bar?.expect(bytes)
    this.metrics?.expect(bytes)
  }

  /** The number of records to come in all, if that is known rather than their bytes. */
  expectRecords(records: number): void {
    this.totalRecords += records
    this.bar?.expectRecords(records)
    this.metrics?.measure('expected_records', records)
  }

  advance(records: number, bytes: number): void {
    this.records += records
    this.bytes += bytes
    this.bar?.advance(records, bytes)
    this.metrics?.advance(records, bytes)
  }

  interim(scores: readonly ModelScore[]): void {
    this.bar?.interim(scores)
  }

  scored(models: readonly ModelScore[]): void {
    this.metrics?.scored(models)
  }

  /** Shards of a plan that a merge lacks. */
  missingShards(shards: number): void {
    this.metrics?.measure('missing_shards', shards)
  }

  /** How much was done, as events report it. */
  progress(): Fields {
    const seconds = (performance.now() - this.started) / 1000
    const [done, total] = this.total > 0 ? [this.bytes, this.total] : [this.records, this.totalRecords]
    const left = done > 0 && total > 0 ? (seconds * (total - done)) / done : null
    return {
      records: this.records,
      bytes: this.bytes,
      expected_bytes: this.total,
      seconds: rounded(seconds),
      records_per_second: rounded(this.records / seconds),
      bytes_per_second: rounded(this.bytes / seconds),
      seconds_left: left === null ? null : rounded(Math.max(0, left)),
      ...(this.totalRecords > 0 ? { expected_records: this.totalRecords } : {}),
    }
  }

  /** Takes the bar away: what follows is written below it. */
  endBar(): void {
    this.bar?.end()
    this.bar = undefined
  }

  /** Ends the monitor; where that is asked for again, the first outcome stays. */
  end(outcome: Exclude<JobOutcome, 'running'>, exitCode: number): Promise<void> {
    if (this.ended === undefined) {
      clearInterval(this.timer)
      this.endBar()
      this.ended = this.save(outcome, exitCode)
    }
    return this.ended
  }

  private count(event: EventName): void {
    if (event === 'saved') this.metrics?.saved()
    if (event === 'save-failed') this.metrics?.saveFailed()
    if (event === 'warning') this.metrics?.warned()
  }

  private heartbeat(): void {
    // A run that counts nothing, as a plan, reports each step instead.
    if (this.records > 0 || this.total > 0 || this.totalRecords > 0) {
      this.reportToMachines('progress', `${this.records} records so far`, this.progress())
    }
    void this.save('running')
  }

  /** Saves the metrics, once they were saved before: an older state must not come last. */
  private save(outcome: JobOutcome, exitCode?: number): Promise<void> {
    const { metrics } = this
    if (metrics === undefined) return this.saving
    this.saving = this.saving
      .then(() => metrics.save(outcome, exitCode))
      .catch((error: Error) => log.report('warning', `metrics not written: ${error.message}`))
    return this.saving
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
