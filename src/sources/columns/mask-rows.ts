import { createHash } from 'node:crypto'
import { shownPath } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import type { BatchSize } from '../../core/types.js'
import {
  changedSource,
  type Column,
  type ColumnBatch,
  type ColumnSource,
  filesOf,
  type NumberColumn,
} from './column.js'
import { type ColumnBuilder, columnBuilder } from './column-builder.js'

/**
 * The rows of a source that a mask keeps: a column of flags, one a row, as producers write of the loci that they left
 * out. Errors: `pairing`, for a mask of another number of rows, with both; `column`, for one that is no flags.
 */
export async function keptRows(
  source: ColumnSource,
  mask: ColumnSource,
  column: string,
): Promise<ColumnSource> {
  const { batches = [] } = source
  const keep = await readMask(mask, column)
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  if (keep.length !== rows) {
    throw new DataError(
      'pairing',
      `has ${keep.length} rows, against ${rows} of ${source.name}; give the mask of these`,
      {
        file: mask.name,
      },
    )
  }
  const starts: number[] = []
  const kept: BatchSize[] = []
  let row = 0
  let before = 0
  for (const batch of batches) {
    let count = 0
    for (const end = row + batch.rows; row < end; row++) count += keep[row]
    kept.push({ ...batch, rows: count })
    starts.push(before)
    before += count
  }
  return changedSource(source, {
    batches: kept,
    layout: `${source.layout}, ${before} kept by ${shownPath(mask.name)}`,
    files: filesOf(source, mask),
    async fingerprint() {
      const both = [await source.fingerprint(), await mask.fingerprint()]
      return createHash('sha256').update(both.join('\n')).digest('hex')
    },
    async close() {
      await source.close()
      await mask.close()
    },
    async *read(columns, range, signal): AsyncGenerator<ColumnBatch> {
      for await (const batch of source.read(columns, range, signal)) {
        const gathered = new Map<string, Column>()
        for (const [name, values] of batch.columns) {
          const gatherer: ColumnBuilder = columnBuilder(values)
          for (let at = batch.rows.start; at < batch.rows.end; at++) {
            if (keep[at] === 1) gatherer.add(values, at - batch.rows.start)
          }
          gathered.set(name, gatherer.column())
        }
        const start = starts[batch.index]
        const rows = { start, end: start + kept[batch.index].rows }
        yield { index: batch.index, rows, columns: gathered }
      }
    },
  })
}

/** A flag a row, one byte each: 4 MB for the peaks of a genome. */
async function readMask(mask: ColumnSource, column: string): Promise<Uint8Array> {
  const rows = mask.batches?.reduce((sum, batch) => sum + batch.rows, 0) ?? 0
  const flags = new Uint8Array(rows)
  const field = mask.fields.find(({ name }) => name === column)
  if (field?.type.kind !== 'numbers' || field.type.nesting.length > 0) {
    throw new DataError('column', `${column} is ${field?.declared}, expected one true or false a row`, {
      file: mask.name,
    })
  }
  for await (const batch of mask.read([column])) {
    const { values } = batch.columns.get(column) as NumberColumn
    for (let i = 0, row = batch.rows.start; row < batch.rows.end; i++, row++) {
      if (values[i] !== 0 && values[i] !== 1) {
        throw new DataError('column', `${column} is ${values[i]}, expected 0 or 1`, { file: mask.name, row })
      }
      flags[row] = values[i]
    }
  }
  return flags
}
