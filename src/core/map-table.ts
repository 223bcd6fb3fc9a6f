import type { Columns, GroupWriter, Row } from './table.js'

/** How the numbers of maps are stored. */
export type MapElement = 'float16' | 'float32' | 'float64'

/** Values as they are stored; those of `float16` are its raw bits. */
export type MapValues = Uint16Array | Float32Array | Float64Array

/** What a dump of maps is like, before its rows. */
export interface MapTable {
  /** How attributions are stored; no such column if undefined. */
  readonly element: MapElement | undefined
  /** How ground truth is stored, and whether rows may be without it; no such column where undefined. */
  readonly truth?: { readonly element: MapElement; readonly optional: boolean } | undefined
  /** Name of the column of models, if any. */
  readonly model?: string | undefined
  /** Further columns of one value a row. */
  readonly kept?: Columns | undefined
  /** Key-value metadata of the file; the writer adds axes and alphabet. */
  readonly metadata: { readonly [key: string]: string }
}

/** Lists of numbers, one a row: row r is `values[offsets[r]]` to `values[offsets[r + 1]]`. */
export interface NumberLists<V extends MapValues = MapValues> {
  readonly offsets: Int32Array
  /** As a file has them, little-endian; float16 is raw bits. */
  readonly values: V
  /** One entry a row, 1 where it is null, with no values then. The column is optional where this is given, else required. */
  readonly nulls?: Uint8Array | undefined
}

/**
 * Rows of a dump of maps. Row r has the positions offsets[r] to offsets[r + 1], counted over all of the rows; the offsets
 * start at 0.
 */
export interface MapRows {
  readonly ids: readonly string[]
  readonly offsets: Int32Array
  /** A letter a position, in ASCII. */
  readonly letters: Uint8Array
  /** Four a position, in the order A C G T; if the table has attributions. */
  readonly attributions?: MapValues | undefined
  /** Probabilities, four a position, or labels, one a position; where the table has ground truth. */
  readonly truth?: NumberLists | undefined
  /** Where the table has models. */
  readonly models?: readonly string[] | undefined
  /** The cells of each row, where the table keeps columns. */
  readonly kept?: readonly Row[] | undefined
}

/** A file of maps in the making. */
export type MapWriter = GroupWriter<MapRows>
