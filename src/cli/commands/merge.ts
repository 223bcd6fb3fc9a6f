import { REPORT_FLAGS } from '../flags/report-flags.js'
import { readFile } from 'node:fs/promises'
import type { ArgumentsCamelCase } from 'yargs'
import { sizeOf } from '../../io/open.js'
import { shownWords } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { loadPlan, rootOf, shortId } from '../../engine/plan.js'
import { SCORES_SCHEMA, type ScoreDocument } from '../../results/document.js'
import { failedModels, failuresError } from '../../results/failures.js'
import { loadMotifs } from '../../scoring/motifs.js'
import { Merger } from '../../scoring/merger.js'
import type { PassKind } from '../../scoring/shard-plan.js'
import { listShards, missingError, missingShards } from '../../scoring/shard-states.js'
import { checkQuarantineFile } from '../../scoring/quarantine.js'
import { VERSION } from '../../version.js'
import { MERGE_BAD_FLAGS, maxBadOf } from '../flags/bad-record-flags.js'
import { writeQuarantine, unscoredError } from '../output/write-quarantine.js'
import { writeScores } from '../output/write-scores.js'
import { JOB_FLAGS, runJob } from '../job/job.js'
import { OUTPUT_FLAGS, type OutputFlags } from '../output/output.js'
import { MOTIF_FLAGS } from '../flags/readout-flags.js'
import { asPipelineNotes } from '../../pipeline/notes.js'
import { jobOf } from '../../pipeline/plan-pipeline.js'
import { mergeParts, writeMergedResults, PARTS_FLAGS, type PartsFlags } from './merge-parts.js'
import { completeRadii } from './shard.js'
import { reportFailures } from '../output/score-events.js'
import type { Command } from '../job/command.js'
import type { Monitor } from '../job/monitor.js'

type Flags = OutputFlags &
  PartsFlags & {
    plan: string
    states?: string[]
    list?: string | undefined
    pass: PassKind
    radii?: string | undefined
    state?: string | undefined
    partial: boolean
    quarantine?: string | undefined
    'max-bad'?: string | undefined
    motifs?: string | undefined
    report?: string | undefined
    root?: string | undefined
    metrics?: string | undefined
  }

export const mergeCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .positional('states', {
        type: 'string',
        array: true,
        describe: 'state files, in any order; merged states too',
      })
      .option('plan', {
        string: true,
        describe: 'plan of the shards (default: none; states of fold)',
      })
      .options(PARTS_FLAGS)
      .option('list', { string: true, describe: 'file that lists further states, one per line' })
      .option('pass', {
        choices: ['radii', 'statistics'] as const,
        default: 'statistics' as const,
        describe: 'pass of the states',
      })
      .option('radii', { string: true, describe: 'merged state of the radii pass, for a global threshold' })
      .option('state', { string: true, describe: 'file to write the merged state to' })
      .option('partial', {
        boolean: true,
        default: false,
        describe: 'merge even if shards are missing; the result says which',
      })
      .options(MOTIF_FLAGS)
      .option('report', {
        string: true,
        describe: 'also write an HTML report to this file',
      })
      .options(REPORT_FLAGS)
      .options(OUTPUT_FLAGS)
      .options(MERGE_BAD_FLAGS)
      .option('root', { string: true, describe: 'folder of the files in the plan, for --quarantine' })
      .options(JOB_FLAGS)
      .example('$0 merge --plan plan.json states/*.state --out results', '')
      .example('$0 merge part-*.state --out results --expect-parts 12', 'states of fold')
      .example('$0 merge --plan plan.json --pass radii radii/*.state --state radii.state', 'first pass'),
  handler: merge,
}

/** `attrstream merge`: adds states one at a time, so that memory does not grow with their number. */
function merge(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: false }, async (monitor, stop) => {
    stop.exitNow('merge again')
    const { plan } = flags
    const ofPlan =
      flags.pass === 'radii' ? 'pass' : (['radii', 'partial', 'root'] as const).find(name => flags[name])
    if (plan === undefined && ofPlan !== undefined) {
      throw new DataError('usage', `--${ofPlan} applies to shards of a plan; give the plan with --plan`)
    }
    if (plan !== undefined) await mergeShards({ ...flags, plan }, monitor)
    else {
      const files = [...(flags.states ?? []), ...(flags.list === undefined ? [] : await listed(flags.list))]
      await mergeParts({ ...flags, files }, monitor)
    }
    return undefined
  })
}

async function mergeShards(
  flags: ArgumentsCamelCase<Flags> & { plan: string },
  monitor: Monitor,
): Promise<void> {
  const started = performance.now()
  if (flags.pass === 'radii' && flags.state === undefined) {
    throw new DataError('usage', 'merged radii are a state for the second pass; give its file with --state')
  }
  if (flags.quarantine !== undefined) {
    checkQuarantineFile(flags.quarantine)
    if (flags.state !== undefined && flags.out === undefined && flags.report === undefined) {
      throw new DataError(
        'usage',
        '--quarantine is written together with scores; give --out or --report too, or use it in the final merge',
      )
    }
  }
  const max = maxBadOf(flags['max-bad'])
  const motifs = flags.motifs === undefined ? undefined : await loadMotifs(flags.motifs)
  const plan = await loadPlan(flags.plan)
  const { population: model, shards } = plan
  await monitor.setContext({ plan: shortId(plan.id), model, shards, pass: flags.pass })
  const radii = flags.radii === undefined ? undefined : await completeRadii(plan, flags.radii)
  const merger = await Merger.of(plan, flags.pass, radii, jobOf(plan))
  const files = [...(flags.states ?? []), ...(flags.list === undefined ? [] : await listed(flags.list))]
  await addAll(merger, files, monitor)
  const merged = merger.checkpoint()
  const missing =
    merged === undefined ? Array.from({ length: shards }, (_, i) => i) : missingShards(plan, merged)
  monitor.missingShards(missing.length)
  const toState = flags.state !== undefined
  if (toState && merged !== undefined) {
    await saveCheckpoint(flags.state as string, merged, { keepPrevious: false })
    const holds = `${shards - missing.length} of the ${shards} shards of plan ${shortId(plan.id)}`
    monitor.report('saved', `${flags.state} holds ${holds}`, { path: flags.state, records: merged.records })
  }
  const done = () => {
    const records = merged?.records ?? 0
    monitor.reportToMachines(
      'done',
      `done: ${records} records of ${shards - missing.length} of ${shards} shards`,
      {
        ...monitor.progress(),
        states: files.length,
        missing_shards: missing.length,
      },
    )
  }
  if (missing.length > 0 && (!flags.partial || merged === undefined)) {
    if (toState && merged !== undefined && flags.out === undefined) return done()
    throw missingError(missing, plan)
  }
  if (flags.pass === 'radii' || (toState && flags.out === undefined && flags.report === undefined)) {
    return done()
  }
  if (asPipelineNotes(plan.params) !== undefined) {
    if (missing.length > 0) warnOfMissing(missing, shards, monitor)
    const partial = missing.length > 0 ? { missing_shards: missing, of: shards } : undefined
    await writeMergedResults(plan, merger, partial, flags)
    return done()
  }
  const { scores: models, failed } = merger.scores(max, motifs)
  reportFailures(monitor, failed, models.length + failed.length)
  if (missing.length > 0) warnOfMissing(missing, shards, monitor)
  const { quarantine } = flags
  const quarantines = async () => [await merger.quarantine(rootOf(flags.plan, plan, flags.root))]
  if (models.length === 0) throw await unscoredError(failed, quarantine, quarantines, monitor)
  const document: ScoreDocument = {
    schema: SCORES_SCHEMA,
    models,
    ...failedModels(failed),
    provenance: {
      version: VERSION,
      command: shownWords(process.argv.slice(2)),
      inputs: plan.inputs.map(({ name, size, fingerprint }) => ({
        model: plan.population,
        name,
        bytes: size,
        fingerprint,
      })),
      options: plan.params,
      plan: plan.id,
      wall_seconds: (performance.now() - started) / 1000,
    },
    ...(missing.length > 0 ? { partial: { missing_shards: missing, of: shards } } : {}),
  }
  if (quarantine !== undefined) await writeQuarantine(quarantine, await quarantines(), monitor)
  await writeScores(document, flags, monitor, { name: flags.out ?? 'this merge' })
  if (failed.length > 0) throw failuresError(failed, models.length)
  done()
}

function warnOfMissing(missing: readonly number[], shards: number, monitor: Monitor): void {
  const list = listShards(missing)
  monitor.report('warning', `partial: shards ${list} of ${shards} are missing`, {
    missing: list,
    missing_shards: missing.length,
  })
}

/** Adds the states of all files. Errors: `not-found`; those of `Merger.add`. */
async function addAll(merger: Merger, files: readonly string[], monitor: Monitor): Promise<void> {
  monitor.reportToMachines('begin', 'begins', { files: files.length })
  const sizes = await Promise.all(files.map(async file => (await sizeOf(file)) ?? 0))
  monitor.expect(sizes.reduce((sum, size) => sum + size, 0))
  for (const [i, file] of files.entries()) {
    const state = await loadCheckpoint(file)
    if (state === undefined) throw new DataError('not-found', 'no such state; check the path', { file })
    await merger.add(state, file)
    const { records, shard } = state
    monitor.advance(records, sizes[i])
    monitor.reportToMachines('added', `added ${records} records of ${file}`, {
      file,
      shard: shard?.index ?? null,
      records,
    })
  }
}

async function listed(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, { file }, error)
  })
  return text.split('\n').flatMap(line => line.trim() || [])
}
