import { DataError } from '../core/errors.js'
import type { Checkpoint } from '../engine/checkpoints/checkpoint.js'
import { foldPopulation } from '../engine/fold.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import { screenOf } from '../scoring/bad-record-policy.js'
import type { Statistics } from '../scoring/pass-accumulators.js'
import { assertWithinMemory } from '../scoring/memory-limit.js'
import { passRecipe } from '../scoring/pass.js'
import { openPopulation, type Population } from '../scoring/population.js'
import { runShape } from '../scoring/score.js'
import { type ScoreOptions, statisticsOptions } from '../scoring/score-options.js'
import { scoringNotes } from '../scoring/stored-options.js'
import { resolveThinning } from '../metrics/thinning.js'
import { VERSION } from '../version.js'
import type { FoldRun } from './fold-pipeline.js'
import { partOf, partPrefix, savedInputs } from './parts.js'

/**
 * What `score` adds up over a population, as a state that merges with others; undefined where it was stopped. A global threshold is
 * taken from bins of the radius, as for a pipe, since its cut is only known once all parts are merged.
 *
 * Errors: those of reading; `usage`, for a checkpoint of a pipe; `mismatch`, for one of other options or data.
 */
export async function foldScores(
  pool: WorkerPool,
  population: Population,
  asked: ScoreOptions,
  run: FoldRun = {},
): Promise<Checkpoint | undefined> {
  const { model, paths } = population
  const { inputs: opened, ids } = await openPopulation(population, asked.records)
  const inputs = opened.map(input => ({ ...input, idPrefix: partPrefix(run.part) + input.idPrefix }))
  if (run.checkpoint !== undefined && inputs.some(({ batches }) => batches === undefined)) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, so it has no checkpoint; leave --checkpoint out, or read a file',
    )
  }
  const options = { ...asked, thin: resolveThinning(asked.thin, inputs) }
  const binned = options.metrics.angular.threshold.kind === 'global'
  const shape = runShape(options, inputs)
  assertWithinMemory(
    { ...shape, piped: shape.piped || binned, workers: pool.size },
    run.memoryLimit ?? Number.POSITIVE_INFINITY,
  )
  let bytes = 0
  for (const { batches = [] } of inputs) for (const batch of batches) bytes += batch.bytes
  run.report?.opened?.(bytes)
  const folded = await foldPopulation(pool, {
    recipe: passRecipe(JSON.stringify([model, 'fold', ...paths]), {
      kind: 'statistics',
      cuts: binned ? 'bins' : null,
      statistics: statisticsOptions(options),
      records: options.records,
      ids,
      screen: screenOf(options.bad, inputs),
    }),
    population: model,
    inputs,
    renamable: ids !== 'path and row',
    checkpoint: run.checkpoint,
    version: VERSION,
    notes: scoringNotes(options),
    report: run.report ?? {},
  })
  const { checkpoint, complete, unsaved } = folded
  if (!complete) return undefined
  if (unsaved !== undefined) throw unsaved
  const { result } = folded.result() as Statistics
  const digests = [...result.values()].map(({ digest }) => digest)
  const notes = {
    ...(scoringNotes(options) as object),
    parts: [partOf(run.part, digests, checkpoint.records)],
  }
  return { ...checkpoint, inputs: savedInputs(checkpoint.inputs), notes: JSON.parse(JSON.stringify(notes)) }
}
