import { createHash } from 'node:crypto'
import { shownPath } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import { type Column, type ColumnBatch, type ColumnField, type ColumnSource, filesOf } from './column.js'
import { RowCursor } from './row-cursor.js'

/** A column of another file, whose rows accompany a file's own. */
export interface Side {
  /** What it is in records, and what the column is called in the joined source. */
  readonly part: 'id' | 'sequence' | 'truth'
  readonly source: ColumnSource
  /** Its name in its own file. */
  readonly column: string
  /** What `inspect` says of it; nothing where an option named the file. */
  readonly note?: string | undefined
}

/**
 * A source with columns of other files in addition to its own, row by row in order. Error: `pairing`, where another file has
 * more rows, or fewer; both counts are in it.
 */
export function joinColumns(main: ColumnSource, sides: readonly Side[]): ColumnSource {
  if (sides.length === 0) return main
  if (main.batches === undefined) {
    throw new DataError('usage', 'a pipe cannot be combined with other files; write it to a file', {
      file: main.name,
    })
  }
  const rows = rowsOf(main)
  for (const { source } of sides) {
    const found = rowsOf(source)
    if (found !== rows) {
      throw new DataError(
        'pairing',
        `has ${found} rows, against ${rows} of ${main.name}; give the rows that the maps were made of, in their order`,
        { file: source.name },
      )
    }
  }
  const parts = new Set<string>(sides.map(({ part }) => part))
  const sources = [...new Set(sides.map(({ source }) => source))]
  const idle: RowCursor[][] = []
  return {
    name: main.name,
    format: main.format,
    metadata: main.metadata,
    layout: main.layout,
    codecs: main.codecs,
    readerBytes: main.readerBytes,
    batches: main.batches,
    fields: [...sides.map(fieldOf), ...main.fields.filter(({ name }) => !parts.has(name))],
    recognised: {
      producer: main.recognised?.producer,
      columns: main.recognised?.columns ?? {},
      beside: { ...main.recognised?.beside, ...Object.fromEntries(sides.map(({ part }) => [part, part])) },
      notes: [...(main.recognised?.notes ?? []), ...sides.flatMap(({ note }) => note ?? [])],
    },
    files: filesOf(main, ...sources),
    async fingerprint() {
      const hash = createHash('sha256').update((await main.fingerprint()) ?? '')
      for (const { part, source, column } of sides) {
        hash.update(`\n${part} ${column} ${(await source.fingerprint()) ?? ''}`)
      }
      return hash.digest('hex')
    },
    async close() {
      for (const cursors of idle) for (const cursor of cursors) await cursor.close()
      await main.close()
      for (const source of sources) await source.close()
    },
    async *read(columns, range, signal): AsyncGenerator<ColumnBatch> {
      const own = columns.filter(name => !parts.has(name))
      const wanted = sources.map(source =>
        sides.filter(side => side.source === source && columns.includes(side.part)),
      )
      // Cursors that stand further on go on from there: what is packed is not unpacked from its start again.
      const cursors = idle.pop() ?? sources.map(source => new RowCursor(source, namesOf(sides, source)))
      try {
        for await (const batch of main.read(own, range, signal)) {
          const read = new Map<string, Column>(batch.columns)
          for (const [i, cursor] of cursors.entries()) {
            if (wanted[i].length === 0) continue
            const beside = await cursor.read(batch.rows)
            for (const { part, column } of wanted[i]) read.set(part, beside.get(column) as Column)
          }
          yield { ...batch, columns: read }
        }
      } finally {
        idle.push(cursors)
      }
    },
  }
}

function namesOf(sides: readonly Side[], source: ColumnSource): string[] {
  return [...new Set(sides.filter(side => side.source === source).map(({ column }) => column))]
}

function rowsOf({ batches = [] }: ColumnSource): number {
  return batches.reduce((sum, { rows }) => sum + rows, 0)
}

function fieldOf({ part, source, column }: Side): ColumnField {
  const field = source.fields.find(({ name }) => name === column) as ColumnField
  return { ...field, name: part, declared: `${field.declared}, ${column} of ${shownPath(source.name)}` }
}
