import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { sizeOf } from '../../io/open.js'
import type { RecordOptions } from '../../sources/records/records.js'
import { shownPath } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import type { OptionValues } from '../../pipeline/define.js'
import { loadPipeline } from '../../pipeline/load.js'
import type { Plan } from '../../engine/plan.js'
import type { Merger } from '../../scoring/merger.js'
import {
  asPipelineNotes,
  type PipelineNotes,
  type PipelineOptions,
  pipelineOptionsOf,
} from '../../pipeline/notes.js'
import { modelsOfJoin, readyOutputs } from '../../pipeline/outputs.js'
import type { PipelineResult } from '../../pipeline/pass.js'
import { type PopulationResult, resultsDocument } from '../../pipeline/results.js'
import { StateSum } from '../../pipeline/state-sum.js'
import { tooManyBad } from '../../scoring/bad-record-policy.js'
import { SCORES_SCHEMA, type ScoreDocument } from '../../results/document.js'
import { type Failure, failedModels, failuresError } from '../../results/failures.js'
import type { Statistics } from '../../scoring/pass-accumulators.js'
import { scoresOf } from '../../scoring/scores-of-pass.js'
import { loadMotifs } from '../../scoring/motifs.js'
import type { ModelScore } from '../../metrics/model-score.js'
import { optionsOfNotes, type ScoringNotes } from '../../scoring/stored-options.js'
import { VERSION } from '../../version.js'
import { maxBadOf } from '../flags/bad-record-flags.js'
import { AGREEMENT, agreementFound } from '../../pipeline/agreement.js'
import { deliverAgreement } from '../output/write-agreement.js'
import { writeResults } from '../output/write-results.js'
import { writeScores } from '../output/write-scores.js'
import type { OutputFlags } from '../output/output.js'
import { reportFailures } from '../output/score-events.js'
import type { Monitor } from '../job/monitor.js'

const P = 'Parts:'

/** Options of a merge of states that are of no plan. */
export const PARTS_FLAGS = {
  pipeline: {
    string: true,
    group: P,
    describe: 'path of the pipeline of the states, if it has moved',
  },
  'expect-parts': {
    number: true,
    group: P,
    describe: 'fail unless the states hold this number of parts (no default)',
  },
  'expect-records': {
    number: true,
    group: P,
    describe: 'fail unless the states hold this number of records (no default)',
  },
} as const

export type PartsFlags = InferredOptionTypes<typeof PARTS_FLAGS>

type Flags = PartsFlags &
  OutputFlags & {
    files: readonly string[]
    state?: string | undefined
    report?: string | undefined
    motifs?: string | undefined
    quarantine?: string | undefined
    'max-bad'?: string | undefined
  }

/** Adds up states of `fold`, those of each model by themselves, and writes what they give. */
export async function mergeParts(flags: ArgumentsCamelCase<Flags>, monitor: Monitor): Promise<void> {
  const started = performance.now()
  if (flags.files.length === 0) throw new DataError('usage', 'no states; give files, or a list with --list')
  if (flags.quarantine !== undefined) {
    throw new DataError('usage', '--quarantine needs the rows of a plan, which parts do not have')
  }
  const sums = await addAll(flags, monitor)
  checkExpected(sums, flags)
  const { state } = flags
  if (state !== undefined) {
    const [sum, other] = sums.values()
    if (other !== undefined) {
      const models = [...sums.keys()].join(', ')
      throw new DataError('usage', `a state is of one model, and these are of ${models}; merge them by model`)
    }
    await saveCheckpoint(state, sum.checkpoint(), { keepPrevious: false })
    monitor.report('saved', `${state} holds ${sum.recordCount} records of ${sum.partCount} parts`, {
      path: state,
      records: sum.recordCount,
    })
  }
  if (state === undefined || flags.out !== undefined || flags.report !== undefined) {
    const notes = [...sums.values()].map(sum => asPipelineNotes(sum.checkpoint().notes))
    if (notes[0] === undefined) await deliverSummedScores(sums, flags, monitor, started)
    else await deliverSummedResults(sums, flags)
  }
  monitor.done()
}

/** The sum of each population. Errors: `not-found`; those of `StateSum`. */
async function addAll({ files, pipeline }: Flags, monitor: Monitor): Promise<ReadonlyMap<string, StateSum>> {
  monitor.reportToMachines('begin', 'begins', { files: files.length })
  const sums = new Map<string, StateSum>()
  for (const file of files) {
    const state = await loadCheckpoint(file)
    if (state === undefined) throw new DataError('not-found', 'no such state; check the path', { file })
    let sum = sums.get(state.population)
    if (sum === undefined) sums.set(state.population, (sum = await StateSum.like(state, file, pipeline)))
    sum.add(state, file)
    monitor.advance(state.records, (await sizeOf(file)) ?? 0)
    monitor.reportToMachines('added', `added ${state.records} records of ${file}`, {
      file,
      records: state.records,
    })
  }
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Errors: `missing`, for fewer parts or records than expected; `overlap`, for more. */
function checkExpected(sums: ReadonlyMap<string, StateSum>, flags: Flags): void {
  let parts = 0
  let records = 0
  for (const sum of sums.values()) {
    parts += sum.partCount
    records += sum.recordCount
  }
  const check = (what: string, found: number, expected: number | undefined) => {
    if (expected === undefined || found === expected) return
    throw new DataError(
      found < expected ? 'missing' : 'overlap',
      `${found} ${what}, expected ${expected}; ${found < expected ? 'add the states that are missing' : 'leave out the surplus'}`,
    )
  }
  check('parts', parts, flags['expect-parts'])
  check('records', records, flags['expect-records'])
}

async function deliverSummedScores(
  sums: ReadonlyMap<string, StateSum>,
  flags: ArgumentsCamelCase<Flags>,
  monitor: Monitor,
  started: number,
): Promise<void> {
  const max = maxBadOf(flags['max-bad'])
  const motifs = flags.motifs === undefined ? undefined : await loadMotifs(flags.motifs)
  const models: ModelScore[] = []
  const failed: Failure[] = []
  let options: Json = null
  for (const [model, sum] of sums) {
    const scored = scoresOf(model, optionsOf(sum), sum.result() as Statistics, sum.recordCount)
    models.push(...scored.scores)
    failed.push(...scored.failed)
  }
  reportFailures(monitor, failed, models.length + failed.length)
  if (models.length === 0) throw failuresError(failed, 0)
  const document: ScoreDocument = {
    schema: SCORES_SCHEMA,
    models,
    ...failedModels(failed),
    provenance: {
      version: VERSION,
      command: process.argv.slice(2).map(shownPath),
      inputs: [...sums].flatMap(([model, sum]) =>
        sum.checkpoint().inputs.map(({ name, fingerprint }) => ({ model, name, bytes: null, fingerprint })),
      ),
      options,
      wall_seconds: (performance.now() - started) / 1000,
    },
  }
  await writeScores(document, flags, monitor, { name: flags.out ?? 'this merge' })
  if (failed.length > 0) throw failuresError(failed, models.length)

  function optionsOf(sum: StateSum) {
    const { notes, params } = sum.checkpoint()
    options = notes
    const { records = {} } = params as { records?: RecordOptions }
    const asked = optionsOfNotes(notes as unknown as ScoringNotes, records, max)
    if (motifs !== undefined && asked.readout === undefined) {
      throw new DataError('usage', 'the states have no readout to look motifs up in; fold with --readout')
    }
    return { ...asked, readout: asked.readout && { ...asked.readout, motifs } }
  }
}

/** Writes the results of a plan's merged shards. */
export async function writeMergedResults(
  plan: Plan,
  merger: Merger,
  partial: PopulationResult['partial'],
  flags: ArgumentsCamelCase<OutputFlags & { 'max-bad'?: string | undefined; pipeline?: string | undefined }>,
): Promise<void> {
  const records = merger.checkpoint()?.records ?? 0
  const summed = { model: plan.population, records, result: merger.result() as PipelineResult, partial }
  await writeSummed(asPipelineNotes(plan.params) as PipelineNotes, [summed], flags)
}

async function deliverSummedResults(
  sums: ReadonlyMap<string, StateSum>,
  flags: ArgumentsCamelCase<Flags>,
): Promise<void> {
  let notes: PipelineNotes | undefined
  const summed = [...sums].map(([model, sum]) => {
    const own = asPipelineNotes(sum.checkpoint().notes)
    if (own === undefined) {
      throw new DataError('usage', `${model} has scores, the others have not; merge them separately`)
    }
    notes ??= own
    return { model, records: sum.recordCount, result: sum.result() as PipelineResult }
  })
  if (notes !== undefined) await writeSummed(notes, summed, flags)
}

interface Summed extends Pick<PopulationResult, 'model' | 'partial'> {
  readonly records: number
  readonly result: PipelineResult
}

/** Errors: `record`, for too many bad records; those of `writeResults`. */
async function writeSummed(
  notes: PipelineNotes,
  summed: readonly Summed[],
  flags: ArgumentsCamelCase<OutputFlags & { 'max-bad'?: string | undefined; pipeline?: string | undefined }>,
): Promise<void> {
  const { pipeline: path } = flags
  const stored = pipelineOptionsOf(notes, maxBadOf(flags['max-bad']))
  const options = path === undefined ? stored : { ...stored, name: path }
  const results = summed.map(({ model, records, result: { models, bad }, partial }) => {
    const tooMany = bad && tooManyBad(bad, records, options.bad)
    if (tooMany !== undefined) throw tooMany
    return { model, models, bad, partial }
  })
  if (options.name === AGREEMENT) return writeMergedAgreement(options, results, flags)
  const { pipeline } = await loadPipeline(options.name)
  const { all } = readyOutputs(
    pipeline,
    options.options as OptionValues<never>,
    modelsOfJoin(options.records),
  )
  const format = flags.format === 'csv' ? 'csv' : 'json'
  await writeResults(all, resultsDocument(options, all, results), results, { out: flags.out, format })
}

/** The agreement of merged states, as `agree` writes it. Errors: `usage`, for several populations; those of `agreementFound`. */
async function writeMergedAgreement(
  { records, options }: PipelineOptions,
  results: readonly PopulationResult[],
  flags: ArgumentsCamelCase<OutputFlags>,
): Promise<void> {
  if (results.length > 1) {
    const models = results.map(({ model }) => model).join(', ')
    throw new DataError('usage', `the states are of several populations, ${models}; merge each by itself`)
  }
  const [{ models, bad, partial }] = results
  const of = { records, q: options['q'] as number, badRecords: bad?.total ?? 0 }
  await deliverAgreement(agreementFound(models, of), flags, { partial })
}
