import { basename } from 'node:path'
import { withSidePaths } from '../../sources/records/records.js'
import { BadRecords } from '../../stats/sums/bad-records.js'
import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import type { OpenedInput } from '../../engine/fold-options.js'
import { type BatchDone, makePass, type Task } from '../../engine/workers/local-worker.js'
import type { WorkerPool } from '../../engine/workers/pool.js'
import { isPiped } from '../../io/open.js'
import { screenOf, tooManyBad } from '../../scoring/bad-record-policy.js'
import type { Population } from '../../scoring/population.js'
import { pipelineError } from '../load.js'
import type { PipelineOptions } from '../notes.js'
import type { ReadyOutputs } from '../outputs.js'
import { outputsOf, type PipelineResult } from '../pass.js'
import type { PopulationResult } from '../results.js'
import { DatasetFolder } from './dataset-folder.js'
import { addTally, checkMapColumns, checkPartition, newTally, type FileTally } from './output-files.js'
import { fileMetadata, openOutputs } from './open-outputs.js'
import { rowsRecipe } from './pass.js'

/** Bytes of the input that a part is made of, at least: some seconds of work, and a file that is worth a reader's while. */
const UNIT_BYTES = 32 * 2 ** 20

const DATASET_SCHEMA = 'attrstream.dataset/2'

export interface DatasetRun {
  /** Column by whose values parts go into folders of their own, in the style of Hive. */
  readonly partitionBy?: string | undefined
  /** Whether what stands there is removed first. */
  readonly restart: boolean
  /** The i-th of n processes that write into one folder: its share of the parts. */
  readonly shard?: { readonly index: number; readonly of: number } | undefined
  /** Name of these inputs among others that go into the same folder. */
  readonly part?: string | undefined
  /** Whether parts are read back and compared before they appear. */
  readonly verify: boolean
  /** What results of sums are computed for; all inputs together by default. */
  readonly populations: readonly Population[]
  readonly report?: {
    /** Bytes to be read, and parts that are complete already. */
    opened?(bytes: number, done: number, parts: number): void
    readonly progress?: (done: BatchDone) => void
  }
}

export interface DatasetWritten {
  /** Whether all parts stand, those of other shards too. */
  readonly complete: boolean
  /** Whether this run wrote its share; if not, it was stopped. */
  readonly done: boolean
  readonly files: number
  readonly rows: number
  /** Of this run's share. */
  readonly tally: FileTally
  readonly bad: BadRecords
  readonly inputs: readonly OpenedInput[]
  /** Results of sums once all parts stand. */
  readonly results: readonly PopulationResult[]
  readonly narrowed: boolean
}

interface Unit {
  readonly name: string
  /** Number of its input. */
  readonly input: number
  readonly task: Task
  readonly bytes: number
}

/**
 * Writes the outputs of a pipeline as datasets: a folder an output, whose parts are named by the batches that they cover,
 * `part-<input>-<first batch>-<last batch>.parquet`. Each appears whole; parts that stand are left as they are, so that a run that
 * was killed, or is one of several that share the folder, writes what is missing. `manifest.json` lists them once all stand. Sums are
 * added up in the same pass, and saved with each part.
 *
 * What comes down a pipe is one part; as that of a named part of the data, its file bears the name.
 *
 * Errors: those of reading; `usage`, for a partition column that an output has not; `mismatch`, for a folder of another
 * pipeline, options or data; `record`, for too many bad records; `io`.
 */
export async function writeDataset(
  pool: WorkerPool,
  paths: readonly string[],
  folder: string,
  outputs: ReadyOutputs,
  asked: PipelineOptions,
  run: DatasetRun,
): Promise<DatasetWritten> {
  const { partitionBy, restart, shard, part, report = {}, verify } = run
  const { written } = outputs
  const { inputs, ids, thin, shape, narrowed } = await openOutputs(paths, asked, written)
  const piped = paths.some(isPiped)
  if (piped && (paths.length > 1 || shard !== undefined)) {
    throw new DataError('usage', 'a pipe is one part of a folder; read it alone, without --shard')
  }
  checkMapColumns(written, shape.model)
  checkPartition(written, shape.model, partitionBy)
  const { name, digest, options, records, bad } = asked
  const isPart = piped || part !== undefined
  const about = plain({
    schema: DATASET_SCHEMA,
    pipeline: basename(name),
    module: digest,
    options,
    records: withSidePaths(records, path => basename(path)),
    thin: thin?.fraction ?? null,
    bad: bad?.kind ?? 'fail',
    partition_by: partitionBy ?? null,
    outputs: Object.keys(written),
    // Parts that come one by one know nothing of each other.
    inputs: isPart
      ? null
      : inputs.map(({ name, fingerprint, batches = [] }) => ({ name, fingerprint, batches: batches.length })),
  })
  const dataset = new DatasetFolder(folder, about, Object.keys(written))
  if (restart) await dataset.clear()
  await dataset.begin()
  const lead = isPart ? [encodeURIComponent(part ?? 'stdin')] : []
  const units = inputs.flatMap((input, number) => unitsOf(input, number, lead))
  const own = units.filter(
    (_, i) => shard === undefined || Math.floor((i * shard.of) / units.length) === shard.index,
  )
  const missing: Unit[] = []
  for (const unit of own) if ((await dataset.unit(unit.name)) === undefined) missing.push(unit)
  report.opened?.(
    missing.reduce((sum, { bytes }) => sum + bytes, 0),
    own.length - missing.length,
    own.length,
  )
  const recipe = rowsRecipe(`rows ${folder}`, {
    name,
    digest,
    options,
    records,
    ids,
    fraction: thin?.fraction,
    screen: screenOf(bad, inputs),
    folder,
    partitionBy,
    verify,
    shape: { ...shape, metadata: fileMetadata(asked, null) },
  })
  await writeUnits(pool, recipe, missing, report.progress ?? (() => {})).catch((error: unknown) => {
    throw pipelineError(name, error)
  })
  if (!pool.isStopped) for (const input of inputs) await input.check?.()

  const { accumulator } = await makePass(recipe)
  const states = run.populations.map(() => accumulator.empty() as unknown)
  const ofAll = accumulator.empty() as unknown
  const tally = newTally()
  const names = new Set(own.map(unit => unit.name))
  const listed = isPart ? await dataset.unitNames() : units.map(unit => unit.name)
  const stand = []
  let rest = listed.length
  for (const unit of listed) {
    const found = await dataset.unit(unit)
    if (found === undefined) continue
    rest--
    stand.push(found.notes)
    const state: unknown = accumulator.load(found.state.arrays)
    if (names.has(unit)) {
      accumulator.merge(ofAll, state)
      addTally(tally, found.notes.tally)
    }
    const input = isPart ? 0 : (units.find(({ name }) => name === unit)?.input ?? 0)
    const at = isPart ? 0 : run.populations.findIndex(({ paths: of }) => of.includes(paths[input]))
    if (at >= 0) accumulator.merge(states[at], state)
    names.delete(unit)
  }
  const complete = rest === 0
  const resultOf = (state: unknown) => outputsOf(name, () => accumulator.result(state) as PipelineResult)
  const foundBad = resultOf(ofAll).bad ?? new BadRecords()
  const tooMany = tooManyBad(foundBad, tally.records, bad)
  if (tooMany !== undefined) throw tooMany
  const results = complete
    ? run.populations.map(({ model }, i) => {
        const { models, bad } = resultOf(states[i])
        return { model, models, bad }
      })
    : []
  if (complete) {
    const total = results.reduce((sum, { bad }) => sum + (bad?.total ?? 0), 0)
    await dataset.list(stand, total)
  }
  const files = stand.flatMap(unit => unit.files)
  return {
    complete,
    done: names.size === 0,
    files: files.length,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    tally,
    bad: foundBad,
    inputs,
    results,
    narrowed,
  }
}

async function writeUnits(
  pool: WorkerPool,
  recipe: ReturnType<typeof rowsRecipe>,
  missing: readonly Unit[],
  progress: (done: BatchDone) => void,
): Promise<void> {
  let next = 0
  let failure: unknown
  const work = async () => {
    while (next < missing.length && failure === undefined && !pool.isStopped) {
      await pool.use(async worker => {
        const unit = missing[next++]
        if (unit === undefined) return
        await worker.run(recipe, unit.task, progress).catch((error: unknown) => {
          failure ??= error
        })
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(pool.size, missing.length) }, work))
  if (failure !== undefined) throw failure
}

/** The units of an input: runs of batches of some size, the same ones however they are written; a pipe is one. */
function unitsOf(
  { path, idPrefix, fingerprint, batches }: OpenedInput,
  input: number,
  lead: readonly string[],
): Unit[] {
  const of = { path, idPrefix, fingerprint }
  if (batches === undefined) {
    const [name] = lead
    return [{ name, input, bytes: 0, task: { input: of, batches: undefined, unit: name } }]
  }
  const units: Unit[] = []
  let start = 0
  let bytes = 0
  for (let batch = 0; batch < batches.length; batch++) {
    bytes += batches[batch].bytes
    if (bytes < UNIT_BYTES && batch < batches.length - 1) continue
    const numbers = [input, start, batch].map((n, i) => String(n).padStart(i === 0 ? 5 : 6, '0'))
    const name = [...lead, ...numbers].join('-')
    const range = { start, end: batch + 1 }
    units.push({ name, input, bytes, task: { input: of, batches: range, unit: name } })
    start = batch + 1
    bytes = 0
  }
  return units
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
