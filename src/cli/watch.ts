import type { ModelScore } from '../scoring/scores.js'
import type { MetricsFile, Outcome } from './metrics-file.js'
import { type Progress, showProgress } from './progress.js'
import { type EventName, type Fields, log } from './run-log.js'

/** How often a run tells where it is. */
const BEAT_MS = 10_000

/** What a run is watched by: a bar or lines on standard error, and a file of metrics where one is asked for. */
export interface WatchOptions {
  readonly metrics: string | undefined
  /** Whether a terminal gets a bar. */
  readonly bar: boolean
  /** What tells the run from others, in every line and sample. */
  readonly context: Fields
  /** What leads lines of text. */
  readonly prefix?: () => string
}

/** Tells how a run goes on, to people and machines. */
export class Watch {
  private readonly started = performance.now()
  private records = 0
  private bytes = 0
  private total = 0
  private readonly timer: NodeJS.Timeout

  private constructor(
    private readonly bar: Progress | undefined,
    private readonly metrics: MetricsFile | undefined,
  ) {
    this.timer = setInterval(() => this.beat(), BEAT_MS).unref()
  }

  /** Errors: `io`, for a metrics file that cannot be written: found out before a long run. */
  static async start({ metrics, bar, context, prefix }: WatchOptions): Promise<Watch> {
    log.about(context, prefix)
    let file: MetricsFile | undefined
    if (metrics !== undefined) {
      const labels = Object.entries(context).flatMap(([name, value]) =>
        value == null ? [] : [[name, `${value}`]],
      )
      const { MetricsFile } = await import('./metrics-file.js')
      file = new MetricsFile(metrics, Object.fromEntries(labels))
      await file.save('running')
    }
    return new Watch(bar && log.form === 'text' ? await showProgress(true) : undefined, file)
  }

  /** Says that a run begins, to machines. */
  begin(fields: Fields): void {
    if (log.form === 'json') this.tell('begin', 'begins', fields)
  }

  tell(event: EventName, message: string, fields?: Fields): void {
    if (event === 'saved') this.metrics?.saved()
    if (event === 'save-failed') this.metrics?.saveFailed()
    if (event === 'warning') this.metrics?.warned()
    if (this.bar === undefined) log.tell(event, message, fields)
    else this.bar.note(log.line(event, message, fields))
  }

  /** A checkpoint was saved: machines are told. */
  saved(path: string, records: number): void {
    if (log.form === 'json') this.tell('saved', `saved after ${records} records`, { path, records })
    else this.metrics?.saved()
  }

  /** The run is done: machines are told. */
  done(): void {
    if (log.form === 'json') this.tell('done', `done: ${this.records} records`, this.progress())
  }

  /** A pass over so many further bytes begins; 0 where they are not known. */
  expect(bytes: number): void {
    this.total += bytes
    this.bar?.expect(bytes)
    this.metrics?.expect(bytes)
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

  /** How much was done, as events tell it. */
  progress(): Fields {
    const seconds = (performance.now() - this.started) / 1000
    const left = this.bytes > 0 && this.total > 0 ? (seconds * (this.total - this.bytes)) / this.bytes : null
    return {
      records: this.records,
      bytes: this.bytes,
      expected_bytes: this.total,
      seconds: rounded(seconds),
      records_per_second: rounded(this.records / seconds),
      bytes_per_second: rounded(this.bytes / seconds),
      seconds_left: left === null ? null : rounded(Math.max(0, left)),
    }
  }

  /** Takes the bar away: what follows is written below it. */
  endBar(): void {
    this.bar?.end()
  }

  /** Ends the watch; may be called again, to no effect. */
  async end(outcome: Exclude<Outcome, 'running'>, exitCode: number): Promise<void> {
    clearInterval(this.timer)
    await this.metrics?.save(outcome, exitCode).catch((error: Error) => {
      log.tell('warning', `metrics not written: ${error.message}`)
    })
  }

  private beat(): void {
    if (log.form === 'json') log.tell('progress', `${this.records} records so far`, this.progress())
    void this.metrics?.save('running').catch((error: Error) => {
      log.tell('warning', `metrics not written: ${error.message}`)
    })
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
