import { DataError } from '../core/errors.js'
import type { AnyAccumulator } from '../core/types.js'
import { jsonDifferences } from '../core/canonical-json.js'
import { type Checkpoint, isComplete } from '../engine/checkpoints/checkpoint.js'
import { makePass } from '../engine/workers/local-worker.js'
import type { RecordOptions } from '../sources/records/records.js'
import { type ScoringNotes, optionsOfNotes } from '../scoring/stored-options.js'
import { statisticsPass } from '../scoring/pass-accumulators.js'
import { screenSpec, statisticsOptions } from '../scoring/score-options.js'
import { VERSION } from '../version.js'
import { asPipelineNotes, specOfNotes } from './notes.js'
import { assertMergeable, isOfLibrary, LIBRARY } from './state-match.js'
import { StateParts } from './parts.js'
import { pipelineRecipe } from './pass.js'

/**
 * What a state is of: a pipeline or `score`. Errors: `usage`, for a state of part of its data, of a plan, of a first pass, or of
 * an exact global threshold, none of which can be merged by itself; those of loading the pipeline.
 *
 * @param pipeline Path of the pipeline's module, if it is not where the state says.
 */
export async function accumulatorOf(
  state: Checkpoint,
  file: string,
  pipeline?: string,
): Promise<AnyAccumulator> {
  const where = { file }
  if (state.plan !== null) {
    throw new DataError('usage', 'is a state of a plan; give the plan too, with --plan', where)
  }
  if (!isComplete(state)) {
    throw new DataError('usage', 'is a state of part of its data; let the run that made it finish', where)
  }
  const notes = asPipelineNotes(state.notes)
  if (notes !== undefined) {
    const name = pipeline ?? notes.pipeline.name
    if (name === LIBRARY) {
      const what =
        'was made by the library, which does not know the module of the pipeline; give it with --pipeline'
      throw new DataError('usage', what, where)
    }
    const recipe = pipelineRecipe('state', { ...notes.pipeline, name, ...specOfNotes(notes) })
    return (await makePass(recipe)).accumulator
  }
  const scoring = state.notes as unknown as ScoringNotes | null
  if (state.pipeline !== 'statistics' || scoring?.metrics === undefined) {
    throw new DataError('usage', `is a state of ${state.pipeline}, which has no result of its own`, where)
  }
  const { records = {}, statistics } = state.params as { records?: RecordOptions; statistics?: never }
  const options = optionsOfNotes(scoring, records)
  const cuts = scoring.metrics.angular.threshold.kind === 'global' ? 'bins' : null
  const accumulator = statisticsPass(statisticsOptions(options), cuts, screenSpec(options))
  if (jsonDifferences(accumulator.params, statistics ?? null).length > 0) {
    throw new DataError(
      'usage',
      cuts === null
        ? `is of attrstream ${state.attrstream}, which adds up otherwise; make it again`
        : 'has a global threshold that was found in its own data; use plan and shard, or fold the parts',
      where,
    )
  }
  return accumulator
}

/** States of one population added up, in any order, one at a time: two of them are in memory. */
export class StateSum {
  private readonly parts = new StateParts()
  private records = 0
  private state: unknown

  private constructor(
    private first: Checkpoint,
    private firstFile: string,
    readonly accumulator: AnyAccumulator,
  ) {
    this.state = accumulator.empty()
  }

  /** A sum of nothing, for states like this one. Errors: those of `accumulatorOf`. */
  static async like(state: Checkpoint, file: string, pipeline?: string): Promise<StateSum> {
    return new StateSum(state, file, await accumulatorOf(state, file, pipeline))
  }

  /** Errors: `mismatch`, for a state of another pipeline, options or population; `overlap`, for what is in already. */
  add(state: Checkpoint, file: string): void {
    if (state !== this.first) {
      try {
        assertMergeable(state, this.first)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        throw new DataError('mismatch', `${error.what} (as in ${this.firstFile})`, { file }, error)
      }
      if (!isComplete(state)) {
        throw new DataError('usage', 'is a state of part of its data; let the run that made it finish', {
          file,
        })
      }
    }
    this.parts.add(state, file)
    // What states of commands know of their pipeline is kept, in whatever order they come.
    if (isOfLibrary(this.first)) [this.first, this.firstFile] = [state, file]
    const loaded: unknown = this.accumulator.load(state.arrays)
    if (this.records === 0) this.state = loaded
    else this.accumulator.merge(this.state, loaded)
    this.records += state.records
  }

  get recordCount(): number {
    return this.records
  }

  get partCount(): number {
    return this.parts.count
  }

  result(): unknown {
    return this.accumulator.result(this.state)
  }

  /** All that was added, as one state: the same bytes in whatever order it was added. */
  checkpoint(): Checkpoint {
    const notes = { ...(this.first.notes as object), parts: this.parts.sorted() }
    return {
      ...this.first,
      attrstream: VERSION,
      inputs: this.parts.covered(),
      records: this.records,
      notes: JSON.parse(JSON.stringify(notes)),
      arrays: this.accumulator.save(this.state),
    }
  }
}
