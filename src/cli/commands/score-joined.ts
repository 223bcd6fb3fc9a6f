import { DataError } from '../../core/errors.js'
import type { Agreement } from '../../metrics/agreement.js'
import type { ModelAverage, ModelScore } from '../../metrics/model-score.js'
import type { Population } from '../../scoring/population.js'
import { planJoin } from '../../sources/joined/plan-join.js'
import type { JoinOptions, RecordOptions } from '../../sources/records/records.js'
import { expandInputs, populationsOf } from '../inputs.js'
import { modelsNamed } from '../joined-inputs.js'
import type { JoinFlags } from '../flags/join-flags.js'
import { everyOf, memoryLimitOf, type RunFlags } from '../flags/run-flags.js'
import { foldAgreement } from '../fold-agreement.js'
import type { SignalPolicy } from '../job/job.js'
import type { Monitor } from '../job/monitor.js'
import type { FoundAgreement } from '../../pipeline/agreement.js'
import type { ScoreOptions } from '../../scoring/score-options.js'

/** What a score is of: populations, each by its own options of how records are read, and the models that are compared, if any. */
export interface ScoredInputs {
  readonly populations: readonly Population[]
  readonly join: JoinOptions | undefined
  /** How the records of a population are read. */
  readonly recordsOf: (population: Population) => RecordOptions
}

/** Name of an average that is given none. */
const AVERAGE = 'average'

type Flags = Partial<JoinFlags> & { readonly agree: boolean; readonly model?: string | undefined }

/**
 * What inputs are scored: each file a model, or all under one name; their mean; or the models that are compared, with their mean if
 * that is asked for too.
 *
 * Errors: those of `expandInputs`, `modelsNamed` and `planJoin`; `usage`, for models that are compared and pooled.
 */
export async function scoredInputs(
  inputs: readonly string[],
  records: RecordOptions,
  note: (text: string) => void,
  { agree, average, model }: Flags,
): Promise<ScoredInputs> {
  if (!agree && average === undefined) {
    const files = await expandInputs(inputs, note, records)
    return { populations: populationsOf(files, model), join: undefined, recordsOf: () => records }
  }
  const { columns, match } = records
  const column = columns?.model
  if (model !== undefined && average === undefined && column === undefined) {
    throw new DataError(
      'usage',
      '--agree compares models, and --model makes one of all inputs; leave one of them out',
    )
  }
  const models = await modelsNamed(inputs, records, note)
  const own = { ...records, columns: { ...columns, model: undefined } }
  const join = await planJoin({ models, column, match, average }, own)
  const mean = { model: model ?? AVERAGE, paths: join.models[0].paths }
  const members = column === undefined ? models : [{ model: 'models', paths: join.models[0].paths }]
  return {
    populations: [...(agree ? members : []), ...(average === undefined ? [] : [mean])],
    join,
    recordsOf: population => (population === mean ? { ...own, join } : records),
  }
}

/** The agreement of the models of a score, in a pass of its own; undefined if it was stopped. */
export function agreementOfScore(
  join: JoinOptions,
  flags: Pick<RunFlags, 'workers' | 'checkpoint' | 'every' | 'restart' | 'memory-limit'>,
  options: ScoreOptions,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<FoundAgreement | undefined> {
  const { columns, ...records } = options.records
  const { checkpoint } = flags
  return foldAgreement(
    {
      files: join.models[0].paths,
      records: {
        ...records,
        columns: { ...columns, model: undefined },
        join: { ...join, average: undefined },
      },
    },
    monitor,
    stop,
    {
      q: options.metrics.kmer.q,
      workers: flags.workers,
      thin: options.thin,
      bad: options.bad && { kind: 'skip', max: options.bad.max },
      checkpoint:
        checkpoint === undefined
          ? undefined
          : { path: `${checkpoint}.agreement`, every: everyOf(flags.every), restart: flags.restart },
      memoryLimit: memoryLimitOf(flags['memory-limit']),
    },
  )
}

/** The scores of models that were compared, with what that says of each, and of what their mean gained. */
export function withAgreement(
  scores: readonly ModelScore[],
  { agreement, models }: Agreement,
): readonly ModelScore[] {
  const { all } = agreement
  const cvs = scores.flatMap(({ average, kmer }) => (average === undefined ? (kmer.cv_nats ?? []) : []))
  const cv = cvs.length === models.length ? cvs.reduce((sum, value) => sum + value, 0) / cvs.length : 0
  return scores.map(score => {
    if (score.average === undefined) {
      const own = models.find(({ model }) => model === score.model)
      if (own === undefined) return score
      const { agreement_with_others, agreement_with_others_se } = own
      return { ...score, agreement_with_others, agreement_with_others_se }
    }
    const { records: _, ...shares } = all
    const k = models.length
    const gain = all.agreement === null ? Number.NaN : Math.sqrt(k / (1 + (k - 1) * all.agreement))
    const average: ModelAverage = {
      ...score.average,
      ...shares,
      predicted_gain: Number.isFinite(gain) ? gain : null,
      kmer_cv_gain: cv > 0 && score.kmer.cv_nats !== null ? score.kmer.cv_nats / cv : null,
    }
    return { ...score, average }
  })
}
