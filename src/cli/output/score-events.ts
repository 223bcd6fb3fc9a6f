import { plural } from '../../core/english.js'
import type { FoldRun } from '../../pipeline/fold-pipeline.js'
import { sizeOf } from '../../io/open.js'
import { isRemote } from '../../core/address.js'
import { countBatches } from '../../engine/checkpoints/ranges.js'
import type { Failure } from '../../results/failures.js'
import type { Population } from '../../scoring/population.js'
import type { PopulationScores, ScoreReport } from '../../scoring/score.js'
import type { StopSignal } from '../job/signals.js'
import { type Monitor } from '../job/monitor.js'

/** Of several populations, the bytes that a monitor expects of each that is not opened yet: the sizes of its files. */
export class ExpectedBytes {
  private readonly bytes = new Map<Population, number>()

  constructor(private readonly monitor: Monitor) {}

  /** Has the monitor expect them, as far as they lie on this machine; a lone population is opened at once. */
  async expect(populations: readonly Population[]): Promise<void> {
    if (populations.length === 1) return
    const sizeHere = async (path: string) => (isRemote(path) ? 0 : ((await sizeOf(path)) ?? 0))
    for (const population of populations) {
      const sizes = await Promise.all(population.paths.map(sizeHere))
      const bytes = sizes.reduce((sum, size) => sum + size, 0)
      this.bytes.set(population, bytes)
      this.monitor.expect(bytes)
    }
  }

  /** A population is opened, or will not be: what was expected of it is expected no more. */
  forget(population: Population): void {
    this.monitor.expect(-(this.bytes.get(population) ?? 0))
    this.bytes.delete(population)
  }
}

/** What is shown while a checkpoint is compared with its data. */
export const VERIFYING = 're-reading what the checkpoint covers, to check that the data are the same'

/** Reports to the monitor how the score of a population goes on. */
export function scoreReporter(
  monitor: Monitor,
  population: Population,
  unopened: ExpectedBytes,
  several: boolean,
  swept: boolean,
): ScoreReport {
  const { model } = population
  const name = several ? `${model}: ` : ''
  return {
    pass(_what, bytes) {
      unopened.forget(population)
      monitor.expect(bytes)
    },
    ...foldReporter(monitor, model, name),
    verifying: bytes => {
      monitor.expect(bytes)
      monitor.report('note', `${name}${VERIFYING}`, { model, bytes })
    },
    earlierFormat: () =>
      monitor.report(
        'note',
        `${name}the checkpoint has an earlier format: its scores lack supporting evidence, position score and constant share; --restart computes them`,
      ),
    memory: ({ total_bytes }) => {
      if (!swept) return
      const megabytes = Math.round(total_bytes / 1e6)
      monitor.report('note', `${name}the sweep needs about ${megabytes} MB of memory`, {
        model,
        bytes: total_bytes,
      })
    },
    cutMoved: () =>
      monitor.report(
        'note',
        `${name}the further data moved the global threshold, so its second pass starts over`,
      ),
    interim: scores => monitor.interim(scores),
  }
}

/** Reports which of several models are not scored, and why; not for a single one, whose error ends the run. */
export function reportFailures(monitor: Monitor, failed: readonly Failure[], models: number): void {
  if (models === 1) return
  for (const { model, error } of failed)
    monitor.report('warning', `${model} is not scored: ${error.message}`, { model, code: error.code })
}

/** Reports how far a stopped run came, and how to resume it. */
export function reportHowToResume(
  monitor: Monitor,
  signal: StopSignal,
  results: readonly PopulationScores[],
  checkpoint: string | undefined,
): void {
  let done = 0
  let all = 0
  for (const { covered: parts, inputs } of results) {
    for (const { covered } of parts) done += countBatches(covered)
    for (const { batches } of inputs) all += batches?.length ?? 0
  }
  const unsaved = results.find(({ unsaved }) => unsaved !== undefined)?.unsaved
  const how =
    done === 0
      ? 'nothing is lost; run the same command to resume'
      : checkpoint === undefined
        ? 'nothing is saved; use --checkpoint FILE to make a run resumable'
        : unsaved === undefined
          ? `saved in ${checkpoint}; run the same command to resume`
          : `the last save failed (${unsaved.message}); the same command resumes from the checkpoint before`
  monitor.report('stopped', `stopped by ${signal} after ${done} of ${all} batches; ${how}`, {
    signal,
    batches: done,
    expected_batches: all,
  })
}

/** Reports how the fold of a population goes on. `name` leads lines of text if there are several populations. */
export function foldReporter(monitor: Monitor, model: string, name = ''): NonNullable<FoldRun['report']> {
  return {
    opened: bytes => monitor.expect(bytes),
    progress: ({ records, bytes }) => monitor.advance(records, bytes),
    resumed: (records, batches) =>
      monitor.report(
        'resumed',
        `${name}resumed from ${records} records (${plural(batches, 'batch', 'batches')}) of the checkpoint`,
        {
          model,
          records,
          batches,
        },
      ),
    saved: (path, records) =>
      monitor.reportToMachines('saved', `saved after ${records} records`, { path, records }),
    saveFailed: error =>
      monitor.report('save-failed', `${name}checkpoint not saved: ${error.message}`, { model }),
  }
}
