import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { foldPopulation } from '../engine/fold.js'
import { makePass } from '../engine/workers/local-worker.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import type { Every, FoldReport, OpenedInput } from '../engine/fold-options.js'
import { screenOf, tooManyBad } from '../scoring/bad-record-policy.js'
import { openPopulation, type Population } from '../scoring/population.js'
import { resolveThinning } from '../metrics/thinning.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { VERSION } from '../version.js'
import { pipelineError } from './load.js'
import { assertFoldFits } from './memory.js'
import { type PipelineOptions, pipelineNotes } from './notes.js'
import { type FoldedModel, outputsOf, pipelineRecipe, type PipelineResult } from './pass.js'
import { type StatePart, partOf, partPrefix, savedInputs } from './parts.js'

/** How a fold goes, none of which changes its result. */
export interface FoldRun {
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  /** Most bytes of memory that it may need; without a limit where undefined. */
  readonly memoryLimit?: number | undefined
  /** Name of what is folded, if its state is one part of several. */
  readonly part?: string | undefined
  readonly report?: FoldReport & {
    /** The inputs are open, and hold this many bytes; 0 if they are not known. */
    opened?(bytes: number): void
  }
}

/** What came of a population. */
export interface PopulationFolded {
  /** Results by model; undefined where the fold was stopped. */
  readonly models: ReadonlyMap<string, FoldedModel> | undefined
  readonly bad: BadRecords | undefined
  readonly inputs: readonly OpenedInput[]
  readonly covered: Checkpoint['inputs']
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
  /** All of it as a state that merges with others. */
  state(): Checkpoint
}

/**
 * Folds the outputs of a pipeline over a population.
 *
 * Errors: those of reading and of the pipeline's parts; `usage`, for a checkpoint of a pipe; `mismatch`, for one of another
 * pipeline, options or data; `record`, for too many bad records.
 */
export async function foldPipeline(
  pool: WorkerPool,
  population: Population,
  asked: PipelineOptions,
  run: FoldRun = {},
): Promise<PopulationFolded> {
  const { model, paths } = population
  const { inputs: opened, ids } = await openPopulation(population, asked.records)
  const inputs = opened.map(input => ({ ...input, idPrefix: partPrefix(run.part) + input.idPrefix }))
  const options = { ...asked, thin: resolveThinning(asked.thin, inputs) }
  if (run.checkpoint !== undefined && inputs.some(({ batches }) => batches === undefined)) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or read a file',
    )
  }
  const { name, digest, records, thin, bad: policy } = options
  const recipe = pipelineRecipe(JSON.stringify([model, name, ...paths]), {
    name,
    digest,
    options: options.options,
    records,
    fraction: thin?.fraction,
    ids,
    screen: screenOf(policy, inputs),
  })
  const { accumulator } = await makePass(recipe)
  assertFoldFits(accumulator, inputs, pool.size, run.memoryLimit ?? Number.POSITIVE_INFINITY)
  let bytes = 0
  for (const { batches = [] } of inputs) for (const batch of batches) bytes += batch.bytes
  run.report?.opened?.(bytes)
  const notes = pipelineNotes(options, ids)
  const folded = await foldPopulation(pool, {
    recipe,
    population: model,
    inputs,
    renamable: ids !== 'path and row',
    checkpoint: run.checkpoint,
    version: VERSION,
    notes: JSON.parse(JSON.stringify(notes)),
    report: run.report ?? {},
  }).catch((error: unknown) => {
    throw pipelineError(name, error)
  })
  const { checkpoint, complete, unsaved } = folded
  const result = complete ? outputsOf(name, () => folded.result() as PipelineResult) : undefined
  const tooMany = result?.bad && tooManyBad(result.bad, checkpoint.records, policy)
  if (tooMany !== undefined) throw tooMany
  return {
    models: result?.models,
    bad: result?.bad,
    inputs,
    covered: checkpoint.inputs,
    unsaved,
    state: () => {
      const parts: StatePart[] = [partOf(run.part, digestsOf(result), checkpoint.records)]
      return {
        ...checkpoint,
        inputs: savedInputs(checkpoint.inputs),
        notes: JSON.parse(JSON.stringify({ ...notes, parts })),
      }
    },
  }
}

/** Digests of the ids of all models. */
export function digestsOf(result: PipelineResult | undefined) {
  return [...(result?.models.values() ?? [])].map(({ digest }) => digest)
}
