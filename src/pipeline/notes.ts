import type { RecordOptions } from '../sources/records/records.js'
import type { Json } from '../core/types.js'
import type { BadRecordPolicy, MaxBad } from '../scoring/bad-record-policy.js'
import type { IdOrigin } from '../scoring/population.js'
import type { Thinning } from '../metrics/thinning.js'
import type { PipelineChoice, PipelineSpec } from './pass.js'

/** How a pipeline is to be run: what decides its results. */
export interface PipelineOptions extends Omit<PipelineChoice, 'fraction'> {
  readonly thin?: Thinning | undefined
  readonly bad?: BadRecordPolicy | undefined
}

/** What states and plans keep of these options, so that they can be finished by themselves. */
export interface PipelineNotes {
  readonly pipeline: {
    readonly name: string
    readonly digest: string
    readonly options: { readonly [name: string]: Json }
  }
  readonly records: RecordOptions
  readonly ids: IdOrigin
  readonly thin?: Thinning
  readonly bad?: BadRecordPolicy['kind']
}

/** The notes of a run by these options, as plain data. */
export function pipelineNotes(
  { name, digest, options, records, thin, bad }: PipelineOptions,
  ids: IdOrigin,
): PipelineNotes {
  const notes: PipelineNotes = {
    pipeline: { name, digest, options },
    records,
    ids,
    ...(thin && { thin }),
    ...(bad && { bad: bad.kind }),
  }
  return JSON.parse(JSON.stringify(notes)) as PipelineNotes
}

/** The options that notes are of; how many bad records are too many is not among them. */
export function pipelineOptionsOf(
  { pipeline, records, thin, bad }: PipelineNotes,
  max?: MaxBad,
): PipelineOptions {
  return { ...pipeline, records, thin, bad: bad && { kind: bad, max } }
}

/** The notes of a state or the params of a plan, if it is of a pipeline. */
export function asPipelineNotes(value: unknown): PipelineNotes | undefined {
  const notes = value as Partial<PipelineNotes> | null | undefined
  return typeof notes?.pipeline?.name === 'string' ? (notes as PipelineNotes) : undefined
}

/** What notes say of the pass besides the pipeline. */
export function specOfNotes({
  records,
  ids,
  thin,
  bad,
}: PipelineNotes): Pick<PipelineSpec, 'records' | 'ids' | 'fraction' | 'screen'> {
  return { records, ids, fraction: thin?.fraction, screen: bad && { places: bad === 'quarantine' } }
}
