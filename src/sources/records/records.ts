import { DataError } from '../../core/errors.js'
import type { AttributionRecord, Batch, Range, Source } from '../../core/types.js'
import { recordValidator } from '../../dna/validate-record.js'
import type { ColumnBatch, ColumnSource } from '../columns/column.js'
import { findLayout, type RecordColumns, type LayoutOptions } from './record-columns.js'
import { RecordReader } from './row.js'
import { scalarColumns } from '../columns/scalars.js'
import type { RowFilter } from '../columns/filter.js'

export interface RecordOptions extends LayoutOptions {
  /**
   * Leads the row number in ids where the file has none: `<file name>:` where a population has several files, else
   * nothing.
   */
  readonly idPrefix?: string | undefined
  /** An expression over columns: only the records for which it is true are handed on; see `whereFilter`. */
  readonly where?: string | undefined
  /** Columns of one value a row that records are to have, as `extra`; those that are not named cost nothing. */
  readonly extra?: readonly string[] | undefined
  /** Bad records are handed on with their fault, where otherwise the first of them ends the reading. */
  readonly screen?: Screening | undefined
  /** Entry of the last axis of maps of four axes, from 0. */
  readonly target?: number | undefined
  /** Models whose maps of the same sequences go together, the file's own among them; no other maps where undefined. */
  readonly join?: JoinOptions | undefined
  /** Other files whose rows accompany those of the maps, in order. */
  readonly files?: SideFiles | undefined
  /** Whether sequences of another file go with the maps in their order, or by id; in order by default. */
  readonly match?: 'order' | 'id' | undefined
  /** What of a region lies in the middle of its map, where regions and maps are not of one length. */
  readonly around?: 'summit' | 'middle' | undefined
  /** Called when a batch is done with: its rows, and the bytes read for it, 0 if unknown. */
  readonly onBatch?: ((done: { readonly rows: number; readonly bytes: number }) => void) | undefined
}

/** Models whose maps of the same sequences are one record. */
export interface JoinOptions {
  /** At least two, in the order of their names; each batch that is read is of the first one's files. */
  readonly models: readonly JoinedModel[]
  /** Column that says which model a row is of, if models share their files. */
  readonly column?: string | undefined
  /** Rows go together by their ids, whatever their order, or in the order of the models' files, whose ids must agree. */
  readonly by: 'id' | 'order'
  /** Ids that some of the models lack. */
  readonly unmatched: number
  /** Maps are averaged, as they are or each divided by its norm; where undefined records have them all. */
  readonly average?: Averaging | undefined
}

export interface JoinedModel {
  readonly model: string
  readonly paths: readonly string[]
}

/** What is averaged: corrected maps as they are, or each divided by its Frobenius norm. */
export type Averaging = 'none' | 'l2'

/** How bad records are reported, and to whom. */
export interface Screening {
  /** A shorter sequence is bad. */
  readonly k: number
  /** Fingerprint of the input, for their faults. */
  readonly input: string
  /** Called at each bad record, before it is handed on; the columns are valid until it returns. */
  readonly onBad?: ((bad: BadRow) => void) | undefined
}

/** A bad record with all that its row holds, as far as it is read. */
export interface BadRow {
  readonly row: number
  /** Undefined where that is what is null. */
  readonly id: string | undefined
  readonly error: DataError
  readonly columns: ColumnBatch['columns']
  /** Of the row in `columns`. */
  readonly at: number
}

/** Paths of files that accompany the maps, each with the same number of rows. */
export interface SideFiles {
  readonly sequences?: string | undefined
  readonly truth?: string | undefined
  /** A file of hits of known motifs, which become the ground truth. */
  readonly hits?: string | undefined
  /** A BED file, whose rows become the ids: `chr1:100-300`. */
  readonly regions?: string | undefined
  /** Flags of the regions' rows: those of the maps. */
  readonly mask?: string | undefined
  /** An indexed FASTA file, with which sequences are compared at the places that ids name. */
  readonly genome?: string | undefined
}

/** The same options with the paths of the files that accompany the maps, and of the models of a join, as `how` makes them. */
export function withSidePaths(options: RecordOptions, how: (path: string) => string): RecordOptions {
  const { files, join } = options
  const moved =
    files &&
    Object.fromEntries(
      Object.entries(files).map(([part, path]) => [part, path === undefined ? path : how(path)]),
    )
  return {
    ...options,
    ...(moved && { files: moved }),
    ...(join && {
      join: { ...join, models: join.models.map(model => ({ ...model, paths: model.paths.map(how) })) },
    }),
  }
}

/** A sequence without a map: what a prior is counted from. */
export type SequenceOnly = Pick<AttributionRecord, 'id' | 'idHash' | 'idCheck' | 'sequence' | 'where'>

/** The attribution records of a file or pipe of columns. Errors on the way name file, batch, row and id. */
export function attributionRecords(
  columns: ColumnSource,
  options: RecordOptions = {},
): Source<AttributionRecord> {
  return records(columns, findLayout(columns, options, 'maps'), options, row => row)
}

/** The sequences of a file or pipe of columns, its other columns unread. */
export function sequenceRecords(columns: ColumnSource, options: RecordOptions = {}): Source<SequenceOnly> {
  const all = { ...options, where: undefined, extra: undefined, files: undefined }
  return records<SequenceOnly>(columns, findLayout(columns, options, 'sequences'), all, row => row)
}

function records<R>(
  columns: ColumnSource,
  layout: RecordColumns,
  options: RecordOptions,
  as: (row: RecordReader) => R,
): Source<R> {
  const { id, sequence, attributions, truth, model } = layout
  const wanted = [id, sequence, ...attributions, truth, model].filter(name => name !== undefined)
  const { extra = [] } = options
  const kinds = scalarColumns(columns, extra)
  return {
    ...(extra.length > 0 ? { extra: kinds } : {}),
    hasTruth: truth !== undefined,
    name: columns.name,
    format: columns.format,
    batches: columns.batches,
    fingerprint: () => columns.fingerprint(),
    close: () => columns.close(),
    async *read(range?: Range, signal?: AbortSignal): AsyncGenerator<Batch<R>> {
      const where = await filterOf(columns, options)
      const names = [...new Set([...wanted, ...extra, ...(where?.columns ?? [])])]
      const row = new RecordReader(columns.name, layout, options.idPrefix ?? '', where?.keeps, extra)
      const load = options.screen === undefined ? row.load.bind(row) : validated(row, options.screen)
      const hits = await hitsOf(options)
      for await (const batch of columns.read(names, range, signal)) {
        yield {
          index: batch.index,
          rows: batch.rows,
          forEach(visit) {
            row.open(batch)
            const count = batch.rows.end - batch.rows.start
            let at = 0
            try {
              for (; at < count; at++) {
                if (!load(at)) continue
                if (hits !== undefined && row.fault === undefined) row.truth = hits.truthOf(row)
                visit(as(row))
              }
            } catch (error) {
              throw error instanceof DataError && at < count ? error.at(row.place(at)) : error
            }
          },
        }
        const { start, end } = batch.rows
        options.onBatch?.({ rows: end - start, bytes: columns.batches?.[batch.index]?.bytes ?? 0 })
      }
    },
  }
}

/** The hits that are the ground truth; undefined if options name none. Errors: those of `Hits.read`. */
export async function hitsOf({ files }: RecordOptions) {
  return files?.hits === undefined ? undefined : (await import('../truth-hits.js')).hitsAt(files.hits)
}

/**
 * The filter that options ask for; its language is loaded for it alone. Errors: those of `whereFilter`.
 */
export async function filterOf(
  columns: ColumnSource,
  { where }: RecordOptions,
): Promise<RowFilter | undefined> {
  return where === undefined ? undefined : (await import('../columns/filter.js')).whereFilter(where, columns)
}

/** Loads a row whatever it holds; a bad one has a fault afterwards. */
function validated(row: RecordReader, { k, input, onBad }: Screening): (at: number) => boolean {
  const faultOf = recordValidator(k)
  return at => {
    let error: DataError | undefined
    try {
      if (!row.load(at)) return false
      error = faultOf(row)
    } catch (thrown) {
      if (!(thrown instanceof DataError) || thrown.code !== 'record') throw thrown
      error = thrown
    }
    row.fault = undefined
    if (error === undefined) return true
    const { row: number, id } = row.place(at) as { row: number; id?: string }
    row.fault = { error, input, row: number }
    onBad?.({ row: number, id, error, columns: row.columns, at })
    return true
  }
}
