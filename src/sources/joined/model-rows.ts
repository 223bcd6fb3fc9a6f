import type { Column, ColumnSource } from '../columns/column.js'
import { RowPicker } from '../columns/row-picker.js'
import { openColumns } from '../open.js'
import { findLayout } from '../records/record-columns.js'
import type { RecordOptions } from '../records/records.js'
import { RecordReader } from '../records/row.js'
import type { ModelFiles } from './joined-files.js'

/** Files of a model that are open at a time, if its rows lie in several. */
const MOST_OPEN = 4

interface OpenFile {
  readonly columns: ColumnSource
  readonly picker: RowPicker
  readonly row: RecordReader
}

/** Rows of one file, picked. */
interface Picked {
  readonly file: OpenFile
  readonly columns: ReadonlyMap<string, Column>
  readonly rows: ArrayLike<number>
}

/** The maps of a model at any of its rows. */
export class ModelRows {
  private readonly open = new Map<number, OpenFile>()
  private picked: (Picked | undefined)[] = []
  /** For each row asked for: which of `picked` it is in, and where. */
  private pieces = new Int32Array(0)
  private places = new Int32Array(0)

  constructor(
    private readonly model: ModelFiles,
    private readonly own: RecordOptions,
  ) {}

  /** Reads rows, counted over all files of the model; they are there until the next call. */
  async read(rows: Int32Array): Promise<void> {
    const { starts, paths } = this.model
    if (this.pieces.length < rows.length) {
      this.pieces = new Int32Array(rows.length)
      this.places = new Int32Array(rows.length)
    }
    const byFile = new Map<number, number[]>()
    const single = paths.length === 1
    for (let i = 0; i < rows.length; i++) {
      const file = single ? 0 : fileOf(starts, rows[i])
      this.pieces[i] = file
      const asked = byFile.get(file)
      if (asked === undefined) byFile.set(file, [i])
      else asked.push(i)
    }
    this.picked = Array.from({ length: paths.length })
    for (const [file, asked] of byFile) {
      const order = isAscending(rows, asked) ? asked : asked.toSorted((a, b) => rows[a] - rows[b])
      const own = Int32Array.from(order, i => rows[i] - starts[file])
      for (const [place, i] of order.entries()) this.places[i] = place
      const open = await this.fileAt(file)
      this.picked[file] = { file: open, columns: await open.picker.pick(own), rows: own }
    }
  }

  /** Opens what was read for `load`. */
  begin(): void {
    for (const picked of this.picked) {
      if (picked === undefined) continue
      const { file, columns, rows } = picked
      file.row.open({ index: 0, rows: { start: 0, end: rows.length }, columns })
    }
  }

  /** The i-th of the rows that were read; valid until the next call. Errors: those of `RecordReader`, with their place. */
  load(i: number): RecordReader {
    const { file } = this.picked[this.pieces[i]] as Picked
    file.row.load(this.places[i])
    return file.row
  }

  /** File and row of the i-th of them. */
  place(i: number): { readonly file: string; readonly row: number } {
    const { file, rows } = this.picked[this.pieces[i]] as Picked
    return { file: file.columns.name, row: rows[this.places[i]] }
  }

  async close(): Promise<void> {
    for (const number of Array.from(this.open.keys())) await this.shut(number)
  }

  private async fileAt(number: number): Promise<OpenFile> {
    let file = this.open.get(number)
    if (file !== undefined) return file
    for (const other of this.open.keys()) {
      if (this.open.size < MOST_OPEN) break
      if (this.picked[other] === undefined) await this.shut(other)
    }
    const { own } = this
    const columns = await openColumns(this.model.paths[number], own)
    const layout = findLayout(columns, { ...own, truth: false }, 'maps')
    const { id, sequence, attributions } = layout
    const names = [id, sequence, ...attributions].filter(name => name !== undefined)
    const row = new RecordReader(columns.name, { ...layout, truth: undefined, model: undefined }, '')
    file = { columns, row, picker: new RowPicker(columns, [...new Set(names)]) }
    this.open.set(number, file)
    return file
  }

  private async shut(number: number): Promise<void> {
    const file = this.open.get(number)
    this.open.delete(number)
    await file?.picker.close()
    await file?.columns.close()
  }
}

/** Number of the file with a row. */
function fileOf(starts: readonly number[], row: number): number {
  let file = starts.length - 1
  while (file > 0 && starts[file] > row) file--
  return file
}

function isAscending(rows: Int32Array, asked: readonly number[]): boolean {
  for (let i = 1; i < asked.length; i++) if (rows[asked[i]] <= rows[asked[i - 1]]) return false
  return true
}
