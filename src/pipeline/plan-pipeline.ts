import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import { makePlan, type Plan } from '../engine/plan.js'
import { makePass } from '../engine/workers/local-worker.js'
import { screenOf } from '../scoring/bad-record-policy.js'
import { openPopulation, type Population } from '../scoring/population.js'
import { planInputs, type Planning, planRecords, SCORE_JOB, type ShardJob } from '../scoring/shard-plan.js'
import { resolveThinning } from '../metrics/thinning.js'
import { assertFoldFits } from './memory.js'
import { asPipelineNotes, type PipelineOptions, pipelineNotes, pipelineOptionsOf } from './notes.js'
import { pipelineRecipe } from './pass.js'

/** A plan of a pipeline over a population. Errors: those of `planPopulation`. */
export async function planPipeline(
  population: Population,
  options: PipelineOptions,
  shards: number,
  { onOpened, hashed = false }: Planning = {},
): Promise<Plan> {
  if (population.paths.includes('-')) {
    throw new DataError('usage', 'a pipe cannot be cut into shards; plan files, or fold the parts')
  }
  const { inputs, ids } = await openPopulation(population, options.records, onOpened)
  const records = planRecords(options.records, population.paths)
  const thin = resolveThinning(options.thin, inputs)
  return makePlan({
    shards,
    population: population.model,
    params: pipelineNotes({ ...options, records, thin }, ids) as unknown as Json,
    inputs: await planInputs(inputs, hashed),
  })
}

/** How shards of a plan of a pipeline are folded and merged. */
const PIPELINE_JOB: ShardJob = {
  recipe(plan, _kind, _radii, max) {
    const notes = notesOf(plan)
    const { name, digest, options, records, thin, bad } = pipelineOptionsOf(notes, max)
    return {
      cuts: null,
      recipe: pipelineRecipe(plan.id, {
        name,
        digest,
        options,
        records,
        fraction: thin?.fraction,
        ids: notes.ids,
        screen: screenOf(bad, plan.inputs),
      }),
    }
  },
  async assertFits(plan, inputs, workers, limit) {
    const { accumulator } = await makePass(PIPELINE_JOB.recipe(plan, 'statistics', undefined).recipe)
    assertFoldFits(accumulator, inputs, workers, limit)
  },
}

/** The job that a plan is of: a pipeline's or that of `score`. */
export function jobOf(plan: Plan): ShardJob {
  return asPipelineNotes(plan.params) === undefined ? SCORE_JOB : PIPELINE_JOB
}

function notesOf(plan: Plan) {
  const notes = asPipelineNotes(plan.params)
  if (notes === undefined) throw new DataError('usage', 'the plan is of score, not of a pipeline')
  return notes
}
