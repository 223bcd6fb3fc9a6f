import { nothing } from '../core/compose.js'
import { DataError } from '../core/errors.js'
import type { AttributionRecord, Json, OpaqueAccumulator, Source } from '../core/types.js'
import { type Checkpoint, FORMAT_VERSION } from '../engine/checkpoints/checkpoint.js'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../engine/checkpoints/checkpoint-file.js'
import { addRecords } from '../engine/run.js'
import { VERSION } from '../version.js'
import type { OptionSpecs, OptionValues, Pipeline } from './define.js'
import { digestsOf } from './fold-pipeline.js'
import { partOf, savedInputs } from './parts.js'
import { type FoldedModel, pipelineAccumulator, type PipelineResult } from './pass.js'
import { asPipelineNotes, type PipelineNotes, specOfNotes } from './notes.js'
import { StateParts } from './parts.js'
import { assertMergeable, isOfLibrary, LIBRARY } from './state-match.js'

/** The state of the folds of a pipeline over one part of the data: what merges exactly with others, and is saved as one file. */
export type State = Checkpoint

/** What a state is of besides its records. */
export interface StateOptions<O extends OptionSpecs> {
  /** Values of the pipeline's options; defaults for those left out. */
  readonly options?: Partial<OptionValues<O>>
  /** Name of the part; states that hold one name twice do not merge. */
  readonly part?: string
  /** Name of the population. */
  readonly model?: string
}

/** The values of a pipeline's options, defaults included. */
function valuesOf<O extends OptionSpecs>(
  pipeline: Pipeline<O>,
  given: Partial<OptionValues<O>> = {},
): { readonly [name: string]: Json } {
  const defaults = Object.entries(pipeline.options).flatMap(([name, spec]) =>
    spec.default === undefined ? [] : [[name, spec.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...(given as { readonly [name: string]: Json }) }
}

/**
 * Folds all outputs of a pipeline that are `fold(...)` over records, in this thread, to their end.
 *
 * @param source A source, which is closed, or records one by one, as `fromHighland(records(...))` gives them.
 * Errors: those of reading and of the pipeline's parts.
 */
export async function foldToState<O extends OptionSpecs>(
  source: Source<AttributionRecord> | AsyncIterable<AttributionRecord>,
  pipeline: Pipeline<O>,
  { options, part, model = 'model' }: StateOptions<O> = {},
): Promise<State> {
  const values = valuesOf(pipeline, options)
  const accumulator = pipelineAccumulator(pipeline as unknown as Pipeline, {
    ...libraryNotes(values),
    ...libraryNotes(values).pipeline,
  })
  const state: unknown = accumulator.empty()
  let records = 0
  if (!('read' in source)) {
    for await (const record of source) {
      records++
      accumulator.add(state, record)
    }
  } else {
    try {
      records = await addRecords(source.read(), accumulator, state)
    } finally {
      await source.close()
    }
  }
  const { models } = accumulator.result(state)
  return {
    version: FORMAT_VERSION,
    attrstream: VERSION,
    pipeline: accumulator.name,
    params: accumulator.params,
    population: model,
    plan: null,
    shard: null,
    inputs: savedInputs([]),
    records,
    notes: plainJson({
      ...libraryNotes(values),
      parts: [partOf(part, digestsOf({ models, bad: undefined }), records)],
    }),
    arrays: accumulator.save(state),
  }
}

/**
 * States of one pipeline added up, in any order: the same state, to the last bit, as that of all records at once. They are taken
 * one at a time, so that memory does not grow with their number.
 *
 * Errors: `usage`, for no state; `mismatch`, for states of other options; `overlap`, for a part that comes twice.
 */
export async function mergeStates<O extends OptionSpecs>(
  states: Iterable<State> | AsyncIterable<State>,
  pipeline: Pipeline<O>,
): Promise<State> {
  const parts = new StateParts()
  let first: State | undefined
  let accumulator: OpaqueAccumulator<AttributionRecord, PipelineResult> = nothing() as never
  let sum: unknown
  let records = 0
  let number = 0
  for await (const state of states) {
    const name = `state ${number++}`
    if (first === undefined) {
      first = state
      accumulator = accumulatorOf(pipeline, state)
      sum = accumulator.empty()
    } else assertMergeable(state, first)
    // What states of commands know of their pipeline is kept, in whatever order they come.
    if (isOfLibrary(first)) first = state
    parts.add(state, name)
    accumulator.merge(sum, accumulator.load(state.arrays))
    records += state.records
  }
  if (first === undefined) throw new DataError('usage', 'no states to merge; give some')
  const notes = plainJson({ ...(first.notes as object), parts: parts.sorted() })
  return { ...first, records, notes, inputs: parts.covered(), arrays: accumulator.save(sum) }
}

/** The results of a state by model (`all` if records are not split), each by the name of the output. */
export function resultOf<O extends OptionSpecs>(
  state: State,
  pipeline: Pipeline<O>,
): ReadonlyMap<string, FoldedModel['outputs']> {
  const accumulator = accumulatorOf(pipeline, state)
  const { models } = accumulator.result(accumulator.load(state.arrays))
  return new Map([...models].map(([model, { outputs }]) => [model, outputs]))
}

/** A state as the bytes of its file, and back. Errors: `damaged`, `format`, `mismatch`. */
export const stateToBytes = (state: State): Uint8Array => encodeCheckpoint(state)
export const stateFromBytes = (bytes: Uint8Array): State => decodeCheckpoint(bytes, 'state')

/** Writes a state to a file that appears whole or not at all. Error: `io`. */
export function saveState(path: string, state: State): Promise<void> {
  return saveCheckpoint(path, state, { keepPrevious: false })
}

/** Errors: `not-found`; those of `stateFromBytes`. */
export async function loadState(path: string): Promise<State> {
  const state = await loadCheckpoint(path)
  if (state === undefined) throw new DataError('not-found', 'no such state; check the path', { file: path })
  return state
}

/** What a state adds up, of a pipeline that must be its own. Error: `mismatch`. */
function accumulatorOf<O extends OptionSpecs>(
  pipeline: Pipeline<O>,
  state: State,
): OpaqueAccumulator<AttributionRecord, PipelineResult> {
  const notes = asPipelineNotes(state.notes)
  if (notes === undefined) {
    throw new DataError('mismatch', `is a state of ${state.pipeline}, expected one of a pipeline`)
  }
  const accumulator = pipelineAccumulator(pipeline as unknown as Pipeline, {
    ...notes.pipeline,
    ...specOfNotes(notes),
  })
  assertMergeable(state, { ...state, pipeline: accumulator.name, params: accumulator.params })
  return accumulator
}

/** Notes of a state of the library: of the pipeline it knows the options alone. */
function libraryNotes(options: { readonly [name: string]: Json }): PipelineNotes {
  return { pipeline: { name: LIBRARY, digest: '', options }, records: {}, ids: 'column' }
}

function plainJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
