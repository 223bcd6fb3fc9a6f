import { shownWords } from '../../core/address.js'
import type { Argv } from 'yargs'
import { wrapped } from '../../core/english.js'
import { printable, printableRows } from '../../core/printable.js'
import type { Columns, Row } from '../../core/table.js'
import { printText } from '../../io/standard-output.js'
import { csv } from '../../sinks/csv.js'
import { textTable } from './text-table.js'
import { VERSION } from '../../version.js'
import { doAll, isColoured, OUTPUT_FLAGS, type OutputFlags, saveTable } from './output.js'
import { log } from '../job/log.js'

/** What is reported of scores: a table, and more of it as JSON. */
export interface TableResult {
  /** Stem of its files. */
  readonly name: string
  /** Version of the table, as in `attrstream.comparison/1`. */
  readonly schema: string
  readonly columns: Columns
  readonly rows: readonly Row[]
  /** What JSON holds in addition to the schema, the warnings and the provenance. */
  readonly content: object
  readonly warnings: readonly string[]
  /** What is printed above the tables. */
  readonly sentences?: readonly string[]
  /** What is printed for people: one table below the other. */
  readonly shown: readonly { readonly columns: Columns; readonly rows: readonly Row[] }[]
}

/** Options of where a table of this stem goes. */
export function tableFlags(name: string) {
  return {
    format: { ...OUTPUT_FLAGS.format, describe: 'format of standard output' },
    color: OUTPUT_FLAGS.color,
    out: { string: true, describe: `folder for ${name}.json, ${name}.csv and ${name}.parquet` },
  } as const
}

/** Adds the scores that a table is of, as `loadModels` takes them. */
export function withScores(yargs: Argv): Argv {
  return yargs.positional('scores', {
    type: 'string',
    array: true,
    describe: 'scores.json files, folders with one, or finished checkpoints of score',
  })
}

/** Reports the warnings, prints the table, and writes its files where they are asked for: each also if others fail. Errors: `io`. */
export async function writeTable(
  result: TableResult,
  flags: Pick<OutputFlags, 'format' | 'color' | 'out'>,
): Promise<void> {
  const { schema, columns, rows, content, warnings, shown } = result
  const provenance = { version: VERSION, command: shownWords(process.argv.slice(2)) }
  const json = `${JSON.stringify({ schema, ...content, warnings, provenance }, null, 2)}\n`
  const text = () => {
    const width = process.stdout.isTTY ? Math.max(80, process.stdout.columns) : undefined
    const options = { colour: isColoured(flags.color), digits: 4, width }
    const lines = (result.sentences ?? [])
      .map(line => `${wrapped(printable(line), width ?? Number.POSITIVE_INFINITY)}\n`)
      .join('')
    const tables = shown.map(({ columns, rows }) => textTable(columns, rows, options))
    return [...(lines === '' ? [] : [lines]), ...tables].join('\n')
  }
  const { format, out } = flags
  const all = doAll(
    async () => (out === undefined ? undefined : saveTable(out, { ...result, json })),
    () => printText(format === 'json' ? json : format === 'csv' ? csv(columns, printableRows(rows)) : text()),
  )
  await all.finally(() => {
    for (const warning of warnings) log.report('warning', warning)
  })
}
