import type { FileStamp } from '../io/file-stamps.js'
import type { DataError } from '../core/errors.js'
import type { BatchSize, Json, Range } from '../core/types.js'
import type { Checkpoint } from './checkpoints/checkpoint.js'
import type { Input, PassRecipe, Task } from './workers/local-worker.js'

/** An input whose batches are known; a pipe has neither batches nor a fingerprint. */
export interface OpenedInput extends Input {
  /** What checkpoints and plans call it. */
  readonly name: string
  readonly batches: readonly BatchSize[] | undefined
  /**
   * Changes whenever its files are written to or replaced; undefined where the fingerprint covers every byte, and so tells more.
   */
  readonly stamp?: string | undefined
  /** The stamps of all of its files of this machine. */
  readonly files?: readonly FileStamp[] | undefined
  /** Error: `mismatch`, where its files have changed since it was opened. */
  check?(): Promise<void>
}

/** How often a checkpoint is saved: every given number of seconds, or of records. */
export type Every = { readonly seconds: number } | { readonly records: number }

export interface PopulationFold {
  readonly recipe: PassRecipe
  /** The model's name. */
  readonly population: string
  readonly inputs: readonly OpenedInput[]
  /** Whether an input that is gone may be another of the same file name and content: where no id depends on folders. */
  readonly renamable?: boolean | undefined
  /** The part of each input to cover, by name; all of it where undefined. */
  readonly shard?:
    | { readonly plan: string; readonly index: number; readonly of: number; readonly part: CoveredBatches }
    | undefined
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  /** Whether what a checkpoint covers is read again and compared, however unchanged it looks. */
  readonly verify?: boolean | undefined
  /** What to fold in rounds, one after the other, until the result is enough; all that is missing at once where undefined. */
  readonly rounds?:
    | { readonly tasks: readonly (readonly Task[])[]; readonly enough: (result: unknown) => boolean }
    | undefined
  /** Workers that it may use at the same time; all there are where undefined. */
  readonly workers?: number | undefined
  /** Whether the worker that has all of the state, if there is one, makes of its result what the pass's `finish` does. */
  readonly finish?: boolean | undefined
  readonly version: string
  readonly notes?: Json
  readonly report: FoldReport
  /** How often, in ms, to work out a result in between; never where undefined. */
  readonly interimMs?: number | undefined
}

export type CoveredBatches = ReadonlyMap<string, readonly Range[]>

/** What a run reports while it goes on. */
export interface FoldReport {
  resumed?(records: number, batches: number): void
  /** What a checkpoint covers, of this many bytes, is read again, to see whether it is the same data. */
  verifying?(bytes: number): void
  progress?(done: { readonly records: number; readonly bytes: number }): void
  interim?(result: unknown): void
  saved?(path: string, records: number): void
  saveFailed?(error: DataError): void
}

export interface Folded {
  readonly checkpoint: Checkpoint
  /**
   * What the accumulator makes of it. Where it is finished neither this nor the checkpoint's arrays tell anything: the state
   * was never here.
   */
  result(): unknown
  /** What was made of the result, where a worker did. */
  readonly finished: unknown
  /** Whether everything that was to be covered is. */
  readonly complete: boolean
  /** The last save failed: what stands is an older checkpoint. */
  readonly unsaved: DataError | undefined
}
