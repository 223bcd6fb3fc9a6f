import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { isRemote } from '../../core/address.js'
import { DataError } from '../../core/errors.js'
import type { AttributionRecord, Batch, Range, Source } from '../../core/types.js'
import { recordValidator } from '../../dna/validate-record.js'
import { changedFile, changedWhileRead, stampsOf } from '../../io/file-stamps.js'
import { type Column, type ColumnBatch, type ColumnSource } from '../columns/column.js'
import { hashes, hashesOf } from '../columns/id-index.js'
import { scalarColumns } from '../columns/scalars.js'
import { openColumns } from '../open.js'
import { findLayout, type RecordColumns } from '../records/record-columns.js'
import { filterOf, hitsOf, type JoinOptions, type RecordOptions, type Screening } from '../records/records.js'
import { RecordReader } from '../records/row.js'
import { MapAverage } from './average.js'
import { type JoinedFiles, openJoinedFiles, ownOptions } from './joined-files.js'
import { ModelRows } from './model-rows.js'

/** Records that several models have. */
export interface JoinedSource extends Source<AttributionRecord> {
  /** All files that they come from. */
  readonly files: readonly string[]
  /** Whether they have ids, in place of row numbers. */
  readonly hasIds: boolean
}

/** A file of the first model, open, with what its rows go together with. */
interface Lead {
  readonly columns: ColumnSource
  readonly layout: RecordColumns
  /** Rows of the model's files before. */
  readonly before: number
  readonly join: JoinOptions
  readonly joined: JoinedFiles
  readonly others: readonly ModelRows[]
  readonly options: RecordOptions
}

/**
 * The records of a file of the first model that all models of a join have, each with the maps of all of them, or with their mean
 * in the place of its own. Filters and further columns are those of the first model.
 *
 * Errors: those of `openJoinedFiles`; on reading `pairing`, for sequences of one id that differ, and for rows that go together in
 * order but have other ids; `mismatch`, if a file has changed since it was opened.
 */
export async function openJoined(path: string, options: RecordOptions): Promise<JoinedSource> {
  const join = options.join as JoinOptions
  const own = ownOptions(options)
  const joined = await openJoinedFiles(join, options)
  const stamps = await stampsOf(joined.files)
  const columns = await openColumns(path, own)
  const others = joined.models.slice(1).map(model => new ModelRows(model, own))
  const close = async () => {
    await columns.close()
    for (const other of others) await other.close()
  }
  try {
    const layout = findLayout(columns, own, 'maps')
    await filterOf(columns, own)
    const kinds = scalarColumns(columns, own.extra ?? [])
    const [{ paths, starts, fingerprints }] = joined.models
    const file = indexOf(paths, path)
    const lead = { columns, layout, before: starts[file], join, joined, others, options }
    return {
      name: columns.name,
      format: columns.format,
      files: joined.files,
      hasIds: joined.hasIds,
      ...(own.extra === undefined || own.extra.length === 0 ? {} : { extra: kinds }),
      batches: columns.batches?.map(({ rows, bytes }) => ({
        rows,
        bytes: Math.round(bytes * joined.bytesRatio),
      })),
      async fingerprint() {
        const how = JSON.stringify([fingerprints[file], joined.fingerprint, join.by, join.average ?? null])
        return createHash('sha256').update(how).digest('hex')
      },
      read: (range, signal) => readJoined(lead, range, signal),
      async check() {
        const changed = await changedFile(stamps)
        if (changed !== undefined) throw changedWhileRead(changed)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function indexOf(paths: readonly string[], path: string): number {
  const place = (of: string) => (isRemote(of) ? of : resolve(of))
  const found = paths.findIndex(other => place(other) === place(path))
  if (found >= 0) return found
  throw new DataError(
    'usage',
    `is not a file of the first model of the join, expected one of ${paths.join(', ')}`,
    {
      file: path,
    },
  )
}

async function* readJoined(
  lead: Lead,
  range: Range | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<AttributionRecord>> {
  const { columns, layout, join, joined, others, options } = lead
  const { extra = [], screen } = options
  const where = await filterOf(columns, ownOptions(options))
  const { id, sequence, attributions, truth, model } = layout
  const wanted = [id, sequence, ...attributions, truth, model, ...extra, ...(where?.columns ?? [])]
  const names = [...new Set(wanted.filter(name => name !== undefined))]
  const idLayout = joined.hasIds ? layout : { ...layout, id: undefined }
  const row = new RecordReader(
    columns.name,
    { ...idLayout, model: undefined },
    '',
    where?.keeps,
    extra,
    lead.before,
  )
  const pairs = new Pairs(lead, join.by === 'id' ? await joined.table() : undefined)
  const record = new Joiner(row, lead, screen, await hitsOf(options))
  for await (const batch of columns.read(names, range, signal)) {
    const chosen = pairs.of(batch)
    for (const [i, other] of others.entries()) await other.read(chosen.rows[i])
    yield {
      index: batch.index,
      rows: batch.rows,
      forEach(visit) {
        row.open(batch)
        for (const other of others) other.begin()
        for (let n = 0; n < chosen.at.length; n++) {
          if (!record.load(n, chosen.at[n])) continue
          try {
            visit(row)
          } catch (error) {
            throw error instanceof DataError ? error.at(row.place(chosen.at[n])) : error
          }
        }
      },
    }
    const { start, end } = batch.rows
    options.onBatch?.({ rows: end - start, bytes: columns.batches?.[batch.index]?.bytes ?? 0 })
  }
}

/** Letters of base codes. */
const LETTERS = 'ACGTN'

/** Rows of a batch that all models have, and the rows of the others. */
interface Chosen {
  readonly at: Int32Array
  readonly rows: readonly Int32Array[]
}

/** Finds the rows that go together. */
class Pairs {
  constructor(
    private readonly lead: Lead,
    private readonly table: Awaited<ReturnType<JoinedFiles['table']>> | undefined,
  ) {}

  of(batch: ColumnBatch): Chosen {
    const { table, lead } = this
    const count = batch.rows.end - batch.rows.start
    const first = lead.before + batch.rows.start
    const at: number[] = []
    const rows: number[][] = lead.others.map(() => [])
    const ids = lead.joined.hasIds ? (batch.columns.get(lead.layout.id ?? '') as Column) : undefined
    for (let i = 0; i < count; i++) {
      const id = table && this.idAt(ids, i, first + i)
      // A row without an id is a bad record, and of one model alone.
      if (table !== undefined && (id === undefined || id < 0)) continue
      const found = rows.map((_, m) => (table === undefined ? first + i : table.rowOf(m + 1, id as number)))
      if (found.some(row => row < 0) || (table !== undefined && table.rowOf(0, id as number) !== first + i))
        continue
      at.push(i)
      for (const [m, row] of found.entries()) rows[m].push(row)
    }
    return { at: Int32Array.from(at), rows: rows.map(of => Int32Array.from(of)) }
  }

  private idAt(ids: Column | undefined, i: number, row: number): number {
    const { table } = this
    if (table === undefined || ids?.nulls?.[i]) return -1
    return table.idOf(ids === undefined ? hashesOf(String(row)) : hashes(ids, i))
  }
}

/** Loads a record with the maps of all models into the row of the first. */
class Joiner {
  private readonly maps: (Float32Array | Float64Array)[] = []
  private readonly average: MapAverage | undefined
  private readonly faultOf
  /** By model, but the first: whether its ids are held against those of the first. */
  private readonly checksIds: readonly boolean[]
  private readonly others: readonly ModelRows[]

  constructor(
    private readonly row: RecordReader,
    private readonly lead: Lead,
    private readonly screen: Screening | undefined,
    private readonly hits: Awaited<ReturnType<typeof hitsOf>>,
  ) {
    const { join, joined, others } = lead
    this.others = others
    this.average =
      join.average &&
      new MapAverage(
        join.average,
        join.models.map(({ model }) => model),
      )
    this.faultOf = screen && recordValidator(screen.k)
    this.checksIds = joined.models
      .slice(1)
      .map(({ hasIds }) => join.by === 'order' && joined.hasIds && hasIds)
  }

  /** The n-th of the rows that all models have, which is at `at` in its batch. False if a filter leaves it out. */
  load(n: number, at: number): boolean {
    const { row, screen } = this
    row.fault = undefined
    try {
      if (!row.load(at)) return false
      this.refuseFault(row)
      this.loadOthers(n)
      if (this.hits !== undefined) row.truth = this.hits.truthOf(row)
      return true
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      const placed = error.at(row.place(at))
      if (screen === undefined || error.code !== 'record') throw placed
      const { row: number, id } = row.place(at) as { row: number; id?: string }
      row.fault = { error: placed, input: screen.input, row: number }
      screen.onBad?.({ row: number, id, error: placed, columns: row.columns, at })
      return true
    }
  }

  private loadOthers(n: number): void {
    const { row, others, maps } = this
    maps[0] = row.attribution
    for (const [m, other] of others.entries()) {
      let found: RecordReader
      try {
        found = other.load(n)
        this.refuseFault(found)
      } catch (error) {
        throw error instanceof DataError ? error.at({ ...other.place(n), id: row.id }) : error
      }
      if (this.checksIds[m]) this.assertSameId(found, other, n)
      this.assertSameSequence(found, other, n)
      maps[m + 1] = found.attribution
    }
    if (this.average === undefined) row.maps = maps
    else row.attribution = this.average.of(maps, row.sequence)
  }

  private refuseFault(row: RecordReader): void {
    const fault = this.faultOf?.(row)
    if (fault !== undefined) throw fault
  }

  /** Error: `pairing`, for another id in rows that go together in order. */
  private assertSameId(found: RecordReader, other: ModelRows, n: number): void {
    const { row } = this
    if (found.idHash === row.idHash && found.idCheck === row.idCheck) return
    throw new DataError(
      'pairing',
      `has the id ${found.id}, expected ${row.id} as in ${this.lead.join.models[0].model}; leave --match order out to join rows by id`,
      other.place(n),
    )
  }

  /** Error: `pairing`, for another sequence of the same id. */
  private assertSameSequence(found: RecordReader, other: ModelRows, n: number): void {
    const [a, b] = [this.row.sequence, found.sequence]
    const refuse = (what: string, against: string, advice: string) => {
      const where = { ...other.place(n), id: this.row.id }
      return new DataError(
        'pairing',
        `sequence has ${what}, against ${against} in ${this.lead.join.models[0].model}; ${advice}`,
        where,
      )
    }
    if (a.length !== b.length)
      throw refuse(`${b.length} bases`, String(a.length), 'give all models maps of the same windows')
    for (let i = 0; i < a.length; i++) {
      if (a[i] === b[i]) continue
      const advice = 'give all models the same sequences under the same ids'
      throw refuse(`${LETTERS[b[i]]} at position ${i}`, LETTERS[a[i]], advice)
    }
  }
}
