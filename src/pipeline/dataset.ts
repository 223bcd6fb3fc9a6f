import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, jsonDifferences } from '../core/canonical-json.js'
import { DataError } from '../core/errors.js'
import type { Columns } from '../core/table.js'
import type { Json } from '../core/types.js'
import type { OpenedInput } from '../engine/fold-options.js'
import type { Task } from '../engine/workers/local-worker.js'
import type { WorkerPool } from '../engine/workers/pool.js'
import { writeAtomically } from '../io/atomic-file.js'
import { openPopulation } from '../scoring/population.js'
import { resolveThinning } from '../metrics/thinning.js'
import type { ReadyOutputs } from './outputs.js'
import type { PipelineOptions } from './notes.js'
import { HIDDEN, rowsRecipe, type UnitRecord } from './rows-pass.js'

/** Bytes of the input that a part is made of, at least: some seconds of work, and a file that is worth a reader's while. */
const UNIT_BYTES = 32 * 2 ** 20

export const DATASET_SCHEMA = 'attrstream.dataset/1'

export interface DatasetRun {
  /** Column by whose values parts go into folders of their own, in the style of Hive. */
  readonly partitionBy?: string | undefined
  /** Whether what stands there is removed first. */
  readonly restart: boolean
  /** The i-th of n processes that write into one folder: its share of the parts. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined
  readonly report?: {
    /** So many bytes are to be read, and so many parts already exist. */
    opened?(bytes: number, done: number, parts: number): void
    progress?(done: { readonly records: number; readonly bytes: number }): void
  }
}

export interface DatasetWritten {
  /** Whether all parts stand, those of other shards too. */
  readonly complete: boolean
  /** Whether this run wrote its share. */
  readonly done: boolean
  readonly parts: number
  readonly rows: number
  readonly bad: number
}

interface Unit {
  readonly name: string
  readonly task: Task
  readonly bytes: number
}

/**
 * Writes the row outputs of a pipeline as datasets: a folder an output, whose parts are named by the batches that they cover,
 * `part-<input>-<first batch>-<last batch>.parquet`. Each appears whole; parts that stand are left as they are, so that a run that
 * was killed, or is one of several that share the folder, writes what is missing. `manifest.json` lists them once all stand.
 *
 * Errors: those of reading; `usage`, for a pipe, and for a partition column that an output lacks; `mismatch`, for a folder of another
 * pipeline, options or data; `io`.
 */
export async function writeDataset(
  pool: WorkerPool,
  paths: readonly string[],
  folder: string,
  outputs: ReadyOutputs,
  asked: PipelineOptions,
  run: DatasetRun,
): Promise<DatasetWritten> {
  const { partitionBy, restart, shard, report = {} } = run
  if (paths.includes('-')) {
    throw new DataError(
      'usage',
      'a pipe cannot be read again, and a folder of parts is; give a file with --out',
    )
  }
  checkPartition(outputs, partitionBy)
  const { inputs, ids } = await openPopulation({ model: 'rows', paths }, asked.records)
  const { name, digest, options, records, thin, bad } = {
    ...asked,
    thin: resolveThinning(asked.thin, inputs),
  }
  const about = plain({
    schema: DATASET_SCHEMA,
    pipeline: name,
    module: digest,
    options,
    records,
    thin: thin?.fraction ?? null,
    bad: bad?.kind ?? 'fail',
    partition_by: partitionBy ?? null,
    outputs: Object.keys(outputs.rows),
    inputs: inputs.map(({ name, fingerprint, batches = [] }) => ({
      name,
      fingerprint,
      batches: batches.length,
    })),
  })
  if (restart) await clear(folder, Object.keys(outputs.rows))
  await begin(folder, about)
  const units = inputs.flatMap((input, number) => unitsOf(input, number))
  const own = units.filter(
    (_, i) => shard === undefined || Math.floor((i * shard.of) / units.length) === shard.index,
  )
  const missing: Unit[] = []
  for (const unit of own) if ((await recordOf(folder, unit.name)) === undefined) missing.push(unit)
  report.opened?.(
    missing.reduce((sum, { bytes }) => sum + bytes, 0),
    own.length - missing.length,
    own.length,
  )
  for (const output of Object.keys(outputs.rows)) await mkdir(join(folder, output), { recursive: true })
  const recipe = rowsRecipe(`rows ${folder}`, {
    name,
    digest,
    options,
    records,
    ids,
    folder,
    partitionBy,
    fraction: thin?.fraction,
    skipBad: bad !== undefined,
  })
  let next = 0
  let failure: unknown
  const work = async () => {
    while (next < missing.length && failure === undefined && !pool.isStopped) {
      await pool.use(async worker => {
        const unit = missing[next++]
        if (unit === undefined) return
        await worker
          .run(recipe, unit.task, done => report.progress?.(done))
          .catch((error: unknown) => {
            failure ??= error
          })
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(pool.size, missing.length) }, work))
  if (failure !== undefined) throw failure
  return finish(folder, about, outputs, units, own)
}

/** The units of an input: runs of batches of some size, the same ones however they are written. */
function unitsOf({ path, idPrefix, fingerprint, batches = [] }: OpenedInput, number: number): Unit[] {
  const units: Unit[] = []
  let start = 0
  let bytes = 0
  for (let batch = 0; batch < batches.length; batch++) {
    bytes += batches[batch].bytes
    if (bytes < UNIT_BYTES && batch < batches.length - 1) continue
    const name = [number, start, batch].map((n, i) => String(n).padStart(i === 0 ? 5 : 6, '0')).join('-')
    const range = { start, end: batch + 1 }
    units.push({ name, bytes, task: { input: { path, idPrefix, fingerprint }, batches: range, unit: name } })
    start = batch + 1
    bytes = 0
  }
  return units
}

/** Notes what the folder holds, or checks that it is the same. Error: `mismatch`. */
async function begin(folder: string, about: Json): Promise<void> {
  await mkdir(join(folder, HIDDEN), { recursive: true }).catch((error: unknown) => {
    throw new DataError('io', `cannot be made: ${(error as Error).message}`, { file: folder }, error)
  })
  const file = join(folder, HIDDEN, 'dataset.json')
  const there = await jsonOf(file)
  if (there === undefined) return writeAtomically(file, `${canonicalJson(about)}\n`)
  const [difference] = jsonDifferences(there as Json, about)
  if (difference === undefined) return
  const { path, a, b } = difference
  throw new DataError(
    'mismatch',
    `holds other rows: ${path} is ${formatValue(a)}, expected ${formatValue(b)}; give another folder, or --restart to write it again`,
    { file: folder },
  )
}

/** Writes the manifest once all parts stand. */
async function finish(
  folder: string,
  about: Json,
  outputs: ReadyOutputs,
  units: readonly Unit[],
  own: readonly Unit[],
): Promise<DatasetWritten> {
  const found = new Map<string, UnitRecord>()
  for (const { name } of units) {
    const record = await recordOf(folder, name)
    if (record !== undefined) found.set(name, record)
  }
  const records = units.flatMap(({ name }) => found.get(name) ?? [])
  const sum = (of: (record: UnitRecord) => number) => records.reduce((total, record) => total + of(record), 0)
  const complete = records.length === units.length
  if (complete) {
    const manifest = {
      ...(about as object),
      records: sum(({ records }) => records),
      bad_records: sum(({ bad }) => bad),
      outputs: Object.fromEntries(
        Object.keys(outputs.rows).map(output => {
          const parts = records.flatMap(({ files }) => files.filter(file => file.output === output))
          return [
            output,
            {
              rows: parts.reduce((total, { rows }) => total + rows, 0),
              parts: parts.map(({ path, rows }) => ({ path, rows })),
            },
          ]
        }),
      ),
    }
    await writeAtomically(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  }
  return {
    complete,
    done: own.every(({ name }) => found.has(name)),
    parts: records.reduce((total, { files }) => total + files.length, 0),
    rows: records.reduce((total, { files }) => total + files.reduce((rows, file) => rows + file.rows, 0), 0),
    bad: sum(({ bad }) => bad),
  }
}

/** The record of a unit whose files all stand. */
async function recordOf(folder: string, unit: string): Promise<UnitRecord | undefined> {
  const record = (await jsonOf(join(folder, HIDDEN, `${unit}.json`))) as UnitRecord | undefined
  for (const { path } of record?.files ?? []) {
    if ((await stat(join(folder, path)).catch(() => undefined)) === undefined) return undefined
  }
  return record
}

async function clear(folder: string, outputs: readonly string[]): Promise<void> {
  // Only what a dataset of ours has: a folder that is another's is left to the check that follows.
  if ((await jsonOf(join(folder, HIDDEN, 'dataset.json'))) === undefined) return
  for (const name of [...outputs, HIDDEN, 'manifest.json']) {
    if ((await readdir(folder)).includes(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

function checkPartition({ rows }: ReadyOutputs, column: string | undefined): void {
  if (column === undefined) return
  for (const [output, { table }] of Object.entries(rows)) {
    const columns = (typeof table.columns === 'object' ? table.columns : table) as Columns
    if (column in columns) continue
    const known = Object.keys(columns).join(', ')
    throw new DataError(
      'usage',
      `--partition-by ${column} is not a column of ${output}, expected one of ${known}`,
    )
  }
}

/** What a file of JSON holds; undefined if it is not there or not whole. */
async function jsonOf(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function formatValue(value: Json | undefined): string {
  const text = value === undefined ? 'not set' : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
