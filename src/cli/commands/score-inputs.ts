import { dumpsOf as namedDumps } from '../../dumps/maps-to-draw.js'
import { join } from 'node:path'
import type { ArgumentsCamelCase } from 'yargs'
import { isPiped } from '../../io/open.js'
import { DataError } from '../../core/errors.js'
import type { Every } from '../../engine/fold-options.js'
import { WorkerPool } from '../../engine/workers/pool.js'
import { SCORES_SCHEMA, type ScoreDocument } from '../../results/document.js'
import { type Completed, eachModel, type Outcome } from '../../scoring/each-model.js'
import { failedModels, failuresError } from '../../results/failures.js'
import { preparationFor } from '../../scoring/pass.js'
import { loadPrior } from '../../scoring/prior.js'
import type { Quarantine } from '../../scoring/quarantine.js'
import { makeSpool } from '../../scoring/quarantine-spool.js'
import type { Population } from '../../scoring/population.js'
import { type PopulationScores, scorePopulation, type ScoreRun } from '../../scoring/score.js'
import type { ScoreOptions } from '../../scoring/score-options.js'
import { type BadRecordFlags, badPolicyOf } from '../flags/bad-record-flags.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'
import { writeScores } from '../output/write-scores.js'
import type { FoundAgreement } from '../../pipeline/agreement.js'
import type { JoinFlags } from '../flags/join-flags.js'
import { withJoin } from '../joined-inputs.js'
import { agreementOfScore, type ScoredInputs, scoredInputs, withAgreement } from './score-joined.js'
import type { SignalPolicy } from '../job/job.js'
import { type MetricFlags, metricsOf, nullsOf, thinOf } from '../flags/metric-flags.js'
import { makeFolder } from '../../io/make-folder.js'
import type { OutputFlags } from '../output/output.js'
import type { ReportFlags } from '../flags/report-flags.js'
import { type ReadoutFlags, readoutOf } from '../flags/readout-flags.js'
import { type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { everyOf, workersFor, memoryLimitOf, type RunFlags } from '../flags/run-flags.js'
import { provenanceOf } from '../output/provenance.js'
import type { StopSignal } from '../job/signals.js'
import { type SweepFlags, sweepOf, sweepPriorsOf } from '../flags/sweep-flags.js'
import { reportFailures, reportHowToResume, scoreReporter, ExpectedBytes } from '../output/score-events.js'
import { type TruthFlags, truthOptionsOf } from '../flags/truth-flags.js'
import type { Monitor } from '../job/monitor.js'

/** Options of a score of inputs. */
export type ScoreFlags = MetricFlags &
  RecordFlags &
  TruthFlags &
  RunFlags &
  ReadoutFlags &
  SweepFlags &
  OutputFlags &
  ReportFlags &
  BadRecordFlags &
  Partial<JoinFlags> & {
    inputs?: string[]
    agree: boolean
    model?: string | undefined
    untilSe?: number | undefined
    report?: string | undefined
    verify: boolean
  }

type Given = ArgumentsCamelCase<ScoreFlags>

/** Models whose maps a report draws unasked. */
const MOST_DUMPS = 8

/** Scores inputs, and delivers the scores. Returns the signal that stopped it, where one did. */
export async function scoreInputs(
  flags: Given,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const started = performance.now()
  const job = await prepare(flags, monitor)
  const outcomes = await scoreAll(job, monitor, stop)
  const results = outcomes.flatMap(outcome => ('result' in outcome ? outcome.result : []))
  const { signal } = stop
  const isCut = outcomes.length < job.populations.length || results.some(({ scores }) => scores === undefined)
  if (signal !== undefined && isCut) {
    reportHowToResume(monitor, signal, results, flags.checkpoint)
    return signal
  }
  const compared = job.join && (await agreementOfScore(job.join, flags, job.options, monitor, stop))
  if (job.join !== undefined && compared === undefined) {
    const how = 'models were scored, not compared; run the same command again'
    monitor.report('stopped', `stopped by ${stop.signal}: ${how}`, { signal: stop.signal })
    return stop.signal
  }
  stop.exitNow('not all that was scored is written')
  await deliver(job, outcomes, compared, started, monitor)
  return undefined
}

/** What is to be scored, and how. */
interface Job extends ScoredInputs {
  readonly flags: Given
  readonly files: readonly string[]
  readonly options: ScoreOptions
  readonly run: Pick<ScoreRun, 'memoryLimit' | 'untilSe' | 'verify'>
  readonly every: Every
  readonly workers: number
}

/** Finds the inputs, and refuses what cannot be done before anything is scored. */
async function prepare(flags: Given, monitor: Monitor): Promise<Job> {
  if (flags.inputs === undefined || flags.inputs.length === 0) {
    throw new DataError('usage', 'score needs inputs; give files, folders or patterns, or - for a pipe')
  }
  if (flags.model !== undefined) await monitor.setContext({ model: flags.model })
  const given = recordOptionsOf(flags)
  const note = (text: string) => monitor.report('note', text)
  const inputs = await scoredInputs(flags.inputs, given, note, flags)
  const files = [
    ...new Set([...inputs.populations, ...(inputs.join?.models ?? [])].flatMap(({ paths }) => paths)),
  ]
  const every = everyOf(flags.every)
  const memoryLimit = memoryLimitOf(flags['memory-limit'])
  if (flags.restart && flags.checkpoint === undefined) {
    throw new DataError('usage', '--restart has nothing to restart; give the file with --checkpoint')
  }
  const options = await scoreOptionsOf(flags, files)
  if (flags.out !== undefined) await makeFolder(flags.out)
  const workers = await workersFor(flags.workers, files)
  const run = { memoryLimit, untilSe: flags.untilSe, verify: flags.verify }
  return { ...inputs, flags, files, options, run, every, workers }
}

/** Scores all populations, as far as it is not stopped. */
async function scoreAll(
  job: Job,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<Outcome<PopulationScores>[]> {
  const { flags, files, populations, options, every, workers } = job
  const pool = new WorkerPool(workers, {
    preparation: preparationFor(files[0]),
    threadsOnly: workers > 1 && populations.length >= 2 * workers,
  })
  // A pipe has no checkpoint, and its next batch may never come.
  if (files.some(isPiped)) stop.exitNow('input from a pipe cannot be resumed')
  else stop.finishFirst(() => pool.stop())
  monitor.reportToMachines('begin', 'begins', { files: files.length })
  const unopened = new ExpectedBytes(monitor)
  await unopened.expect(populations)
  const several = populations.length > 1
  const checkpointOf = ({ model }: Population): ScoreRun['checkpoint'] => {
    if (flags.checkpoint === undefined) return undefined
    const path = several ? `${flags.checkpoint}.${encodeURIComponent(model)}` : flags.checkpoint
    return { path, every, restart: flags.restart }
  }
  try {
    return await eachModel(
      populations,
      pool,
      async population => {
        const own = withJoin(options, job.recordsOf(population))
        const result = await scorePopulation(pool, population, own, {
          ...job.run,
          checkpoint: checkpointOf(population),
          populations: Math.min(populations.length, pool.size),
          interimMs: process.stderr.isTTY ? 3000 : undefined,
          report: scoreReporter(monitor, population, unopened, several, options.sweep !== undefined),
        })
        const { scores = [], failed } = result
        reportFailures(monitor, failed, populations.length - 1 + scores.length + failed.length)
        return result
      },
      failure => reportFailures(monitor, [failure], populations.length),
    )
  } finally {
    for (const population of populations) unopened.forget(population)
    monitor.endBar()
    await pool.close().catch(() => {})
  }
}

/** Writes the scores, and the bad records. Errors: that of the models that failed; of a checkpoint that was not saved. */
async function deliver(
  { flags, options, recordsOf }: Job,
  outcomes: readonly Outcome<PopulationScores>[],
  compared: FoundAgreement | undefined,
  started: number,
  monitor: Monitor,
): Promise<void> {
  const done = outcomes.filter(outcome => 'result' in outcome)
  const results = done.map(({ result }) => result)
  const failed = outcomes.flatMap(outcome => ('result' in outcome ? outcome.result.failed : outcome))
  const own = results.flatMap(({ scores }) => scores ?? [])
  const models = compared === undefined ? own : withAgreement(own, compared)
  const { quarantine } = flags
  const quarantines = quarantinesOf(done, options, recordsOf)
  if (models.length === 0) throw await unscoredError(failed, quarantine, async () => quarantines, monitor)
  const scored = done.filter(({ result: { scores = [] } }) => scores.length > 0)
  const provenance = await provenanceOf(scored, options, flags.untilSe, started)
  if (quarantine !== undefined) await writeQuarantine(quarantine, quarantines, monitor)
  const document: ScoreDocument = {
    schema: SCORES_SCHEMA,
    models,
    ...(compared === undefined ? {} : { agreement: compared.agreement }),
    ...failedModels(failed),
    provenance,
  }
  for (const warning of compared?.warnings ?? []) monitor.report('warning', warning)
  await writeScores(document, flags, monitor, {
    name: flags.out === undefined ? 'this run' : join(flags.out, 'scores.json'),
    dumps: flags.maps === undefined ? dumpsOf(scored, options, recordsOf) : namedDumps(flags.maps),
    records: options.records,
  })
  if (failed.length > 0) throw failuresError(failed, models.length)
  const unsaved = results.find(({ unsaved }) => unsaved !== undefined)?.unsaved
  if (unsaved !== undefined) throw unsaved
  monitor.done()
}

/** Errors: `usage`; those of reading a prior and motifs. */
export async function scoreOptionsOf(flags: Given, files: readonly string[]): Promise<ScoreOptions> {
  const metrics = metricsOf(flags)
  const { records, truth } = truthOptionsOf(flags)
  const bad = badPolicyOf(flags)
  const sweep = sweepOf(flags, metrics)
  const readout = await readoutOf({ ...flags, readout: flags.readout || flags.report !== undefined })
  const nulls = nullsOf(flags)
  const thin = thinOf(flags)
  const prior = await loadPrior(flags.prior, { k: metrics.kmer.k, records })
  const sweepPriors = await sweepPriorsOf(flags.prior, metrics, sweep, records)
  const spool =
    flags.quarantine !== undefined && files.some(isPiped) ? makeSpool(flags.quarantine) : undefined
  return {
    metrics,
    prior,
    records,
    truth,
    nulls,
    thin,
    sweep,
    sweepPriors,
    bad: bad && { ...bad, spool },
    readout,
  }
}

/** Maps for a report: those of a lone file's one model; a pipe has passed. */
function dumpsOf(
  scored: readonly Completed<PopulationScores>[],
  { records }: ScoreOptions,
  recordsOf: ScoredInputs['recordsOf'],
) {
  return scored
    .map(({ population }) => population)
    .filter(population => recordsOf(population).join === undefined)
    .flatMap(({ model, paths: [path, ...more] }) =>
      isPiped(path) || more.length > 0 || records.columns?.model !== undefined ? [] : [{ model, path }],
    )
    .slice(0, MOST_DUMPS)
}

/** The bad records of all populations that were read to their end. */
function quarantinesOf(
  done: readonly Completed<PopulationScores>[],
  options: ScoreOptions,
  recordsOf: ScoredInputs['recordsOf'],
): Quarantine[] {
  return done.flatMap(({ population, result: { bad, inputs } }) => {
    const { metrics, records, bad: policy } = withJoin(options, recordsOf(population))
    return bad === undefined ? [] : { bad, inputs, records, k: metrics.kmer.k, spool: policy?.spool }
  })
}
