import { DataError } from '../../core/errors.js'
import { changedOptions } from './option-names.js'
import type { Arrays, Json, Range } from '../../core/types.js'
import { canonicalJson, jsonDifferences } from '../../core/canonical-json.js'
import { countBatches, describeRanges, overlap, union } from './ranges.js'

/** Version of the checkpoint format, raised by whatever an older attrstream would misread. */
export const FORMAT_VERSION = 2

/** How much of an input a checkpoint covers. */
export interface CoveredInput {
  /** As in the plan: a relative or base name. */
  readonly name: string
  readonly fingerprint: string
  /** What `OpenedInput.stamp` was; states that are merged have none. */
  readonly stamp?: string | undefined
  readonly batchCount: number
  /** Ranges of batches, sorted and disjoint. */
  readonly covered: readonly Range[]
}

/** What a fold over part of a population came to: its state, and the batches that the state covers. */
export interface Checkpoint {
  /** Version of the format. */
  readonly version: number
  /** Version of the package that wrote it. */
  readonly attrstream: string
  /** Name of the accumulator. */
  readonly pipeline: string
  /** Params of the accumulator. */
  readonly params: Json
  /** The model's name. */
  readonly population: string
  /** The id of the plan that it belongs to. */
  readonly plan: string | null
  readonly shard: { readonly index: number; readonly of: number } | null
  readonly inputs: readonly CoveredInput[]
  readonly records: number
  /** Whatever else a run wants to find again. */
  readonly notes: Json
  readonly arrays: Arrays
}

/** Whether every batch of every input that it lists is covered. */
export function isComplete(checkpoint: Checkpoint): boolean {
  return checkpoint.inputs.every(({ batchCount, covered }) => countBatches(covered) === batchCount)
}

/**
 * What two states that share no batch cover together, sorted by the inputs' names, so that the order of merging leaves
 * no trace. Errors: `mismatch`, for an input that has changed; `overlap`, for batches that both cover.
 */
export function mergeCovered(a: readonly CoveredInput[], b: readonly CoveredInput[]): CoveredInput[] {
  const merged = new Map(a.map(input => [input.name, withoutStamp(input)]))
  for (const input of b.map(withoutStamp)) {
    const other = merged.get(input.name)
    merged.set(input.name, other === undefined ? input : mergeInput(other, input))
  }
  return [...merged.values()].toSorted((x, y) => (x.name < y.name ? -1 : 1))
}

/** Stamps differ between machines and copies, of which a merged state must bear no trace. */
export function withoutStamp({ name, fingerprint, batchCount, covered }: CoveredInput): CoveredInput {
  return { name, fingerprint, batchCount, covered }
}

function mergeInput(a: CoveredInput, b: CoveredInput): CoveredInput {
  const where = { file: a.name }
  if (a.fingerprint !== b.fingerprint) {
    throw new DataError(
      'mismatch',
      `is made from different data: fingerprint ${b.fingerprint} against ${a.fingerprint}; make the states of the older data again`,
      where,
    )
  }
  if (a.batchCount !== b.batchCount) {
    throw new DataError(
      'mismatch',
      `was split differently: ${b.batchCount} batches against ${a.batchCount}; make one of the states again`,
      where,
    )
  }
  const twice = overlap(a.covered, b.covered)
  if (twice.length > 0) {
    throw new DataError(
      'overlap',
      `batches ${describeRanges(twice)} are counted twice, expected once; leave one of the states out`,
      where,
    )
  }
  return { ...a, covered: union(a.covered, b.covered) }
}

/** What must be equal for two states to be of one fold. */
export type Compatible = Pick<Checkpoint, 'pipeline' | 'params' | 'population' | 'plan'>

/**
 * Does nothing where both are of the same pipeline, params, population and plan. Error: `mismatch`, with what was found
 * against what was expected; of params only the keys that differ.
 */
export function assertCompatible(found: Compatible, expected: Compatible): void {
  if (found.pipeline !== expected.pipeline) {
    throw new DataError('mismatch', `was made by pipeline ${found.pipeline}, not ${expected.pipeline}`)
  }
  const differences = jsonDifferences(found.params, expected.params)
  if (differences.length > 0) {
    throw new DataError('mismatch', changedOptions(differences, text))
  }
  if (found.population !== expected.population) {
    throw new DataError('mismatch', `was made for model ${found.population}, not ${expected.population}`)
  }
  if (found.plan !== expected.plan) {
    throw new DataError(
      'mismatch',
      `belongs to ${describePlan(found.plan)}, not ${describePlan(expected.plan)}`,
    )
  }
}

function text(value: Json | undefined): string {
  if (value === undefined) return 'not set'
  const json = canonicalJson(value)
  return json.length > 80 ? `${json.slice(0, 77)}...` : json
}

function describePlan(plan: string | null): string {
  return plan === null ? 'no plan' : `plan ${plan}`
}
