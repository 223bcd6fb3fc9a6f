import { DataError } from '../core/errors.js'
import type { AnyAccumulator } from '../core/types.js'
import { type Checkpoint, mergeCovered } from '../engine/checkpoints/checkpoint.js'
import { makePass } from '../engine/workers/local-worker.js'
import type { Plan } from '../engine/plan.js'
import { VERSION } from '../version.js'
import type { MaxBad } from './bad-record-policy.js'
import type { Statistics } from './pass-accumulators.js'
import { type ScoredModels, scoresOf } from './scores-of-pass.js'
import { rowIds } from './population.js'
import type { Quarantine } from './quarantine.js'
import type { ReadoutOptions } from '../metrics/readout.js'
import { type PassKind, SCORE_JOB, type ShardJob, locate, optionsOfPlan, pathOf } from './shard-plan.js'
import { assertOfPlan, missingError } from './shard-states.js'

/** States of a plan's shards, put together one at a time, in any order and any tree. */
export class Merger {
  private merged: Checkpoint | undefined
  private state: unknown

  private constructor(
    private readonly plan: Plan,
    private readonly kind: PassKind,
    private readonly radii: Checkpoint | undefined,
    private readonly job: ShardJob,
    private readonly accumulator: AnyAccumulator,
  ) {}

  static async of(
    plan: Plan,
    kind: PassKind,
    radii: Checkpoint | undefined,
    job: ShardJob = SCORE_JOB,
  ): Promise<Merger> {
    const { accumulator } = await makePass(job.recipe(plan, kind, radii).recipe)
    return new Merger(plan, kind, radii, job, accumulator)
  }

  /** Adds a state. Errors: `mismatch`, for one of another plan or pass; `overlap`, for batches that are in already. */
  async add(state: Checkpoint, file: string): Promise<void> {
    await assertOfPlan(this.plan, this.kind, this.radii, state, file, this.job)
    if (this.merged === undefined) {
      this.merged = { ...state, shard: null, inputs: mergeCovered([], state.inputs), arrays: {} }
      this.state = this.accumulator.load(state.arrays)
      return
    }
    let inputs: Checkpoint['inputs']
    try {
      inputs = mergeCovered(this.merged.inputs, state.inputs)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      throw new DataError(error.code, `${error.where.file ?? ''} ${error.what}`.trim(), { file }, error)
    }
    this.merged = { ...this.merged, inputs, records: this.merged.records + state.records }
    this.accumulator.merge(this.state, this.accumulator.load(state.arrays))
  }

  /** All that was added, as one state; undefined before the first. */
  checkpoint(): Checkpoint | undefined {
    return this.merged && { ...this.merged, attrstream: VERSION, arrays: this.accumulator.save(this.state) }
  }

  /** What the pass makes of all that was added. */
  result(): unknown {
    return this.accumulator.result(this.state)
  }

  /**
   * The scores of all that was added, read out with known motifs where the plan has a readout. Errors: `empty`, where a
   * filter kept none; `usage`, for motifs without a readout.
   */
  scores(max?: MaxBad, motifs?: ReadoutOptions['motifs']): ScoredModels {
    const options = optionsOfPlan(this.plan, max)
    if (motifs !== undefined && options.readout === undefined) {
      throw new DataError('usage', 'the plan has no readout to look motifs up in; plan with --readout')
    }
    const readout = options.readout && { ...options.readout, motifs }
    const { records } = this.assertSome()
    return scoresOf(this.plan.population, { ...options, readout }, this.result() as Statistics, records)
  }

  /** The bad records of all that was added, with the plan's files that hold some, opened below `root`. */
  async quarantine(root: string): Promise<Quarantine> {
    const { plan } = this
    const options = optionsOfPlan(plan)
    this.assertSome()
    const { bad } = this.result() as Statistics
    if (bad === undefined || options.bad?.kind !== 'quarantine') {
      throw new DataError('usage', 'the plan keeps no places of bad records; plan with --on-bad quarantine')
    }
    const { prefixes } = rowIds(plan.inputs.map(({ name }) => name))
    const inputs = plan.inputs.map(({ name, fingerprint }, i) => ({
      name,
      path: pathOf(root, name),
      idPrefix: prefixes[i],
      fingerprint,
    }))
    const { records } = optionsOfPlan(locate(plan, root))
    return { bad, inputs, records, k: options.metrics.kmer.k, spool: undefined }
  }

  private assertSome(): Checkpoint {
    if (this.merged === undefined) throw missingError([...Array(this.plan.shards).keys()], this.plan)
    return this.merged
  }
}
