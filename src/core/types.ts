import type { DataError, Where } from './errors.js'
import type { Cell, Columns } from './table.js'

export type { Where } from './errors.js'

/** Half-open [start, end): positions in a sequence, rows of a file and batches of a source alike. */
export interface Range {
  readonly start: number
  readonly end: number
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The attribution map of one model over one sequence of length L.
 *
 * A record is a view into its batch: it is valid until the next record is visited, so copy one to keep it.
 */
export interface AttributionRecord {
  /** Unique within its population. */
  readonly id: string
  /** FNV-1a (32 bit) of the id's UTF-8 bytes; groups of records and random generators start from it. */
  readonly idHash: number
  /** Another 32-bit hash of the id: with `idHash` it distinguishes ids. */
  readonly idCheck: number
  /** Length L: A=0 C=1 G=2 T=3 N=4. */
  readonly sequence: Uint8Array
  /** Length 4·L, position-major: base b (order A C G T) at position i is [4·i + b]. */
  readonly attribution: Float32Array | Float64Array
  /** Maps of all models of a join, in the order of its models, each of the shape of `attribution`, which is the first of them. */
  readonly maps?: readonly (Float32Array | Float64Array)[] | undefined
  /** Ground truth where the source has it. */
  readonly truth?: Truth | undefined
  /** Value of the model column where one was asked for. */
  readonly model?: string
  /** Where the record lies in its source. */
  readonly where: Where
  /** Values of further columns, by name, where any were asked for: read when they are looked at, like the record itself. */
  readonly extra?: { readonly [column: string]: Cell } | undefined
  /** Set where the record is bad: then nothing but its model and its place can be used. Only from sources that screen. */
  readonly fault?: Fault | undefined
}

/** Why a record cannot be used, and where it lies. */
export interface Fault {
  readonly error: DataError
  /** Fingerprint of the input; empty for a pipe. */
  readonly input: string
  readonly row: number
}

/** Ground truth: the base probabilities at each position (4·L, position-major), or a 0/1 label for each (L). */
export type Truth =
  | { readonly kind: 'probabilities'; readonly values: Float32Array | Float64Array }
  | { readonly kind: 'labels'; readonly values: Uint8Array }

/** A run of consecutive records of a source, as read at once. */
export interface Batch<R> {
  /** Number of the batch in its source, from 0. */
  readonly index: number
  /** The rows of the source that it holds. */
  readonly rows: Range
  /** Visits every record in order; the record handed over is valid until `visit` returns. */
  forEach(visit: (record: R) => void): void
}

/** What is known of a batch before it is read. */
export interface BatchSize {
  readonly rows: number
  /** Bytes that have to be read for it. */
  readonly bytes: number
  /**
   * Whether it shares what must be decompressed whole with the batch before, as windows of one compressed record batch do:
   * it costs little to read after that batch, and as much as both if it is read alone.
   */
  readonly continues?: boolean
}

/** Something that records stream from. Batches are the grain of I/O and of checkpoints; records the grain of meaning. */
export interface Source<R> {
  /** What messages call it: the file's path as given, or `-`. */
  readonly name: string
  /** What it is, as `inspect` says it, e.g. `Arrow IPC file`. */
  readonly format: string
  /** Changes when the data, or the way it is cut into batches, changes; undefined for a pipe. */
  fingerprint(): Promise<string | undefined>
  /** The columns that records have as `extra`, where any were asked for. */
  readonly extra?: Columns
  /** Whether records have ground truth. */
  readonly hasTruth?: boolean
  /** The batches in order; undefined for a pipe, which can be read once, from its start, only. */
  readonly batches: readonly BatchSize[] | undefined
  /** Reads the batches of the range in order (all of them where none is given). */
  read(batches?: Range, signal?: AbortSignal): AsyncIterable<Batch<R>>
  /** Error: `mismatch`, where a file that records come from has changed since it was opened. */
  check?(): Promise<void>
  close(): Promise<void>
}

/**
 * A step that turns each record into none, one or many.
 *
 * `connect(next)` returns the function that takes records in; it calls `next` for each record that comes out.
 * Scratch buffers live in the connection: what is handed to `next` is valid until `next` returns.
 */
export interface Stage<A, B = A> {
  readonly name: string
  /** Everything that changes its meaning. */
  readonly params: Json
  connect(next: (record: B) => void): (record: A) => void
}

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

/** State as named arrays: what checkpoints store. Equal states give equal arrays, whatever way they came about. */
export type Arrays = { readonly [name: string]: TypedArray }

/**
 * A fold over records whose states can be merged.
 *
 * Laws: folding all records equals merging the folds of any split of them in any order; merging `empty()` changes
 * nothing; `load(save(s))` equals s; `merge` leaves `from` untouched and `result` leaves the state untouched.
 */
export interface Accumulator<R, S, T> {
  readonly name: string
  /** Everything that changes its meaning: states merge only where name and params are equal. */
  readonly params: Json
  empty(): S
  /** Changes `state` in place. */
  add(state: S, record: R): void
  /** Changes `into`, never `from`. */
  merge(into: S, from: S): void
  /** Pure; may be called at any time. */
  result(state: S): T
  save(state: S): Arrays
  load(arrays: Arrays): S
}

/** An accumulator whose state is private to it. */
// oxlint-disable-next-line typescript/no-explicit-any -- no type fits the states of all accumulators
export type OpaqueAccumulator<R, T> = Accumulator<R, any, T>

/** An accumulator whose types only its maker knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- records are contravariant: no other type takes them all
export type AnyAccumulator = Accumulator<any, any, any>

/** Where results go. */
export interface Sink<T> {
  readonly name: string
  write(result: T): Promise<void>
}
