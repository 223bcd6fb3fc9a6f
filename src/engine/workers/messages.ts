import type { Arrays } from '../../core/types.js'
import type { BatchDone, Finished, PassRecipe, Task } from './local-worker.js'
import type { PlainError } from './error-transfer.js'

/** What a worker loads before it is up: a module that exports `makePass`, and by its `prepare` what reading a file takes. */
export interface Preparation {
  readonly module: string
  readonly path: string
}

/** What a worker thread receives. Each `call` is answered by an `Answer` of the same number. */
export type Order =
  | { readonly kind: 'run'; readonly call: number; readonly recipe: PassRecipe; readonly task: Task }
  | { readonly kind: 'flush' | 'finish' | 'end'; readonly call: number; readonly recipe: PassRecipe }
  | { readonly kind: 'close'; readonly call: number }
  | { readonly kind: 'stop' }

export type Answer =
  | { readonly kind: 'up' }
  | { readonly kind: 'batches'; readonly done: readonly BatchDone[] }
  | { readonly kind: 'done'; readonly call: number; readonly done?: OrderResult | undefined }
  | { readonly kind: 'failed'; readonly call: number; readonly error: PlainError }

export interface FlushedArrays {
  readonly arrays: Arrays
  readonly covered: ReadonlyMap<string, readonly number[]>
  readonly records: number
}

/** The result of an order, if it has one. */
export type OrderResult = FlushedArrays | Finished
