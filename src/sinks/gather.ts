import type { MapTable, MapWriter } from '../core/map-table.js'
import type { Columns, Row, RowWriter, Table } from '../core/table.js'
import type { AttributionRecord } from '../core/types.js'
import { MapsBatcher, type MapsShape } from './map-batcher.js'
import { mapWriter } from './map-writer.js'
import { MAPS_SCHEMA } from './save-maps.js'
import { type RowFormat, rowWriter } from './save-rows.js'

/** A group of what a file holds: a record batch, a row group, or lines. */
export interface Group {
  readonly bytes: Uint8Array
  readonly rows: number
  /** SHA-256, in hex, of maps as they read back; empty for other rows. */
  readonly digest: string
}

/** What one file holds, gathered one by one; a later process can continue behind any group. */
export interface Gatherer<T> {
  /** Adds one; true once a group is full. */
  add(value: T): boolean
  /** How many were gathered since the last group. */
  readonly gathered: number
  /** The group of those that were gathered. */
  take(): Group
  /** The bytes that end the file. */
  finish(): Uint8Array
  save(): string
  restore(saved: string): void
}

/** How a file is written. */
export interface FileForm {
  readonly format: RowFormat
  /** A stream in place of a file, where the format has both. */
  readonly piped?: boolean
  /** What writes maps; by the format where undefined. */
  readonly writer?: MapWriter | undefined
  readonly metadata: { readonly [key: string]: string }
}

/** Lines of a group of a form that has groups of any size. */
const LINES = 4096

/** Gathers rows. Errors: those of `rowWriter`. */
export async function gatherRows(
  table: Columns | Table,
  { format, ...options }: FileForm,
): Promise<Gatherer<Row>> {
  return new RowGatherer(await rowWriter(format, table, options))
}

/** Gathers maps. Errors: those of `mapWriter`; `record`, from `add`, for a value that the element cannot hold. */
export async function gatherMaps(
  shape: MapsShape,
  { format, piped = false, metadata, writer: given }: FileForm,
): Promise<Gatherer<AttributionRecord>> {
  const { element, truth, model, kept } = shape
  const table: MapTable = {
    element,
    // Labels and probabilities alike are exact enough as singles.
    truth: truth ? { element: 'float32', optional: true } : undefined,
    model,
    kept,
    metadata: { 'attrstream.schema': MAPS_SCHEMA, ...metadata },
  }
  const writer = given ?? (await mapWriter(format, table, { piped }))
  const batcher = new MapsBatcher(shape)
  return {
    add: record => batcher.add(record),
    get gathered() {
      return batcher.rows
    },
    take() {
      const { rows, digest } = batcher.take()
      return { bytes: writer.group(rows), rows: rows.ids.length, digest }
    },
    finish: () => writer.finish(),
    save: () => writer.save(),
    restore: saved => writer.restore(saved),
  }
}

class RowGatherer implements Gatherer<Row> {
  private rows: Row[] = []
  private readonly most: number

  constructor(private readonly writer: RowWriter) {
    this.most = writer.groupRows || LINES
  }

  add(row: Row): boolean {
    return this.rows.push(row) >= this.most
  }

  get gathered(): number {
    return this.rows.length
  }

  take(): Group {
    const { rows } = this
    this.rows = []
    return { bytes: this.writer.group(rows), rows: rows.length, digest: '' }
  }

  finish(): Uint8Array {
    return this.writer.finish()
  }

  save(): string {
    return this.writer.save()
  }

  restore(saved: string): void {
    this.writer.restore(saved)
  }
}
