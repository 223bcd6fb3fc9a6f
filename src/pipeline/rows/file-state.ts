import { DataError } from '../../core/errors.js'
import type { Arrays, Json } from '../../core/types.js'
import { assertCompatible, type Checkpoint, FORMAT_VERSION } from '../../engine/checkpoints/checkpoint.js'
import { loadCheckpoint, saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { checkpointMismatch } from '../../engine/checkpoints/same-inputs.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { VERSION } from '../../version.js'
import type { MapsShape } from '../../sinks/map-batcher.js'
import type { RowsPlace } from './row-stream.js'

/** How far a file has come. */
export interface FileState {
  readonly place: RowsPlace
  readonly arrays: Arrays
  /** Key of the unfinished file. */
  readonly partial: string
  /** Bytes of it that count. */
  readonly bytes: number
  /** Set once the file is finished: by its inode, size and time it is known under its own name. */
  readonly finished?: string | undefined
  /** What maps are like. */
  readonly shape?: MapsShape | undefined
}

interface Notes extends Omit<FileState, 'arrays'> {
  /** By name of each input whose fingerprint is of samples, its stamp. */
  readonly stamps: { readonly [input: string]: string }
}

/** Of what a file is: the pass, its inputs and the form. */
type Params = { readonly [name: string]: Json }

/** Writes a state as a checkpoint. Error: `io`. */
export async function saveFileState(
  path: string,
  params: Params,
  inputs: readonly OpenedInput[],
  { arrays, ...state }: FileState,
): Promise<void> {
  const notes: Notes = { ...state, stamps: stampsOf(inputs) }
  const checkpoint: Checkpoint = {
    ...compatible(params, inputs),
    version: FORMAT_VERSION,
    attrstream: VERSION,
    shard: null,
    inputs: [],
    records: state.place.tally.records,
    notes: JSON.parse(JSON.stringify(notes)) as Json,
    arrays,
  }
  await saveCheckpoint(path, checkpoint, { keepPrevious: false })
}

/**
 * The state in a file; undefined if there is no file. Errors: those of `loadCheckpoint`; `mismatch`, for one of other options or inputs.
 */
export async function loadFileState(
  path: string,
  params: Params,
  inputs: readonly OpenedInput[],
): Promise<FileState | undefined> {
  const found = await loadCheckpoint(path)
  if (found === undefined) return undefined
  try {
    assertCompatible(found, compatible(params, inputs))
  } catch (error) {
    throw checkpointMismatch(error, path)
  }
  const { stamps, ...state } = found.notes as unknown as Notes
  const now = stampsOf(inputs)
  const touched = Object.keys(stamps).find(name => stamps[name] !== now[name])
  if (touched === undefined) return { ...state, arrays: found.arrays }
  const what = `${touched} was written to, or replaced, since; start over with --restart`
  throw new DataError('mismatch', what, { file: path })
}

function compatible(params: Params, inputs: readonly OpenedInput[]) {
  const of = inputs.map(({ name, fingerprint }) => ({ name, fingerprint: fingerprint ?? null }))
  return { pipeline: 'rows', params: { ...params, inputs: of }, population: '', plan: null }
}

/** The stamps of inputs that have one, by name. */
function stampsOf(inputs: readonly OpenedInput[]): Notes['stamps'] {
  return Object.fromEntries(inputs.flatMap(({ name, stamp }) => (stamp === undefined ? [] : [[name, stamp]])))
}
