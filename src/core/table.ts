/** One value of a table; null where there is none. */
export type Cell = string | number | boolean | null

/** What a column of a table holds: words, whole numbers up to 2^53, doubles, or true and false; null in any of them. */
export type CellKind = 'text' | 'whole' | 'real' | 'flag'

/** The columns of a table, in order. */
export type Columns = { readonly [name: string]: CellKind }

/** A row of a table with these columns. */
export type RowOf<C extends Columns> = {
  readonly [name in keyof C]:
    | null
    | (C[name] extends 'text' ? string : C[name] extends 'flag' ? boolean : number)
}

export type Row = { readonly [column: string]: Cell }

/** A kind of table: its columns under a name with a version, and its rows as lines of BED where they are spans. */
export interface Table<C extends Columns = Columns> {
  /** As in `attrstream.runs/1`. Under one version columns may be added at the end, never renamed, retyped or taken away. */
  readonly schema: string
  readonly columns: C
  readonly bed?: BedForm<RowOf<C>>
}

/** How a row becomes a line of BED. */
export interface BedForm<R> {
  readonly columns: Columns
  line(row: R): Row
}

/** Turns rows, as they come, into the bytes of a file, holding few of either. */
export type RowEncoder = (rows: AsyncIterable<readonly Row[]>) => AsyncIterable<Uint8Array>
