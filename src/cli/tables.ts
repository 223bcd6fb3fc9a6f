import { join } from 'node:path'
import { writeWhole } from '../engine/whole-file.js'
import type { Columns, Row } from '../core/table.js'
import { csv } from '../sinks/csv.js'
import { textTable } from '../sinks/table.js'
import { makeFolder } from './output.js'

/** A result that is a table, and more of it as JSON. */
export interface TableResult {
  /** Stem of its files. */
  readonly name: string
  /** Version of the table, as in `attrstream.comparison/1`. */
  readonly schema: string
  readonly columns: Columns
  readonly rows: readonly Row[]
  /** What JSON holds. */
  readonly document: object
  /** What is printed for people: one table below the other. */
  readonly shown: readonly { readonly columns: Columns; readonly rows: readonly Row[] }[]
}

/** Options of where a table goes. */
export const TABLE_FLAGS = {
  format: {
    choices: ['table', 'json', 'csv'] as const,
    default: 'table' as const,
    describe: 'form of the answer on standard output',
  },
  color: {
    boolean: true,
    default: true,
    describe: 'colours on a terminal (--no-color, or NO_COLOR in the environment: none)',
  },
} as const

/** Prints a table on standard output. Whoever closes the pipe has read enough. */
export async function printTable(
  result: TableResult,
  { format, color }: { readonly format: 'table' | 'json' | 'csv'; readonly color: boolean },
): Promise<void> {
  const colour = process.stdout.isTTY && color && (process.env['NO_COLOR'] ?? '') === ''
  const text =
    format === 'json'
      ? jsonText(result.document)
      : format === 'csv'
        ? csv(result.columns, result.rows)
        : result.shown.map(({ columns, rows }) => textTable(columns, rows, { colour, digits: 4 })).join('\n')
  await new Promise<void>((resolve, reject) => {
    process.stdout.once('error', error =>
      (error as NodeJS.ErrnoException).code === 'EPIPE' ? resolve() : reject(error),
    )
    process.stdout.write(text, error => {
      if (error == null) resolve()
    })
  })
}

/** Writes `<name>.json`, `.csv` and `.parquet` into a folder, made where need be. Errors: `io`. */
export async function saveTable(result: TableResult, folder: string): Promise<void> {
  const { name, schema, columns, rows, document } = result
  await makeFolder(folder)
  await writeWhole(join(folder, `${name}.json`), jsonText(document))
  await writeWhole(join(folder, `${name}.csv`), csv(columns, rows))
  const { parquetTable } = await import('../sinks/parquet-table.js') // slow to load, and rarely needed
  const metadata = { 'attrstream.schema': schema }
  await writeWhole(join(folder, `${name}.parquet`), await parquetTable(columns, rows, { metadata }))
}

function jsonText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
