import { connectStage, pipe } from '../../core/compose.js'
import { DataError } from '../../core/errors.js'
import type { Cell, Columns, Row } from '../../core/table.js'
import type { AttributionRecord, Source } from '../../core/types.js'
import { locusOf } from '../../dna/locus.js'
import { type FileForm, type Gatherer, gatherMaps, gatherRows } from '../../sinks/gather.js'
import type { MapsShape } from '../../sinks/map-batcher.js'
import { tableOf } from '../../sinks/save-rows.js'
import { noteMisfits } from '../../stages/note-misfits.js'
import { thin } from '../../stages/thin.js'
import type { WrittenOutput } from '../define.js'
import { keepColumns } from './keep-columns.js'

/** What files of maps have if their inputs have it. */
export interface OutputsShape {
  /** Whether any input has ground truth; undefined for a pipe, which says so by itself. */
  readonly truth?: boolean | undefined
  /** Name of the column of models. */
  readonly model?: string | undefined
  /** Metadata of every file. */
  readonly metadata: { readonly [key: string]: string }
}

/** What was read for outputs. */
export interface FileTally {
  /** Rows of the source, those among them that a filter left out. */
  rows: number
  /** Records, the bad ones among them. */
  records: number
  /** Records whose id names a place of another length, and what is wrong with the first. */
  misfits: number
  misfit: string
}

export function newTally(): FileTally {
  return { rows: 0, records: 0, misfits: 0, misfit: '' }
}

export function addTally(tally: FileTally, { rows, records, misfits, misfit }: FileTally): void {
  tally.rows += rows
  tally.records += records
  if (tally.misfits === 0) tally.misfit = misfit
  tally.misfits += misfits
}

/** What comes out of an output for one file: a row, or a map that is valid until the next. */
type Value = Row & AttributionRecord

/** An output on its way into files. */
export interface ReadyOutput {
  readonly name: string
  /** Takes a record, and hands on what comes out of it. */
  connect(next: (value: Value) => void): (record: AttributionRecord) => void
  /** What maps are like, to be read back; undefined for other rows. */
  readonly shape: MapsShape | undefined
  /** A file of it. */
  gather(form: FileForm): Promise<Gatherer<Value>>
  /** The value of the column that parts are distinguished by. */
  partitionOf(value: Value): Cell
}

/**
 * An output over records of a source. `partitionBy` is a column that its files do not have, since folders say it.
 *
 * Errors: those of `keepColumns`; `usage`, for a partition column that there is not.
 */
export function readyOutput(
  name: string,
  output: WrittenOutput,
  source: Pick<Source<unknown>, 'extra' | 'hasTruth'>,
  {
    shape,
    fraction,
    partitionBy,
    tally,
  }: {
    readonly shape: OutputsShape
    readonly fraction: number | undefined
    readonly partitionBy: string | undefined
    readonly tally: FileTally
  },
): ReadyOutput {
  const kept: Columns = Object.fromEntries(
    output.keep.map(column => [column, source.extra?.[column] ?? 'text'] as const),
  )
  const chosen = thin<AttributionRecord>({ fraction: fraction ?? 1 })
  if (output.kind === 'rows') {
    const { stage, table } = keepColumns(output, kept)
    const whole = tableOf(table)
    const columns = without(whole.columns, partitionBy)
    const own = whole.schema === undefined ? columns : { ...whole, schema: whole.schema, columns }
    const places = noteMisfits(what => {
      if (tally.misfits++ === 0) tally.misfit = what
    })
    const placed = pipe(places, stage)
    return {
      name,
      connect: next =>
        connectStage(fraction === undefined ? placed : pipe(chosen, placed), next as (row: Row) => void),
      shape: undefined,
      gather: form => gatherRows(own, withMetadata(form, shape)),
      partitionOf: row => row[partitionBy as string] ?? null,
    }
  }
  const maps: MapsShape = {
    element: output.element,
    truth: shape.truth ?? source.hasTruth ?? false,
    model: shape.model === partitionBy ? undefined : shape.model,
    kept: without(without(kept, shape.model), partitionBy),
  }
  return {
    name,
    connect: next =>
      connectStage(
        fraction === undefined ? output.stage : pipe(chosen, output.stage),
        next as (record: AttributionRecord) => void,
      ),
    shape: maps,
    gather: form => gatherMaps(maps, withMetadata(form, shape)),
    partitionOf: record =>
      partitionBy === shape.model
        ? (record.model ?? null)
        : partitionBy !== undefined && partitionBy in kept
          ? (record.extra?.[partitionBy] ?? null)
          : (locusOf(record.id, record.sequence.length)?.chrom ?? null),
  }
}

/** Columns that the parts of an output can be distinguished by. Maps have a place if their ids name one. */
function partitionColumns(output: WrittenOutput, model: string | undefined): string[] {
  return output.kind === 'rows'
    ? [...Object.keys(tableOf(output.table).columns), ...output.keep]
    : [...(model === undefined ? [] : [model]), ...output.keep, 'chrom']
}

/** Error: `usage`, for a column that an output has not. */
export function checkPartition(
  outputs: { readonly [name: string]: WrittenOutput },
  model: string | undefined,
  column: string | undefined,
): void {
  if (column === undefined) return
  for (const [name, output] of Object.entries(outputs)) {
    const known = partitionColumns(output, model)
    if (known.includes(column)) continue
    throw new DataError(
      'usage',
      `--partition-by ${column} is not a column of ${name}, expected one of ${known.join(', ')}`,
    )
  }
}

/** Columns that maps have by these names. */
const OF_MAPS = ['id', 'sequence', 'attributions', 'truth']

/** Error: `usage`, for a column that maps would have twice. */
export function checkMapColumns(
  outputs: { readonly [name: string]: WrittenOutput },
  model: string | undefined,
): void {
  for (const { kind, keep } of Object.values(outputs)) {
    if (kind !== 'maps') continue
    const own = keep.find(column => OF_MAPS.includes(column))
    if (own !== undefined) {
      throw new DataError('usage', `--keep ${own}: maps have a column of that name themselves; leave it out`)
    }
    if (model === undefined || !OF_MAPS.includes(model)) continue
    throw new DataError(
      'usage',
      `the column of models is ${model}, which is what the file calls another of its columns; rename it in the input`,
    )
  }
}

function withMetadata(form: FileForm, { metadata }: OutputsShape): FileForm {
  return { ...form, metadata: { ...form.metadata, ...metadata } }
}

function without(columns: Columns, name: string | undefined): Columns {
  if (name === undefined) return columns
  return Object.fromEntries(Object.entries(columns).filter(([column]) => column !== name))
}
