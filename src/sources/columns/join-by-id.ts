import { createHash } from 'node:crypto'
import { shownPath } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import { type Column, type ColumnBatch, type ColumnSource, filesOf } from './column.js'
import { type ColumnBuilder, columnBuilder } from './column-builder.js'
import { idAt, IdIndex } from './id-index.js'
import type { Side } from './join-in-order.js'

/**
 * A source with a column of another file in addition to its own, matched by id. Of the other file some rows may
 * be left over. Errors: `pairing`, for an id that the other file lacks, or has twice.
 *
 * Rows of a batch are taken from as many batches of the other file as they lie in: files in about the same order are read
 * about once.
 */
export async function matchColumns(
  main: ColumnSource,
  id: string,
  side: Side,
  sideId: string,
): Promise<ColumnSource> {
  const { part, source, column } = side
  const index = await IdIndex.of(source, sideId)
  const field = source.fields.find(({ name }) => name === column)
  return {
    name: main.name,
    format: main.format,
    metadata: main.metadata,
    layout: main.layout,
    codecs: main.codecs,
    readerBytes: main.readerBytes,
    batches: main.batches,
    fields: [
      ...(field === undefined
        ? []
        : [
            {
              ...field,
              name: part,
              declared: `${field.declared}, ${column} of ${shownPath(source.name)}, by id`,
            },
          ]),
      ...main.fields.filter(({ name }) => name !== part),
    ],
    recognised: {
      producer: main.recognised?.producer,
      columns: main.recognised?.columns ?? {},
      beside: { ...main.recognised?.beside, [part]: part },
      notes: main.recognised?.notes ?? [],
    },
    files: filesOf(main, source),
    async fingerprint() {
      const both = [await main.fingerprint(), await source.fingerprint()]
      return createHash('sha256')
        .update(`${both.join('\n')}\n${part} ${column} by ${sideId}`)
        .digest('hex')
    },
    async close() {
      await main.close()
      await source.close()
    },
    async *read(columns, range, signal): AsyncGenerator<ColumnBatch> {
      if (!columns.includes(part)) {
        yield* main.read(columns, range, signal)
        return
      }
      const own = [...new Set([...columns.filter(name => name !== part), id])]
      for await (const batch of main.read(own, range, signal)) {
        const ids = batch.columns.get(id) as Column
        const count = batch.rows.end - batch.rows.start
        const rows = Array.from({ length: count }, (_, row) => {
          const found = ids.nulls?.[row] ? -1 : index.rowOf(ids, row)
          if (found >= 0) return found
          throw new DataError('pairing', `${source.name} has no row of this id; give one for each map`, {
            file: main.name,
            batch: batch.index,
            row: batch.rows.start + row,
            id: idAt(ids, row),
          })
        })
        const beside = await rowsAt(source, column, rows)
        yield { ...batch, columns: new Map([...batch.columns, [part, beside]]) }
      }
    },
  }
}

/** Rows of a column, in the order in which they are asked for. */
async function rowsAt(source: ColumnSource, column: string, rows: readonly number[]): Promise<Column> {
  const order = rows.map((_, i) => i).toSorted((a, b) => rows[a] - rows[b])
  const place = new Int32Array(rows.length)
  let sorted: ColumnBuilder | undefined
  let next = 0
  let first = 0
  for (const [batch, { rows: size }] of (source.batches ?? []).entries()) {
    const last = first + size
    if (next < order.length && rows[order[next]] < last) {
      for await (const { columns } of source.read([column], { start: batch, end: batch + 1 })) {
        const found = columns.get(column) as Column
        sorted ??= columnBuilder(found)
        for (; next < order.length && rows[order[next]] < last; next++) {
          sorted.add(found, rows[order[next]] - first)
          place[order[next]] = next
        }
      }
    }
    first = last
  }
  const inOrder = (sorted as ColumnBuilder).column()
  const asked = columnBuilder(inOrder)
  for (const at of place) asked.add(inOrder, at)
  return asked.column()
}
