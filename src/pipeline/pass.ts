import { isPiped } from '../io/open.js'
import { idDigest, type IdDigest } from '../accumulators/id-digest.js'
import { countingBadRecords } from '../accumulators/with-bad-records.js'
import { type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { groupBy, mapResult, pipe, together } from '../core/compose.js'
import type { AttributionRecord, Json, OpaqueAccumulator } from '../core/types.js'
import type { Pass, PassRecipe } from '../engine/workers/local-worker.js'
import { ALL } from '../metrics/by-model.js'
import type { ScreenSpec } from '../scoring/bad-record-policy.js'
import type { IdOrigin } from '../scoring/population.js'
import { pipeSpool } from '../scoring/quarantine-spool.js'
import { loadReader } from '../sources/open.js'
import { openRecords } from '../sources/open-records.js'
import { thin } from '../stages/thin.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { basename } from 'node:path'
import type { OptionValues, Pipeline } from './define.js'
import { loadPipeline, pipelineError } from './load.js'
import { modelsOfJoin, type ReadyOutputs, readyOutputs } from './outputs.js'

/** All that decides what a pipeline makes of records, as plain data. */
export interface PipelineChoice {
  /** Path of its module, or its name in the package. */
  readonly name: string
  /** Of its module; see `LoadedPipeline`. */
  readonly digest: string
  readonly options: { readonly [name: string]: Json }
  readonly records: RecordOptions
  /** Part of the records that is looked at, by hash of the id; all where undefined. */
  readonly fraction?: number | undefined
}

/** All that a thread needs to make a pass of a pipeline. */
export interface PipelineSpec extends PipelineChoice {
  /** What ids are made of, which decides the groups of records. */
  readonly ids: IdOrigin
  /** How bad records are met; the first ends the pass where undefined. */
  readonly screen?: ScreenSpec | undefined
}

/** The result of a pass over one population. */
export interface FoldedModel {
  readonly digest: IdDigest
  /** Results of the folds, by name of the output. */
  readonly outputs: { readonly [name: string]: unknown }
}

/** Results by model, and the bad records if they were let through. */
export interface PipelineResult {
  readonly models: ReadonlyMap<string, FoldedModel>
  readonly bad: BadRecords | undefined
}

/** Shorter sequences than this are bad records: none is. */
export const LEAST_LENGTH = 1

/** The recipe of a pass, for this thread or a worker. */
export function pipelineRecipe(key: string, spec: PipelineSpec): PassRecipe {
  return { key, module: import.meta.url, spec: JSON.parse(JSON.stringify(spec)) as Json }
}

/** What workers load before they are up, to read such a file. */
export const pipelinePreparation = (path: string) => ({ module: import.meta.url, path })

/** Called by workers before they are up. */
export const prepare = loadReader

/** Makes a pass from its spec; called in every thread. Errors: those of `loadPipeline` and `readyOutputs`. */
export async function makePass(json: Json): Promise<Pass> {
  const spec = json as unknown as PipelineSpec
  const { name, records, screen } = spec
  const { pipeline } = await loadPipeline(name)
  return {
    accumulator: pipelineAccumulator(pipeline, spec),
    open: async (path, idPrefix, input) =>
      openRecords(path, {
        ...records,
        idPrefix,
        screen: screen && {
          k: LEAST_LENGTH,
          input,
          onBad: isPiped(path) ? pipeSpool(screen.spool) : undefined,
        },
      }),
  }
}

/** What a pass adds up. Errors: those of `readyOutputs`, with the pipeline's name. */
export function pipelineAccumulator(
  pipeline: Pipeline,
  { name, digest, options, records, ids, screen, fraction }: PipelineSpec,
): OpaqueAccumulator<AttributionRecord, PipelineResult> {
  const outputs = outputsOf(name, () =>
    readyOutputs(pipeline, options as OptionValues<never>, modelsOfJoin(records)),
  )
  const inner = byModel(outputs, records, fraction)
  const accumulator =
    screen === undefined
      ? mapResult(inner, models => ({ models, bad: undefined }))
      : mapResult(countingBadRecords(inner, screen), ({ result, bad }) => ({ models: result, bad }))
  return {
    ...accumulator,
    name: `pipeline ${basename(name)}`,
    params: {
      outputs: accumulator.params,
      options,
      module: digest,
      records: JSON.parse(JSON.stringify(withSidePaths(records, path => basename(path)))) as Json,
      ids,
    },
  }
}

/** What a pipeline's own functions throw, with its name. */
export function outputsOf<T>(name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw pipelineError(name, error)
  }
}

function byModel(
  { folds }: ReadyOutputs,
  records: RecordOptions,
  fraction: number | undefined,
): OpaqueAccumulator<AttributionRecord, ReadonlyMap<string, FoldedModel>> {
  const one = () =>
    together<AttributionRecord, never>({ digest: idDigest(), outputs: together(folds) } as never)
  const first = one() as OpaqueAccumulator<AttributionRecord, FoldedModel>
  const models: OpaqueAccumulator<AttributionRecord, ReadonlyMap<string, FoldedModel>> = records.columns
    ?.model === undefined
    ? mapResult(first, result => new Map([[ALL, result]]))
    : groupBy(
        record => record.model ?? ALL,
        () => one() as OpaqueAccumulator<AttributionRecord, FoldedModel>,
        first.params,
      )
  return fraction === undefined ? models : pipe(thin({ fraction }), models)
}
