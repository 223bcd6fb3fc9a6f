import { Counter, Gauge, Registry } from 'prom-client'
import { writeAtomically } from '../../io/atomic-file.js'
import type { ModelScore } from '../../metrics/model-score.js'
import { VERSION } from '../../version.js'
import type { Fields } from './log.js'

/** How a run stands. */
const OUTCOMES = ['running', 'done', 'stopped', 'failed'] as const
export type JobOutcome = (typeof OUTCOMES)[number]

/** Values that are not of every command, and what they are. */
const OF_SOME = {
  expected_records: 'Records that the run is to make in all.',
  missing_shards: 'Shards of the plan that were not merged.',
} as const

/**
 * Metrics of one run in Prometheus' text format, for node_exporter's textfile collector: what `docs/events.md` lists.
 * Every sample bears the labels that distinguish the run from others, such as plan and shard.
 */
export class MetricsFile {
  private readonly registry = new Registry()
  private readonly records = this.counter('records_total', 'Records done by this process.')
  private readonly bytes = this.counter('read_bytes_total', 'Bytes of batches read by this process.')
  private readonly expected = this.gauge(
    'expected_bytes',
    'Bytes of batches that the run has to read in all.',
  )
  private readonly saves = this.counter('checkpoint_saves_total', 'Checkpoints saved.')
  private readonly failedSaves = this.counter('checkpoint_save_failures_total', 'Checkpoints not saved.')
  private readonly savedAt = this.gauge('checkpoint_time_seconds', 'When the last checkpoint was saved.')
  private readonly warnings = this.counter('warnings_total', 'Warnings issued.')
  private readonly updatedAt = this.gauge('update_time_seconds', 'When this file was written.')
  private readonly memory = this.gauge('resident_memory_bytes', 'Resident memory of the process.')
  private readonly exit = this.gauge('exit_code', 'Exit code, once the run has ended.')
  private readonly state = this.gauge('state', '1 for the current state of the run, 0 for the others.', [
    'state',
  ])
  private readonly ofSome = new Map<keyof typeof OF_SOME, Gauge>()
  private readonly scores = this.gauge('score_nats', 'Scores of a run that is done.', [
    'model',
    'metric',
    'value',
  ])

  constructor(
    private readonly path: string,
    labels: Fields,
  ) {
    this.label(labels)
    this.gauge('info', 'Version of attrstream.', ['version']).set({ version: VERSION }, 1)
    this.gauge('start_time_seconds', 'When the run began.').set(Date.now() / 1000)
  }

  /** What every sample bears from now on. */
  label(labels: Fields): void {
    const known = Object.entries(labels).flatMap(([name, value]) =>
      value == null ? [] : [[name, `${value}`]],
    )
    this.registry.setDefaultLabels(Object.fromEntries(known))
  }

  /** Sets a value that only some commands have. */
  measure(name: keyof typeof OF_SOME, value: number): void {
    const gauge = this.ofSome.get(name) ?? this.gauge(name, OF_SOME[name])
    this.ofSome.set(name, gauge)
    gauge.set(value)
  }

  expect(bytes: number): void {
    this.expected.inc(bytes)
  }

  advance(records: number, bytes: number): void {
    this.records.inc(records)
    this.bytes.inc(bytes)
  }

  saved(): void {
    this.saves.inc()
    this.savedAt.set(Date.now() / 1000)
  }

  saveFailed(): void {
    this.failedSaves.inc()
  }

  warned(): void {
    this.warnings.inc()
  }

  scored(models: readonly ModelScore[]): void {
    for (const { model, kmer, angular } of models) {
      for (const [metric, { kld_nats, excess_nats, cv_nats }] of Object.entries({ kmer, angular })) {
        for (const [value, nats] of Object.entries({ kld: kld_nats, excess: excess_nats, cv: cv_nats })) {
          if (nats !== null) this.scores.set({ model, metric, value }, nats)
        }
      }
    }
  }

  /** Writes the file, whole or not at all. Errors: `io`. */
  async save(outcome: JobOutcome, exitCode?: number): Promise<void> {
    for (const each of OUTCOMES) this.state.set({ state: each }, each === outcome ? 1 : 0)
    if (exitCode !== undefined) this.exit.set(exitCode)
    this.memory.set(process.memoryUsage.rss())
    this.updatedAt.set(Date.now() / 1000)
    await writeAtomically(this.path, await this.registry.metrics())
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name: `attrstream_${name}`, help, registers: [this.registry] })
  }

  private gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({
      name: `attrstream_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
    })
  }
}
