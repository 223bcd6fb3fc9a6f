import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import type { Column, ColumnBatch, ColumnSource } from './column.js'
import { type ColumnBuilder, columnBuilder } from './column-builder.js'

/** Rows of a source, whatever its batches are: those of other files' rows, which are cut elsewhere. */
export class RowCursor {
  private readonly gatherers = new Map<string, readonly [ColumnBuilder, ColumnBuilder]>()
  private turn = 0
  private batches: AsyncIterator<ColumnBatch> | undefined
  private batch: ColumnBatch | undefined

  constructor(
    private readonly source: ColumnSource,
    private readonly columns: readonly string[],
  ) {}

  /** Columns of the rows, in order; valid until the read after the next. Going forwards is free, back means opening again. */
  async read(rows: Range): Promise<ReadonlyMap<string, Column>> {
    this.turn = 1 - this.turn
    for (const gatherers of this.gatherers.values()) gatherers[this.turn].clear()
    for (let row = rows.start; row < rows.end; ) {
      const batch = await this.batchOf(row)
      const end = Math.min(rows.end, batch.rows.end)
      for (const [name, column] of batch.columns) {
        const gatherer = this.gathererFor(name, column)
        for (let r = row; r < end; r++) gatherer.add(column, r - batch.rows.start)
      }
      row = end
    }
    return new Map(Array.from(this.gatherers, ([name, gatherers]) => [name, gatherers[this.turn].column()]))
  }

  async close(): Promise<void> {
    await this.batches?.return?.()
    this.batches = undefined
    this.batch = undefined
  }

  private gathererFor(name: string, column: Column): ColumnBuilder {
    let found = this.gatherers.get(name)
    if (found === undefined) {
      found = [columnBuilder(column), columnBuilder(column)]
      this.gatherers.set(name, found)
    }
    return found[this.turn]
  }

  private async batchOf(row: number): Promise<ColumnBatch> {
    if (this.batch !== undefined && row >= this.batch.rows.start && row < this.batch.rows.end)
      return this.batch
    if (this.batches === undefined || this.batch === undefined || row !== this.batch.rows.end)
      await this.open(row)
    for (;;) {
      const { value, done } = await (this.batches as AsyncIterator<ColumnBatch>).next()
      if (done) {
        throw new DataError('damaged', `ends before row ${row}; write it again`, { file: this.source.name })
      }
      this.batch = value
      if (row < this.batch.rows.end) return this.batch
    }
  }

  private async open(row: number): Promise<void> {
    await this.close()
    const batches = this.source.batches ?? []
    let start = 0
    let before = 0
    while (start < batches.length && before + batches[start].rows <= row) before += batches[start++].rows
    this.batches = this.source.read(this.columns, { start, end: batches.length })[Symbol.asyncIterator]()
  }
}
