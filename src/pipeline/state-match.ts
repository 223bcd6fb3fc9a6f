import type { Json } from '../core/types.js'
import { assertCompatible, type Checkpoint, type Compatible } from '../engine/checkpoints/checkpoint.js'
import { asPipelineNotes } from './notes.js'

/** Name of the pipeline in states that functions of the library made, which know neither its module nor how records are read. */
export const LIBRARY = 'library'

/** Whether a state is of the library. */
export function isOfLibrary({ notes }: Pick<Checkpoint, 'notes'>): boolean {
  return asPipelineNotes(notes)?.pipeline.name === LIBRARY
}

type Matched = Compatible & Pick<Checkpoint, 'notes'>

/**
 * Does nothing if two states may be merged. One of the library is compared by the outputs of its pipeline and their options alone.
 * Error: `mismatch`, as `assertCompatible` has it.
 */
export function assertMergeable(found: Matched, expected: Matched): void {
  if (!isOfLibrary(found) && !isOfLibrary(expected)) assertCompatible(found, expected)
  else assertCompatible(known(found), known(expected))
}

/** What the library knows of a state; nothing is known of those that are split by model. */
function known({ params, population, plan }: Matched): Compatible {
  const { outputs, options, records } = params as {
    readonly outputs?: Json
    readonly options?: Json
    readonly records?: { readonly columns?: { readonly model?: string } }
  }
  const model_column = records?.columns?.model ?? null
  const of = { outputs: outputs ?? null, options: options ?? null, model_column }
  return { pipeline: LIBRARY, params: of, population, plan }
}
