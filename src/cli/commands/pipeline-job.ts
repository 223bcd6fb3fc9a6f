import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import { isPiped } from '../../io/open.js'
import type { LoadedPipeline } from '../../pipeline/load.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import { modelsOfJoin, type ReadyOutputs, readyOutputs } from '../../pipeline/outputs.js'
import { outputsOf } from '../../pipeline/pass.js'
import type { Population } from '../../scoring/population.js'
import { makeSpool } from '../../scoring/quarantine-spool.js'
import type { RecordOptions } from '../../sources/records/records.js'
import { type BadRecordFlags, badPolicyOf } from '../flags/bad-record-flags.js'
import { thinOf } from '../flags/metric-flags.js'
import { type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { populationsOf } from '../inputs.js'
import { inputsOf } from '../joined-inputs.js'
import type { JoinFlags } from '../flags/join-flags.js'
import type { Monitor } from '../job/monitor.js'

type Flags = RecordFlags &
  Partial<JoinFlags> &
  Partial<BadRecordFlags> & { readonly inputs?: string[]; readonly model?: string; readonly thin?: number }

/** A pipeline with its options and inputs. */
export interface PipelineJob {
  readonly files: readonly string[]
  readonly populations: readonly Population[]
  readonly outputs: ReadyOutputs
  readonly options: PipelineOptions
  readonly shortest: number
}

/** What a pipeline is to be run on. Errors: `usage`, for no input; those of its outputs. */
export async function pipelineJob(
  loaded: LoadedPipeline,
  values: { readonly [name: string]: Json },
  flags: { readonly [name in keyof Flags]: Flags[name] | undefined },
  monitor: Monitor,
): Promise<PipelineJob> {
  const { name, digest, pipeline } = loaded
  const { inputs = [], quarantine, model, average } = flags
  const note = (text: string) => monitor.report('note', text)
  const { joined } = pipeline
  const { files, records: read } = await inputsOf(inputs, recordOptionsOf(flags), note, { joined, average })
  if (files.length === 0) {
    throw new DataError('usage', 'no input; give files, folders or patterns, or - for a pipe')
  }
  const outputs = outputsOf(name, () => readyOutputs(pipeline, values as never, modelsOfJoin(read)))
  const records = recordsOf(loaded, values, outputs, read)
  const policy = badPolicyOf(flags)
  const spool = quarantine !== undefined && files.some(isPiped) ? makeSpool(quarantine) : undefined
  const options: PipelineOptions = {
    name,
    digest,
    options: values,
    records,
    thin: thinOf(flags),
    bad: policy && { ...policy, spool },
  }
  monitor.reportToMachines('begin', 'begins', { files: files.length, pipeline: name })
  const { join } = records
  const pooled = join === undefined ? undefined : join.average === undefined ? name : 'average'
  const populations = populationsOf(files, model ?? pooled)
  return { files, populations, outputs, options, shortest: pipeline.shortest }
}

/** How a pipeline reads its records: with the columns that it names, and those that its outputs keep. */
export function recordsOf(
  { name, pipeline }: LoadedPipeline,
  values: { readonly [name: string]: Json },
  { written }: ReadyOutputs,
  given: RecordOptions,
): RecordOptions {
  const named = outputsOf(name, () => pipeline.columns(values as never))
  const kept = Object.values(written).flatMap(({ keep }) => keep)
  const extra = [...new Set([...named, ...kept])]
  return {
    ...given,
    truth: outputsOf(name, () => pipeline.truth(values as never)),
    extra: extra.length > 0 ? extra : undefined,
  }
}
