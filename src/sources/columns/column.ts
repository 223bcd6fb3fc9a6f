import type { BatchSize, Range, TypedArray } from '../../core/types.js'

/**
 * Columns: the form in which every file format hands over a batch, before rows become records.
 *
 * A format's reader knows files and types; `records.ts` knows axes, alphabets and sequences. Between them pass these.
 */

/** How the numbers of a column are stored; `float16` is raw bits in a Uint16Array, `bool` is one 0/1 byte each. */
export type Element =
  | 'float16'
  | 'float32'
  | 'float64'
  | 'bool'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64' // Float64Array; values beyond 2^53 are refused by the reader
  | 'uint64' // as int64

/** The type of a column, as its file declares it. */
export type ColumnType =
  | { readonly kind: 'text' }
  | {
      readonly kind: 'numbers'
      readonly element: Element
      /** Levels of nesting, outermost first: a number is a fixed length, `list` a variable one. Empty for a scalar. */
      readonly nesting: readonly (number | 'list')[]
    }
  | { readonly kind: 'other' } // present in the file, but of no type that is read

export interface ColumnField {
  readonly name: string
  readonly type: ColumnType
  /** The type as the format itself calls it, for messages and `inspect`: `fixed_size_list<float>[800]`. */
  readonly declared: string
  /** Why a column of kind `other` cannot be read, and what to do about it, where there is more to say than its type. */
  readonly refused?: string
}

/** What a file was recognised as, by the names and shapes of its columns. */
export interface Recognised {
  /** Who writes such files, as `inspect` names it. */
  readonly producer: string | undefined
  /** The columns that hold the parts of a record, where they have other names than the usual. */
  readonly columns: {
    readonly id?: string | undefined
    readonly sequence?: string | undefined
    readonly attributions?: string | undefined
    readonly truth?: string | undefined
  }
  /** Columns of other files, in addition to this one's: options that name columns are about those files then. */
  readonly beside?: { readonly id?: string; readonly sequence?: string; readonly truth?: string }
  /** What to know about such files, in words. */
  readonly notes: readonly string[]
}

/** `offsets[r]` to `offsets[r + 1]` are the elements of row r on the level below. A number is a fixed length. */
export type Offsets = number | Int32Array | Float64Array

/** Row r is the UTF-8 bytes `offsets[r]` to `offsets[r + 1]`. */
export interface TextColumn {
  readonly kind: 'text'
  readonly bytes: Uint8Array
  readonly offsets: Int32Array | Float64Array
  /** One entry a row where the column has nulls: 1 = the row is null. */
  readonly nulls: Uint8Array | undefined
}

/**
 * Numbers, flat or nested. With levels [o0, o1] row r holds the inner lists o0[r] to o0[r+1] (of fixed length n: r·n to
 * (r+1)·n), inner list j the values o1[j] to o1[j+1]. Offsets need not start at 0.
 */
export interface NumberColumn {
  readonly kind: 'numbers'
  readonly element: Element
  readonly values: TypedArray
  readonly levels: readonly Offsets[]
  /** One entry a row where there are nulls: 0 = none, 1 = the row itself is null, 2 = something inside it is null. */
  readonly nulls: Uint8Array | undefined
}

export type Column = TextColumn | NumberColumn

/** Consecutive rows of a file. The arrays are valid until the next batch is asked for: they may be reused. */
export interface ColumnBatch {
  readonly index: number
  readonly rows: Range
  readonly columns: ReadonlyMap<string, Column>
}

/** A file, or a pipe, of columns. */
export interface ColumnSource {
  readonly name: string
  readonly format: string
  readonly fields: readonly ColumnField[]
  /** Key-value metadata of the file (where a format has it per column, that too, later keys winning). */
  readonly metadata: ReadonlyMap<string, string>
  /**
   * Batches in order, none larger than needs be; undefined for a pipe. Where the file's own batch or row group is large
   * this counts windows of its rows.
   */
  readonly batches: readonly BatchSize[] | undefined
  /** What the file itself calls its parts, for `inspect`: `3 record batches`, `1 row group, 40 pages`. */
  readonly layout: string
  /** Compression codecs met, for `inspect`; empty where there are none. */
  readonly codecs: readonly string[]
  readonly recognised?: Recognised | undefined
  /** Memory that its reader takes besides batches, where that is worth a word. */
  readonly readerBytes?: number | undefined
  /** All files that its rows come from: itself, those that accompany it, and those that it links to; itself alone if undefined. */
  readonly files?: readonly string[] | undefined
  fingerprint(): Promise<string | undefined>
  /** Reads only the named columns, which must be among `fields` and not of kind `other`. */
  read(columns: readonly string[], batches?: Range, signal?: AbortSignal): AsyncIterable<ColumnBatch>
  close(): Promise<void>
}

/** The same source but for what is given. */
export function changedSource(source: ColumnSource, changes: Partial<ColumnSource>): ColumnSource {
  const { name, format, fields, metadata, batches, layout, codecs, recognised, readerBytes, files } = source
  const own = { name, format, fields, metadata, batches, layout, codecs, recognised, readerBytes, files }
  return {
    ...own,
    fingerprint: () => source.fingerprint(),
    read: (columns, range, signal) => source.read(columns, range, signal),
    close: () => source.close(),
    ...changes,
  }
}

/** All files that the rows of some sources come from, each once. */
export function filesOf(...sources: readonly Pick<ColumnSource, 'name' | 'files'>[]): string[] {
  return [...new Set(sources.flatMap(({ name, files = [name] }) => files))]
}
