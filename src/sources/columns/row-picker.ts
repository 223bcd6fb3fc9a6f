import { DataError } from '../../core/errors.js'
import { type ColumnBuilder, columnBuilder } from './column-builder.js'
import type { Column, ColumnBatch, ColumnSource } from './column.js'

/** Bytes of batches that are kept of a file whose rows are asked for in another order than its own. */
const MOST_KEPT = 256 * 2 ** 20

/** Up to this many batches are read and dropped before reading starts again further on. */
const MOST_SKIPPED = 8

/** Some rows of a source, in ascending order, wherever its batches are cut: in about the order of the file, each is read once. */
export class RowPicker {
  /** First row of each batch, and of what comes after the last. */
  private readonly starts: Float64Array
  private readonly gatherers = new Map<string, ColumnBuilder>()
  private stream: AsyncIterator<ColumnBatch> | undefined
  private batch: ColumnBatch | undefined
  /** Number of the batch that the stream reads next. */
  private next = 0
  /** Copies of batches, oldest first, once rows were asked for again. */
  private readonly kept = new Map<number, ColumnBatch>()
  private keptBytes = 0
  private goesBack = false

  constructor(
    private readonly source: ColumnSource,
    private readonly columns: readonly string[],
  ) {
    const { batches = [] } = source
    this.starts = new Float64Array(batches.length + 1)
    for (const [i, { rows }] of batches.entries()) this.starts[i + 1] = this.starts[i] + rows
  }

  /** Columns of these rows; valid until the next call. */
  async pick(rows: ArrayLike<number>): Promise<ReadonlyMap<string, Column>> {
    for (const gatherer of this.gatherers.values()) gatherer.clear()
    for (let i = 0; i < rows.length; ) {
      const batch = await this.batchOf(rows[i])
      const { start, end } = batch.rows
      const isWhole = rows.length === end - start && rows[0] === start && rows[rows.length - 1] === end - 1
      if (isWhole) return batch.columns
      let until = i
      while (until < rows.length && rows[until] < end) until++
      for (const [name, column] of batch.columns) {
        const gatherer = this.gathererFor(name, column)
        for (let r = i; r < until; r++) gatherer.add(column, rows[r] - start)
      }
      i = until
    }
    return new Map(Array.from(this.gatherers, ([name, gatherer]) => [name, gatherer.column()]))
  }

  async close(): Promise<void> {
    await this.stream?.return?.()
    this.stream = undefined
    this.batch = undefined
    this.kept.clear()
  }

  private gathererFor(name: string, column: Column): ColumnBuilder {
    let gatherer = this.gatherers.get(name)
    if (gatherer === undefined) this.gatherers.set(name, (gatherer = columnBuilder(column)))
    return gatherer
  }

  private async batchOf(row: number): Promise<ColumnBatch> {
    if (this.batch !== undefined && row >= this.batch.rows.start && row < this.batch.rows.end)
      return this.batch
    const number = this.numberOf(row)
    const kept = this.kept.get(number)
    if (kept !== undefined) return kept
    if (number < this.next) this.goesBack = true
    if (this.stream === undefined || number < this.next || number > this.next + MOST_SKIPPED)
      await this.open(number)
    for (;;) {
      const { value, done } = await (this.stream as AsyncIterator<ColumnBatch>).next()
      if (done) {
        throw new DataError('damaged', `ends before row ${row}; write it again`, { file: this.source.name })
      }
      this.batch = value
      this.next = value.index + 1
      if (this.goesBack) this.keep(this.batch)
      if (row < this.batch.rows.end) return this.batch
    }
  }

  /** Number of the batch with a row. */
  private numberOf(row: number): number {
    let low = 0
    let high = this.starts.length - 2
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.starts[middle] <= row) low = middle
      else high = middle - 1
    }
    return low
  }

  private async open(batch: number): Promise<void> {
    await this.stream?.return?.()
    this.batch = undefined
    this.next = batch
    const range = { start: batch, end: this.starts.length - 1 }
    this.stream = this.source.read(this.columns, range)[Symbol.asyncIterator]()
  }

  /** Copies a batch, whose memory the reader uses again, and forgets the oldest ones if there are too many. */
  private keep(batch: ColumnBatch): void {
    if (this.kept.has(batch.index)) return
    const columns = new Map<string, Column>()
    for (const [name, column] of batch.columns) {
      const gatherer = columnBuilder(column)
      for (let row = 0; row < batch.rows.end - batch.rows.start; row++) gatherer.add(column, row)
      columns.set(name, gatherer.column())
    }
    const copy = { ...batch, columns }
    this.kept.set(batch.index, copy)
    this.keptBytes += bytesOf(copy)
    for (const [number, oldest] of this.kept) {
      if (this.keptBytes <= MOST_KEPT) return
      this.kept.delete(number)
      this.keptBytes -= bytesOf(oldest)
    }
  }
}

function bytesOf({ columns }: ColumnBatch): number {
  let bytes = 0
  for (const column of columns.values()) {
    bytes += column.kind === 'text' ? column.bytes.byteLength : column.values.byteLength
  }
  return bytes
}
