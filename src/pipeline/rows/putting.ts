import type { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import type { Every, OpenedInput } from '../../engine/fold-options.js'
import type { BatchDone } from '../../engine/workers/local-worker.js'
import type { FileForm } from '../../sinks/gather.js'
import type { BadRecords } from '../../stats/sums/bad-records.js'
import type { FileState } from './file-state.js'
import type { RowStream } from './row-stream.js'

/** Forms of a file: those of rows, and archives of arrays for Fi-NeMo (`npz`) and for tfmodisco-lite (`modisco`, two files in a folder). */
export type FileFormat = FileForm['format'] | 'npz' | 'modisco'

export interface FileRun {
  readonly format: FileFormat
  readonly checkpoint?:
    | { readonly path: string; readonly every: Every; readonly restart: boolean }
    | undefined
  /** Whether maps are read back and compared before the file appears. */
  readonly verify: boolean
  /** Whether a file without rows is an error. */
  readonly needsRows: boolean
  /** Ends the writing after the current batch, its state saved if it has a checkpoint. */
  readonly signal: AbortSignal
  /** Called if all is read, but too much of it is bad; the error to end with. */
  readonly refused: (error: DataError, bad: BadRecords, inputs: readonly OpenedInput[]) => Promise<DataError>
  readonly report: {
    begun?(bytes: number): void
    resumed?(rows: number): void
    readonly progress?: (done: BatchDone) => void
    saved?(path: string, rows: number): void
    saveFailed?(error: DataError): void
  }
}

/** How the bytes of a stream of rows were put down; not complete if it was stopped. */
export interface PutDown {
  readonly complete: boolean
  readonly bytes: number
  readonly unsaved?: DataError | undefined
}

/** A stream of rows to be put down. */
export interface Putting {
  readonly stream: RowStream
  readonly inputs: readonly OpenedInput[]
  /** What must be the same to resume. */
  readonly params: { readonly [name: string]: Json }
  readonly found: FileState | undefined
  /** Error: what is wrong with all that was read. */
  readonly check: () => Promise<void>
  readonly run: FileRun
}
