import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nothing, pipe } from '../core/compose.js'
import { connectStage } from '../core/compose.js'
import type { Columns, Row, Table } from '../core/table.js'
import type { AttributionRecord, Json, Stage } from '../core/types.js'
import type { Pass, PassRecipe, Task, TaskWriter } from '../engine/workers/local-worker.js'
import { writeAtomically } from '../io/atomic-file.js'
import { saveRows } from '../sinks/save-rows.js'
import { openRecords } from '../sources/open-records.js'
import { leaveOutBad } from '../stages/skip-bad-records.js'
import { thin } from '../stages/thin.js'
import { loadPipeline } from './load.js'
import { LEAST_LENGTH, outputsOf, type PipelineSpec } from './pass.js'
import { modelsOfJoin, readyOutputs } from './outputs.js'
import type { OptionValues } from './define.js'

/** All that a thread needs to write parts of a dataset. */
export interface RowsSpec extends Omit<PipelineSpec, 'screen'> {
  /** Folder of the dataset. */
  readonly folder: string
  /** Column by whose values parts go into folders of their own; none where undefined. */
  readonly partitionBy?: string | undefined
  /** Whether bad records are skipped and counted; the first ends the run otherwise. */
  readonly skipBad: boolean
}

/** A file of a part, as the manifest has it. */
export interface PartFile {
  readonly output: string
  /** Below the folder of the dataset. */
  readonly path: string
  readonly rows: number
}

/** What became of a unit: written once its files stand. */
export interface UnitRecord {
  readonly unit: string
  readonly records: number
  /** Bad records that were skipped. */
  readonly bad: number
  readonly files: readonly PartFile[]
}

/** Where the records of units are: hidden, so that readers of folders do not see it. */
export const HIDDEN = '.attrstream'

/** The value that Hive gives to the folder of null. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/** The recipe of a pass that writes rows, for this thread or a worker. */
export function rowsRecipe(key: string, spec: RowsSpec): PassRecipe {
  return { key, module: import.meta.url, spec: JSON.parse(JSON.stringify(spec)) as Json }
}

/** Makes a pass from its spec; called in every thread. */
export async function makePass(json: Json): Promise<Pass> {
  const spec = json as unknown as RowsSpec
  const { name, records, skipBad } = spec
  const { pipeline } = await loadPipeline(name)
  const { rows } = outputsOf(name, () =>
    readyOutputs(pipeline, spec.options as OptionValues<never>, modelsOfJoin(records)),
  )
  return {
    accumulator: nothing(),
    open: async (path, idPrefix, input) =>
      openRecords(path, {
        ...records,
        idPrefix,
        screen: skipBad ? { k: LEAST_LENGTH, input } : undefined,
      }),
    write: task => new UnitWriter(spec, task, rows),
  }
}

/** Takes the rows of one unit, and writes them in files that appear whole once it is done. */
class UnitWriter implements TaskWriter {
  private readonly rows = new Map<string, Row[]>()
  private readonly takers: ((record: AttributionRecord) => void)[] = []
  private records = 0
  private bad = 0

  constructor(
    private readonly spec: RowsSpec,
    private readonly task: Task,
    private readonly outputs: {
      readonly [name: string]: { stage: Stage<AttributionRecord, Row>; table: Columns | Table }
    },
  ) {
    const { fraction } = spec
    for (const [name, { stage }] of Object.entries(outputs)) {
      const list: Row[] = []
      this.rows.set(name, list)
      const chosen = fraction === undefined ? stage : pipe(thin<AttributionRecord>({ fraction }), stage)
      this.takers.push(connectStage(chosen, row => list.push(row)))
    }
    const good = leaveOutBad(() => this.bad++).connect(record => {
      this.records++
      for (const take of this.takers) take(record)
    })
    this.take = record => good(record as AttributionRecord)
  }

  readonly take: (record: unknown) => void

  /** Error: `io`. */
  async end(): Promise<void> {
    const { folder, partitionBy } = this.spec
    const { unit = '0' } = this.task
    const files: PartFile[] = []
    for (const [output, { table }] of Object.entries(this.outputs)) {
      const rows = this.rows.get(output) as Row[]
      const parts = partitionBy === undefined ? new Map([['', rows]]) : partitioned(rows, partitionBy)
      for (const [value, own] of parts) {
        const path = join(output, value, `part-${unit}.parquet`)
        const whole = 'schema' in table && typeof table.columns === 'object' ? (table as Table) : undefined
        const columns = without(whole?.columns ?? (table as Columns), partitionBy)
        await mkdir(join(folder, output, value), { recursive: true })
        await saveRows(join(folder, path), whole === undefined ? columns : { ...whole, columns }, own, {
          format: 'parquet',
        })
        files.push({ output, path: path.replaceAll('\\', '/'), rows: own.length })
      }
    }
    const done: UnitRecord = { unit, records: this.records, bad: this.bad, files }
    await writeAtomically(join(folder, HIDDEN, `${unit}.json`), `${JSON.stringify(done)}\n`)
  }
}

/** Rows by the folder of their value, in the order of the folders' names. */
function partitioned(rows: readonly Row[], column: string): Map<string, Row[]> {
  const parts = new Map<string, Row[]>()
  for (const row of rows) {
    const value = row[column] ?? null
    const folder = `${column}=${value === null ? NULL_PARTITION : encodeURIComponent(String(value))}`
    const part = parts.get(folder)
    if (part === undefined) parts.set(folder, [row])
    else part.push(row)
  }
  return new Map([...parts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function without(columns: Columns, name: string | undefined): Columns {
  if (name === undefined) return columns
  return Object.fromEntries(Object.entries(columns).filter(([column]) => column !== name))
}
