import { DataError } from '../../core/errors.js'
import type { Cell, Columns, Row, RowOf, Table } from '../../core/table.js'
import type { AttributionRecord, Stage } from '../../core/types.js'
import { tableOf } from '../../sinks/save-rows.js'

/** Rows and their table. */
export interface RowsTable {
  readonly stage: Stage<AttributionRecord, Row>
  readonly table: Columns | Table
}

/**
 * The same rows with columns of the input behind their own: each row has the cells of the record that it is made of, which
 * must have them as `extra`. Error: `usage`, for a name that the table has itself.
 */
export function keepColumns(made: RowsTable, kept: Columns): RowsTable {
  const names = Object.keys(kept)
  if (names.length === 0) return made
  const table = tableOf(made.table)
  const { columns, bed } = table
  const twice = names.find(name => name in columns)
  if (twice !== undefined) {
    throw new DataError('usage', `--keep ${twice}: the table has a column of that name itself; leave it out`)
  }
  const cellsOf = (row: Row | undefined) => Object.fromEntries(names.map(name => [name, row?.[name] ?? null]))
  const all = { ...columns, ...kept }
  if (table.schema === undefined) return { stage: withCells(made.stage, cellsOf), table: all }
  return {
    stage: withCells(made.stage, cellsOf),
    table: {
      ...table,
      schema: table.schema,
      columns: all,
      ...(bed && {
        bed: {
          columns: { ...bed.columns, ...renamed(kept) },
          line: (row: Row) => ({ ...bed.line(row as RowOf<Columns>), ...renamed(cellsOf(row)) }),
        },
      }),
    },
  }
}

/** The same under names that no column of BED has: its own `name` and `score` are others than those of the input. */
function renamed<T>(cells: { readonly [name: string]: T }): { readonly [name: string]: T } {
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [`kept ${name}`, cell]))
}

function withCells(
  stage: Stage<AttributionRecord, Row>,
  cellsOf: (cells: Row | undefined) => { readonly [name: string]: Cell },
): Stage<AttributionRecord, Row> {
  return {
    ...stage,
    connect(next) {
      let cells: { readonly [name: string]: Cell } = {}
      const push = stage.connect(row => next({ ...row, ...cells }))
      return record => {
        cells = cellsOf(record.extra)
        push(record)
      }
    },
  }
}
