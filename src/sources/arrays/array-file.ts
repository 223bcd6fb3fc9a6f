import type { Range } from '../../core/types.js'
import type { Column, Element } from '../columns/column.js'

/*
 * Arrays of numbers with named axes of fixed length, as NumPy and HDF5 keep them: what a format's reader hands over,
 * before `array-columns.ts` makes columns of them. A row of an array is an entry of its first axis.
 */

export interface ArrayInfo {
  readonly name: string
  readonly shape: readonly number[]
  /** How its items are stored; undefined where they are of no type that is read. */
  readonly element: Element | 'text' | undefined
  /** For messages and `inspect`: `float32 (1934, 200, 4)`. */
  readonly declared: string
  /** Rows that are best read at once: those of an HDF5 chunk. Reads that start and end elsewhere are right, but slow. */
  readonly step: number
  /** Bytes of a window of rows that suit the array; `array-columns.ts` knows what suits most. */
  readonly windowBytes?: number | undefined
  /** Whether a row can be reached only through all rows before it, as in a deflated entry of an archive. */
  readonly inOrder?: boolean | undefined
  /** Whether an entry of the last of four axes is read without the others. */
  readonly picks?: boolean | undefined
  /** Why it cannot be read, and what to do about it, where a read would be an error. */
  readonly refused?: string | undefined
}

/** Reads rows of one array, forwards for the most part. */
export interface RowReader {
  /**
   * Rows of the array as a column of its items. The column is valid until the read after the next. Of an array of more
   * than three axes only the entry `pick` of the last is read.
   */
  read(rows: Range): Promise<Column>
  /** Ends reading; what was read last is valid still. */
  close?(): void
}

/** A file of arrays. */
export interface ArrayFile {
  readonly name: string
  readonly format: string
  readonly arrays: readonly ArrayInfo[]
  readonly metadata: ReadonlyMap<string, string>
  /** Compression met, for `inspect`. */
  readonly codecs: readonly string[]
  /** As `ColumnSource.readerBytes`. */
  readonly readerBytes?: number | undefined
  /** Other files of this machine that its arrays lie in. */
  readonly elsewhere?: readonly string[] | undefined
  /** @param cut Whatever decides how the file is cut into batches. */
  fingerprint(cut: string): Promise<string>
  /** @param pick Entry of the last axis of an array of four. */
  openRows(array: ArrayInfo, pick?: number): RowReader
  close(): Promise<void>
}

/** `(1934, 200, 4)`, as NumPy writes it. */
export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
}

/** How many items there are in an entry of the first axis. */
export function itemsOfRow(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, length) => product * length, 1)
}
