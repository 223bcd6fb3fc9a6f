/** How the numbers of maps are stored. */
export type MapElement = 'float16' | 'float32' | 'float64'

/** Values as they are stored; those of `float16` are its raw bits. */
export type MapValues = Uint16Array | Float32Array | Float64Array

/** What a dump of maps is like, before its rows. */
export interface MapTable {
  readonly element: MapElement
  /** Whether rows have ground truth. */
  readonly truth: boolean
  /** Key-value metadata of the file; axes and alphabet are told by the writer. */
  readonly metadata: { readonly [key: string]: string }
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
  /** Four a position, in the order A C G T. */
  readonly attributions: MapValues
  /** Probabilities, four a position. */
  readonly truth?: MapValues | undefined
}

/** Turns rows of maps, as they come, into the bytes of a file. The rows may be reused once the next are asked for. */
export type MapEncoder = (rows: AsyncIterable<MapRows>) => AsyncIterable<Uint8Array>

/** What flat lists do not tell: maps are position by channel, channels A C G T. */
export const MAP_METADATA = { 'attrstream.axes': 'L4', 'attrstream.alphabet': 'ACGT' } as const
