import { dirname, extname, join } from 'node:path'
import { DataError } from '../core/errors.js'
import type { Columns, Row } from '../core/table.js'
import type { Json } from '../core/types.js'
import { writeAtomically } from '../io/atomic-file.js'
import { totalOf, type BadRecords } from '../stats/sums/bad-records.js'
import { ALL } from '../metrics/by-model.js'
import { type Failure, failedModels } from '../results/failures.js'
import { saveRows } from '../sinks/save-rows.js'
import type { Output, Outputs } from './define.js'
import type { FoldedModel } from './pass.js'
import type { PipelineOptions } from './notes.js'

const RESULTS_SCHEMA = 'attrstream.results/1'

/** Results of a population under the name of the run, by model. */
export interface PopulationResult {
  readonly model: string
  readonly models: ReadonlyMap<string, FoldedModel>
  readonly bad: BadRecords | undefined
  /** Records of shards that are missing, if some are. */
  readonly partial?: { readonly missing_shards: readonly number[]; readonly of: number } | undefined
}

/**
 * The results of all models, in the order of their populations, then of their names: of an output with a table its rows, of others
 * the result itself.
 */
export function resultsDocument(
  { name, options }: PipelineOptions,
  all: Outputs,
  results: readonly PopulationResult[],
  failed: readonly Failure[] = [],
): Json {
  const models = results.flatMap(({ model, models, bad, partial }) =>
    [...models].map(([key, { digest, outputs }]) => {
      const counts = bad === undefined ? undefined : bad.by(isWhole(models) ? undefined : key)
      return {
        model: isWhole(models) ? model : key,
        records: digest.count,
        ...(counts === undefined ? {} : { bad: { total: totalOf(counts), by_reason: counts } }),
        ...(partial === undefined ? {} : { partial }),
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([name, result]) => [name, shownResult(all[name], result)]),
        ),
      }
    }),
  )
  // States and plans keep options in the order of their names.
  const sorted = Object.fromEntries(Object.entries(options).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return toJson({ schema: RESULTS_SCHEMA, pipeline: name, options: sorted, models, ...failedModels(failed) })
}

function shownResult(output: Output, result: unknown): unknown {
  return output.kind === 'fold' && output.table !== undefined ? output.table.rows(result) : result
}

/** Whether the records of a population are one model. */
function isWhole(models: ReadonlyMap<string, FoldedModel>): boolean {
  return models.size === 1 && models.has(ALL)
}

/** The rows of a fold's table: those of each model under its name. Undefined for an output without a table. */
function resultTable(
  outputs: Outputs,
  name: string,
  results: readonly PopulationResult[],
): { readonly columns: Columns; readonly rows: readonly Row[] } | undefined {
  const output = outputs[name]
  if (output.kind !== 'fold' || output.table === undefined) return undefined
  const { columns, rows } = output.table
  return {
    columns: { model: 'text', ...columns },
    rows: results.flatMap(({ model, models }) =>
      [...models].flatMap(([key, { outputs: of }]) =>
        rows(of[name]).map(row => ({ model: isWhole(models) ? model : key, ...row })),
      ),
    ),
  }
}

/** A form of results on standard output. */
export type ResultForm = 'json' | 'csv' | 'ndjson'

/**
 * Writes results: to a file `.json`, to one of a table (`.csv`, `.parquet`, `.arrow`, `.ndjson`) if a single output has one, or
 * into a folder: `results.json`, and for each output with a table `<output>.csv` and `<output>.parquet`.
 *
 * Errors: `usage`, for a file of a table where there is none or several; `io`.
 */
export async function saveResults(
  out: string,
  outputs: Outputs,
  document: Json,
  results: readonly PopulationResult[],
): Promise<void> {
  if (extname(out) === '.json') return writeAtomically(out, jsonText(document))
  const tables = tablesOf(outputs, results)
  if (extname(out) !== '') {
    const [only] = onlyTable(tables, out)
    return saveRows(out, only.columns, only.rows)
  }
  await writeAtomically(join(out, 'results.json'), jsonText(document))
  for (const { name, columns, rows } of tables) {
    await saveRows(join(out, `${name}.csv`), columns, rows)
    await saveRows(join(out, `${name}.parquet`), columns, rows)
  }
}

/** Prints results on standard output. Errors: those of `saveResults`. */
export async function resultText(
  form: 'json' | 'csv' | 'ndjson',
  outputs: Outputs,
  document: Json,
  results: readonly PopulationResult[],
  print: (text: string) => Promise<void>,
): Promise<void> {
  if (form === 'json') return print(jsonText(document))
  const [{ columns, rows }] = onlyTable(tablesOf(outputs, results), undefined)
  await saveRows(undefined, columns, rows, { format: form })
}

/** Whether results go into a folder of this name. */
export function isFolder(out: string): boolean {
  return extname(out) === ''
}

/** The folder that a file or folder of results needs. */
export function folderOf(out: string): string {
  return isFolder(out) ? out : dirname(out)
}

function tablesOf(outputs: Outputs, results: readonly PopulationResult[]) {
  return Object.keys(outputs).flatMap(name => {
    const table = resultTable(outputs, name, results)
    return table === undefined ? [] : [{ name, ...table }]
  })
}

function onlyTable<T extends { readonly name: string }>(
  tables: readonly T[],
  file: string | undefined,
): readonly T[] {
  if (tables.length === 1) return tables
  const found =
    tables.length === 0
      ? 'no output has a table'
      : `${tables.map(({ name }) => name).join(' and ')} have tables`
  throw new DataError(
    'usage',
    `${found}, and a file of rows holds one; write JSON, or give a folder`,
    file === undefined ? {} : { file },
  )
}

function jsonText(document: Json): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

/** A value as JSON holds it: maps as objects, typed arrays as lists, what is not finite or not there as null. */
function toJson(value: unknown): Json {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object') return typeof value === 'function' ? null : (value as Json)
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), toJson(inner)]))
  }
  if (value instanceof Set || Array.isArray(value)) return Array.from(value as Iterable<unknown>, toJson)
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, toJson)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
}
