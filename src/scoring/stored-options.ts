import type { RecordOptions } from '../sources/records/records.js'
import type { Json } from '../core/types.js'
import type { BadRecordPolicy, MaxBad } from './bad-record-policy.js'
import type { PriorCounts } from '../metrics/kmer/kld.js'
import { DEFAULT_NULLS } from '../metrics/nulls.js'
import { STATE_FORMAT } from '../metrics/statistics.js'
import type { ReadoutOptions } from '../metrics/readout.js'
import type { ScoreOptions } from './score-options.js'

/** What states and plans keep of the options, so that they can be finished by themselves. */
export interface ScoringNotes
  extends Pick<ScoreOptions, 'metrics' | 'truth' | 'thin' | 'sweep' | 'sweepPriors' | 'nulls' | 'format'> {
  readonly prior: PriorCounts | null
  readonly byModel: boolean
  /** What is done with bad records; absent if the first ends the run. */
  readonly bad?: BadRecordPolicy['kind']
  readonly readout?: Pick<ReadoutOptions, 'fold'>
}

/** The notes of a run by these options, as plain data. */
export function scoringNotes(options: ScoreOptions): Json {
  const {
    metrics,
    prior,
    records,
    truth,
    bad,
    readout,
    thin,
    sweep,
    sweepPriors,
    nulls = DEFAULT_NULLS,
    format = STATE_FORMAT,
  } = options
  const plain = ({ name, k, counts }: PriorCounts) => ({ name, k, counts: Array.from(counts) })
  const notes: ScoringNotes = {
    metrics,
    prior: prior === undefined ? null : plain(prior),
    byModel: records.columns?.model !== undefined,
    ...(truth && { truth }),
    ...(readout && { readout: { fold: readout.fold } }),
    ...(bad && { bad: bad.kind }),
    ...(thin && { thin }),
    ...(sweep && { sweep }),
    ...(sweepPriors && { sweepPriors: sweepPriors.map(plain) }),
    nulls,
    format,
  }
  return notes as unknown as Json
}

/** The options of these notes, over records read so; how many bad ones are too many is not among them. */
export function optionsOfNotes(notes: ScoringNotes, records: RecordOptions, max?: MaxBad): ScoreOptions {
  const { prior, bad, ...others } = notes
  return { ...others, records, prior: prior ?? undefined, bad: bad && { kind: bad, max } }
}
