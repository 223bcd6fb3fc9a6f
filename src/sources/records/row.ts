import { badRecord } from '../../core/errors.js'
import type { Cell } from '../../core/table.js'
import type { AttributionRecord, Fault, Truth, Where } from '../../core/types.js'
import { N } from '../../dna/bases.js'
import { CHECK_MULTIPLIER, fnv1a } from '../../core/hash.js'
import type { Column, ColumnBatch, NumberColumn } from '../columns/column.js'
import type { RecordColumns } from './record-columns.js'
import { listAt, type Matrix, MatrixReader, valuesIn } from './matrix.js'
import { cellAt } from '../columns/scalars.js'
import { SequenceReader } from './sequences.js'
import type { RowFilter } from '../columns/filter.js'

const utf8 = new TextDecoder()
const encoder = new TextEncoder()
/** Room for a made-up id: a file name of at most 255 bytes and a row number. */
const encoded = new Uint8Array(1024)

/** The current row of a batch as a record: one object for all rows of a read. */
export class RecordReader implements AttributionRecord {
  sequence: Uint8Array = new Uint8Array(0)
  attribution: Matrix = new Float32Array(0)
  idHash = 0
  idCheck = 0
  truth: Truth | undefined
  declare model?: string
  declare fault?: Fault | undefined
  declare extra?: AttributionRecord['extra']
  declare maps?: AttributionRecord['maps']

  private batch: ColumnBatch | undefined
  private idColumn: Column | undefined
  private sequenceColumn: Column | undefined
  private attributionColumns: NumberColumn[] = []
  private truthColumn: NumberColumn | undefined
  private modelColumn: Column | undefined
  private row = 0
  private four = new Float32Array(0)
  private wideFour = new Float64Array(0)
  private labels = new Uint8Array(0)
  private readonly sequences
  private readonly attributions
  private readonly truths

  constructor(
    private readonly file: string,
    private readonly layout: RecordColumns,
    private readonly idPrefix: string,
    private readonly keeps?: RowFilter['keeps'],
    extra: readonly string[] = [],
    /** Rows of files before, which made-up ids count. */
    private readonly rowsBefore = 0,
  ) {
    if (extra.length > 0) this.extra = this.cellsOf(extra)
    const { axes, axesBeside, channels, sequence } = layout
    const oneHot = new MatrixReader(sequence, axesBeside.sequence, channels)
    this.sequences = new SequenceReader(sequence, oneHot, channels)
    this.attributions = new MatrixReader('attribution', axes, channels)
    this.truths = new MatrixReader('truth', axesBeside.truth, channels)
  }

  get id(): string {
    return this.idAt(this.row)
  }

  /** One object for all rows: each cell is that of the row that is loaded. */
  private cellsOf(names: readonly string[]): { readonly [name: string]: Cell } {
    const cells: { [name: string]: Cell } = Object.create(null)
    for (const name of names) {
      const get = () => cellAt(this.columns.get(name) as Column, this.row)
      Object.defineProperty(cells, name, { get, enumerable: true })
    }
    return cells
  }

  get where(): Where {
    return this.place(this.row)
  }

  open(batch: ColumnBatch): void {
    const column = (name: string | undefined) => (name === undefined ? undefined : batch.columns.get(name))
    this.batch = batch
    this.idColumn = column(this.layout.id)
    this.sequenceColumn = column(this.layout.sequence)
    this.attributionColumns = this.layout.attributions.map(name => column(name) as NumberColumn)
    this.truthColumn = column(this.layout.truth) as NumberColumn | undefined
    this.modelColumn = column(this.layout.model)
  }

  /** Columns of the batch that is open. */
  get columns(): ColumnBatch['columns'] {
    return (this.batch as ColumnBatch).columns
  }

  /** Row of the batch that is loaded. */
  get at(): number {
    return this.row
  }

  /** Makes a row the record; false where the filter leaves it out, whose map is not read then. */
  load(row: number): boolean {
    this.row = row
    if (this.modelColumn !== undefined) this.model = this.readModel(row, this.modelColumn)
    this.hash(row)
    const sequence = this.sequenceColumn as Column
    refuseNull(sequence, row, this.layout.sequence)
    this.sequence = this.sequences.read(sequence, row, this.isNumbered(sequence, row))
    if (this.keeps !== undefined && !this.keeps(this)) return false
    const columns = this.attributionColumns
    for (let c = 0; c < columns.length; c++) refuseNull(columns[c], row, this.layout.attributions[c])
    if (this.layout.perPosition) this.attribution = this.readPerPosition(columns[0], row)
    else if (columns.length === 1)
      this.attribution = this.attributions.read(columns[0], row, this.sequence.length)
    else if (columns.length === 4) this.attribution = this.readFour(row)
    if (this.truthColumn !== undefined) this.truth = this.readTruthAt(row, this.truthColumn)
    return true
  }

  /** Whether the sequence of a row has a number for each letter, where the types of the columns do not show it. */
  private isNumbered(sequence: Column, row: number): boolean {
    const { numbered } = this.layout
    if (numbered !== 'rows') return numbered
    const columns = this.attributionColumns
    if (sequence.kind !== 'numbers' || columns.length === 0) return false
    return 4 * valuesIn(sequence, row) === (columns.length === 4 ? 4 : 1) * valuesIn(columns[0], row)
  }

  /** Where a row lies, for messages; its id is left out where that itself cannot be read. */
  place(row: number): Where {
    const batch = this.batch as ColumnBatch
    const place = { file: this.file, batch: batch.index, row: batch.rows.start + row }
    return this.idColumn === undefined || !this.idColumn.nulls?.[row]
      ? { ...place, id: this.idAt(row) }
      : place
  }

  private idAt(row: number): string {
    if (this.idColumn !== undefined) return textAt(this.idColumn, row)
    return this.idPrefix + String(this.rowsBefore + (this.batch as ColumnBatch).rows.start + row)
  }

  private readModel(row: number, column: Column): string {
    if (column.nulls?.[row]) delete this.model // that of the row before must not be seen
    refuseNull(column, row, this.layout.model as string)
    return textAt(column, row)
  }

  private hash(row: number): void {
    const column = this.idColumn
    if (column !== undefined) refuseNull(column, row, this.layout.id as string)
    let bytes: Uint8Array
    let start = 0
    let end: number
    if (column?.kind === 'text') {
      bytes = column.bytes
      start = column.offsets[row]
      end = column.offsets[row + 1]
    } else {
      bytes = encoded
      end = encoder.encodeInto(this.idAt(row), encoded).written
    }
    this.idHash = fnv1a(bytes, start, end)
    this.idCheck = fnv1a(bytes, start, end, CHECK_MULTIPLIER)
  }

  /** One value a position, in the channel of its base; a position of N has none. */
  private readPerPosition(column: NumberColumn, row: number): Matrix {
    const { sequence } = this
    const values = listAt(column, row)
    const matrix = this.roomFor(column.element === 'float64')
    matrix.fill(0)
    for (let i = 0; i < sequence.length; i++) if (sequence[i] < N) matrix[4 * i + sequence[i]] = values[i]
    return matrix
  }

  private roomFor(wide: boolean): Matrix {
    const size = 4 * this.sequence.length
    if (this.four.length !== size || this.wideFour.length !== size) {
      this.four = new Float32Array(size)
      this.wideFour = new Float64Array(size)
    }
    return wide ? this.wideFour : this.four
  }

  private readFour(row: number): Matrix {
    const length = this.sequence.length
    const wide = this.attributionColumns.some(column => column.element === 'float64')
    const matrix = this.roomFor(wide)
    for (let base = 0; base < 4; base++) {
      const column = this.attributionColumns[base]
      const values = this.channel(column, row, base)
      for (let i = 0, p = base; i < length; i++, p += 4) matrix[p] = values[i]
    }
    return matrix
  }

  private channel(column: NumberColumn, row: number, base: number): ArrayLike<number> {
    const name = this.layout.attributions[base]
    const length = this.sequence.length
    const values = listAt(column, row)
    if (values.length !== length) {
      throw badRecord(
        'length',
        `column ${name} has ${values.length} values, expected L = ${length}; dump map and sequence of the same window`,
      )
    }
    return values
  }

  /** undefined where the row is null: not every record of a dump need have ground truth. */
  private readTruthAt(row: number, column: NumberColumn): Truth | undefined {
    if (column.nulls?.[row] === 1) return undefined
    refuseNull(column, row, this.layout.truth as string)
    const length = this.sequence.length
    if (column.levels.length === 1) {
      const values = listAt(column, row)
      if (values.length === length) {
        if (this.labels.length !== length) this.labels = new Uint8Array(length)
        const labels = this.labels
        for (let i = 0; i < length; i++) {
          if (values[i] !== 0 && values[i] !== 1) {
            throw badRecord('truth', `truth at position ${i} is ${values[i]}, expected a label 0 or 1`)
          }
          labels[i] = values[i]
        }
        return { kind: 'labels', values: labels }
      }
    }
    return { kind: 'probabilities', values: this.truths.read(column, row, length) }
  }
}

function textAt(column: Column, row: number): string {
  if (column.kind === 'text')
    return utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
  return String(column.values[row])
}

function refuseNull(column: Column, row: number, name: string): void {
  const state = column.nulls?.[row]
  if (!state) return
  throw badRecord(
    'null',
    state === 1
      ? `column ${name} is null, expected a value; fill it in or leave the row out`
      : `column ${name} holds a null, expected numbers only; fill it in or leave the row out`,
  )
}
