import { join } from 'node:path'
import type { InferredOptionTypes } from 'yargs'
import { withoutSecrets } from '../../core/address.js'
import { plural, wrapped } from '../../core/english.js'
import { printable, printableRows } from '../../core/printable.js'
import { makeFolder } from '../../io/make-folder.js'
import type { Columns, Row } from '../../core/table.js'
import { printText } from '../../io/standard-output.js'
import { writeAtomically } from '../../io/atomic-file.js'
import type { ScoreDocument } from '../../results/document.js'
import type { ModelScore } from '../../metrics/model-score.js'
import { mostSeparatingSettings } from '../../metrics/sweep-spread.js'
import { type VerdictPerformance, verdictOf } from '../../results/verdict.js'
import { csv } from '../../sinks/csv.js'
import { scoresJson } from '../../results/scores-json.js'
import {
  BRIEF_COLUMNS,
  briefRows,
  byConsistency,
  namedColumns,
  SHOWN_COLUMNS,
  shownRows,
} from '../../results/printed-scores.js'
import { multiqcJson } from '../../results/multiqc.js'
import { SCORE_TABLE_COLUMNS, SCORES_TABLE, scoreRows } from '../../results/scores-table.js'
import {
  SHOWN_SWEEP_COLUMNS,
  shownSweep,
  spreadLines,
  SWEEP_COLUMNS,
  SWEEP_SCHEMA,
  sweepJson,
  sweepTable,
} from '../../results/sweep-table.js'
import { log } from '../job/log.js'
import { textChart, type TextChartOptions } from './text-chart.js'

/** Options of where scores go. */
export const OUTPUT_FLAGS = {
  format: {
    choices: ['table', 'json', 'csv'] as const,
    default: 'table' as const,
    describe: 'format of standard output',
  },
  out: { string: true, describe: 'folder for scores.json, scores.csv and scores.parquet' },
  wide: {
    boolean: true,
    default: false,
    describe: 'print KLD, excess, floor and effective points too',
  },
  columns: {
    string: true,
    describe: 'columns of scores.csv to print instead, e.g. model,kmer_cv_nats,angular_cv_nats',
  },
  warnings: {
    choices: ['all', 'short', 'none'] as const,
    default: 'short' as const,
    describe: 'warnings on standard error: all, one line per kind (short), or none',
  },
  color: {
    boolean: true,
    default: true,
    describe: 'use colours on a terminal; NO_COLOR in the environment also disables them',
  },
} as const

export type OutputFlags = InferredOptionTypes<typeof OUTPUT_FLAGS>

/** Prints scores on standard output: on a terminal, the table in colour where that is wanted, and a chart where it is wide enough. */
export async function printScores(
  document: ScoreDocument,
  { format, color, wide, columns }: Pick<OutputFlags, 'format' | 'color' | 'wide' | 'columns'>,
  performance?: VerdictPerformance,
): Promise<void> {
  await printText(
    format === 'json'
      ? scoresJson(document)
      : format === 'csv'
        ? csv(SCORE_TABLE_COLUMNS, printableRows(scoreRows(document.models)))
        : await scoresText(document.models, { colour: isColoured(color), wide, columns, performance }),
  )
}

/** Whether what is printed has colours. */
export function isColoured(color: boolean): boolean {
  return process.stdout.isTTY && color && (process.env['NO_COLOR'] ?? '') === ''
}

/** The table of scores, with charts on a terminal; then that of a sweep, and where models differ most, if there is one. */
async function scoresText(
  models: readonly ModelScore[],
  {
    colour,
    wide,
    columns,
    performance,
  }: {
    colour: boolean
    wide: boolean
    columns: string | undefined
    performance: VerdictPerformance | undefined
  },
): Promise<string> {
  const { textTable } = await import('./text-table.js') // not before the maps are read
  const options = { colour, width: process.stdout.isTTY ? Math.max(80, process.stdout.columns) : undefined }
  const verdict = verdictOf(models, { performance })
  const table =
    columns !== undefined
      ? textTable(
          namedColumns(columns.split(',').map(name => name.trim())),
          scoreRows(byConsistency(models)),
          options,
        )
      : wide
        ? textTable(SHOWN_COLUMNS, shownRows(models), options)
        : `${verdict.sentences
            .map(
              line => `${wrapped(printable(line), options.width ?? Number.POSITIVE_INFINITY)}
`,
            )
            .join('')}\n${textTable(BRIEF_COLUMNS, briefRows(models, verdict), options)}`
  const charts = process.stdout.isTTY ? scoreCharts(models, { width: process.stdout.columns, colour }) : ''
  const rows = shownSweep(models)
  if (rows.length === 0) return table + charts
  const spreads = spreadLines(mostSeparatingSettings(models), models.length).map(
    line => `${printable(line)}\n`,
  )
  const settings = new Set(rows.map(({ metric, setting }) => `${String(metric)} ${String(setting)}`)).size
  const findings = [
    `\nSweep of ${plural(settings, 'setting')}: --wide prints all, --out FOLDER writes them.\n`,
    ...spreads,
  ]
  const all = wide ? ['\n', textTable(SHOWN_SWEEP_COLUMNS, rows, { colour })] : []
  return [table, charts, ...findings, ...all].join('')
}

/** Both metrics' cross-validated values as charts, or the excesses where there are none, in the order of the table. */
function scoreCharts(models: readonly ModelScore[], options: TextChartOptions): string {
  if (models.length < 2) return ''
  const ordered = byConsistency(models)
  return (['kmer', 'angular'] as const)
    .map(metric => {
      const cv = models.some(model => model[metric].cv_nats !== null)
      const rows = ordered.map(({ model, [metric]: score }) => ({
        name: model,
        value: cv ? score.cv_nats : score.excess_nats,
        se: cv ? score.cv_se_nats : score.excess_se_nats,
      }))
      const what = cv ? 'cross-validated' : 'excess'
      return textChart(`${metric} ${what}, ± 1 standard error, nats`, rows, options)
    })
    .join('')
}

/** Writes scores.json, .csv and .parquet, scores_mqc.json, and the tables of a sweep, into a folder, made where need be. Errors: `io`. */
export async function saveScores(document: ScoreDocument, folder: string): Promise<void> {
  const { models } = document
  await saveTable(folder, {
    name: 'scores',
    schema: SCORES_TABLE,
    columns: SCORE_TABLE_COLUMNS,
    rows: scoreRows(models),
    json: scoresJson(document),
  })
  await writeAtomically(join(folder, 'scores_mqc.json'), withoutSecrets(multiqcJson(models)))
  const swept = sweepTable(models)
  if (swept.length === 0) return
  await saveTable(folder, {
    name: 'sweep',
    schema: SWEEP_SCHEMA,
    columns: SWEEP_COLUMNS,
    rows: swept,
    json: sweepJson(models, mostSeparatingSettings(models)),
  })
}

/** A table, and what its file of JSON holds. */
interface SavedTable {
  /** Stem of its files. */
  readonly name: string
  readonly schema: string
  readonly columns: Columns
  readonly rows: readonly Row[]
  readonly json: string
}

/** Writes `<name>.json`, `.csv` and `.parquet` into a folder, made where need be. Errors: `io`. */
export async function saveTable(
  folder: string,
  { name, schema, columns, rows, json }: SavedTable,
): Promise<void> {
  await makeFolder(folder)
  await writeAtomically(join(folder, `${name}.json`), withoutSecrets(json))
  await writeAtomically(join(folder, `${name}.csv`), withoutSecrets(csv(columns, rows)))
  const { parquetTable } = await import('../../sinks/parquet-table.js') // slow to load, and rarely needed
  const metadata = { 'attrstream.schema': schema }
  await writeAtomically(join(folder, `${name}.parquet`), await parquetTable(columns, rows, { metadata }))
}

/** Does all of these, one after another, also if some fail; then throws the first error. The others are warnings. */
export async function doAll(...works: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const work of works) await work().catch((error: unknown) => errors.push(error))
  for (const error of errors.slice(1)) log.report('warning', (error as Error).message)
  if (errors.length > 0) throw errors[0]
}
