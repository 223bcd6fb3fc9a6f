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

/** A file in the making, a group of rows at a time: the bytes come out, nothing of them is kept. */
export interface GroupWriter<G> {
  /** The bytes of a record batch, row group or run of lines; with the first come those that begin the file. */
  group(rows: G): Uint8Array
  /** The bytes that end the file. */
  finish(): Uint8Array
  /** All that a later process needs to continue behind the groups so far. */
  save(): string
  /** Continues from what `save` gave. */
  restore(saved: string): void
}

/** A file of rows in the making. */
export interface RowWriter extends GroupWriter<readonly Row[]> {
  /** Rows of a group; 0 if groups are of any size. */
  readonly groupRows: number
}
