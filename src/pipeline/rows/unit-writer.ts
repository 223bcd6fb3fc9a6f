import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../core/errors.js'
import type { Row } from '../../core/table.js'
import type { AnyAccumulator, AttributionRecord, Source } from '../../core/types.js'
import { FORMAT_VERSION } from '../../engine/checkpoints/checkpoint.js'
import { saveCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import type { Task, TaskWriter } from '../../engine/workers/local-worker.js'
import { copyRecord } from '../../stages/copy-map.js'
import { VERSION } from '../../version.js'
import type { WrittenOutput } from '../define.js'
import { HIDDEN, type PartFile, type UnitNotes } from './dataset-folder.js'
import { type ReadyOutput, newTally, readyOutput } from './output-files.js'
import { OpenPart } from './open-part.js'
import type { RowsSpec } from './rows-spec.js'

/** The value that Hive gives to the folder of null. */
const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/** Each has a file of its own in every part, held open until the part is whole. */
const MOST_PARTITIONS = 1024

type Value = Row & AttributionRecord

/** Takes the records of one unit, and writes what comes of them in files that appear whole once it is done. */
export class UnitWriter implements TaskWriter {
  private readonly state: unknown
  private readonly tally = newTally()
  private readonly parts = new Map<string, OpenPart<Value>>()
  private readonly takers: ((record: AttributionRecord) => void)[] = []
  /** What came of the batch for parts that are distinguished by a column. */
  private waiting: (readonly [output: ReadyOutput, folder: string, value: Value])[] = []

  private constructor(
    private readonly spec: RowsSpec,
    private readonly task: Task,
    private readonly accumulator: AnyAccumulator,
  ) {
    this.state = accumulator.empty()
  }

  static async begin(
    spec: RowsSpec,
    task: Task,
    source: Source<unknown>,
    written: { readonly [name: string]: WrittenOutput },
    accumulator: AnyAccumulator,
  ): Promise<UnitWriter> {
    const writer = new UnitWriter(spec, task, accumulator)
    for (const [name, output] of Object.entries(written)) {
      const { shape, fraction, partitionBy } = spec
      const ready = readyOutput(name, output, source, { shape, fraction, partitionBy, tally: writer.tally })
      writer.takers.push(ready.connect(await writer.into(ready)))
    }
    return writer
  }

  /** Where what comes out of an output goes. */
  private async into(output: ReadyOutput): Promise<(value: Value) => void> {
    const { partitionBy } = this.spec
    if (partitionBy === undefined) {
      const part = await this.partOf(output, '')
      return value => part.add(value)
    }
    return value => {
      const cell = output.partitionOf(value)
      const folder = `${partitionBy}=${cell === null ? NULL_PARTITION : encodeURIComponent(String(cell))}`
      this.waiting.push([output, folder, output.shape === undefined ? value : (copyRecord(value) as Value)])
    }
  }

  readonly take = (record: unknown): void => {
    const { fault } = record as AttributionRecord
    this.tally.records++
    if (fault !== undefined && this.spec.screen === undefined) throw fault.error
    this.accumulator.add(this.state, record)
    if (fault !== undefined) return
    for (const take of this.takers) take(record as AttributionRecord)
  }

  async settle(rows: number): Promise<void> {
    this.tally.rows += rows
    const { waiting } = this
    this.waiting = []
    for (const [output, folder, value] of waiting) (await this.partOf(output, folder)).add(value)
    for (const part of this.parts.values()) await part.settle()
  }

  /** Errors: `io`; `damaged`, for a part that does not read back as it was written. */
  async end(): Promise<void> {
    const { folder } = this.spec
    const files: PartFile[] = []
    for (const [path, part] of [...this.parts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const { rows, bytes } = await part.end()
      files.push({ output: part.output.name, path, rows, bytes })
    }
    const { unit = '' } = this.task
    const notes: UnitNotes = { unit, files, tally: this.tally }
    await saveCheckpoint(
      join(folder, HIDDEN, `${unit}.state`),
      {
        version: FORMAT_VERSION,
        attrstream: VERSION,
        pipeline: this.accumulator.name,
        params: this.accumulator.params,
        population: '',
        plan: null,
        shard: null,
        inputs: [],
        records: this.tally.records,
        notes: JSON.parse(JSON.stringify(notes)),
        arrays: this.accumulator.save(this.state),
      },
      { keepPrevious: false },
    )
  }

  async abandon(): Promise<void> {
    for (const part of this.parts.values()) await part.abandon()
  }

  private async partOf(output: ReadyOutput, partition: string): Promise<OpenPart<Value>> {
    const { folder, verify } = this.spec
    const path = [output.name, partition, `part-${this.task.unit}.parquet`]
      .filter(name => name !== '')
      .join('/')
    let part = this.parts.get(path)
    if (part !== undefined) return part
    if (this.parts.size >= MOST_PARTITIONS) {
      const what = `--partition-by ${this.spec.partitionBy} makes more than ${MOST_PARTITIONS} folders of one part`
      throw new DataError('usage', `${what}; give a column of fewer values`)
    }
    await mkdir(join(folder, output.name, partition), { recursive: true })
    part = await OpenPart.begin(join(folder, path), output, verify)
    this.parts.set(path, part)
    return part
  }
}
