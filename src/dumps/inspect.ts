import { isPiped, sizeOf } from '../io/open.js'
import type { ColumnSource } from '../sources/columns/column.js'
import { findLayout, type RecordColumns } from '../sources/records/record-columns.js'
import { attributionRecords, type RecordOptions } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import { DataError, catchDataError } from '../core/errors.js'
import { openColumns } from '../sources/open.js'
import { estimateMemory, type MemoryEstimate } from '../scoring/estimate.js'
import { describeMaps, type MapsDescription } from './inspect-maps.js'
import { type Sample, takeSample } from './inspect-sample.js'
import { estimateSeconds } from './inspect-time.js'
import type { StatisticsOptions } from '../metrics/statistics.js'

const INSPECT_SCHEMA = 'attrstream.inspect/1'

/** What a column is used for. */
export type ColumnUse = 'id' | 'sequence' | 'attributions' | 'truth' | 'model'

/** What there is to know of a file before it is scored; what could not be found out is null. */
export interface Inspection {
  readonly schema: typeof INSPECT_SCHEMA
  readonly file: string
  readonly bytes: number | null
  readonly format: string | null
  /** Who writes such files, where names and shapes tell; null where they do not. */
  readonly producer: string | null
  /** What to know about such files. */
  readonly notes: readonly string[]
  /** What the file calls its parts. */
  readonly layout: string | null
  readonly rows: number | null
  /** How the file is cut for reading. */
  readonly batches: { readonly count: number; readonly most_rows: number; readonly most_bytes: number } | null
  readonly codecs: readonly string[]
  readonly fingerprint: string | null
  readonly metadata: { readonly [key: string]: string }
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly use: ColumnUse | null
  }[]
  readonly maps: MapsDescription | null
  readonly sample: Sample | null
  readonly estimate: ScoreEstimate | null
  /** Why the file cannot be scored as it is; null where nothing was found. */
  readonly problem: string | null
}

/** What a score of the whole file needs with one worker. */
export interface ScoreEstimate {
  readonly memory: MemoryEstimate
  readonly seconds: number | null
}

const UNKNOWN = {
  format: null,
  producer: null,
  notes: [],
  layout: null,
  rows: null,
  batches: null,
  codecs: [],
  fingerprint: null,
  metadata: {},
  columns: [],
  maps: null,
  sample: null,
  estimate: null,
  problem: null,
}

/**
 * Looks at a file: what it is, what its columns are used for, what its first 1,000 records (of at most 64 MiB) are like,
 * and what a score would take. Never throws for what is wrong with the data: `problem` says it.
 */
export async function inspectFile(
  path: string,
  records: RecordOptions,
  statistics: StatisticsOptions,
): Promise<Inspection> {
  const unknown: Inspection = {
    schema: INSPECT_SCHEMA,
    file: shownPath(path),
    bytes: isPiped(path) ? null : ((await sizeOf(path)) ?? null),
    ...UNKNOWN,
  }
  const columns = await catchDataError(() => openColumns(path, records))
  if (columns instanceof DataError) return { ...unknown, problem: columns.message }
  try {
    const layout = await catchDataError(async () => findLayout(columns, records, 'maps'))
    const file = {
      ...unknown,
      ...describeFile(columns),
      columns: describeColumns(columns, layout, records),
    }
    const fingerprint = await catchDataError(async () => (await columns.fingerprint()) ?? null)
    if (fingerprint instanceof DataError) return { ...file, problem: fingerprint.message }
    if (layout instanceof DataError) return { ...file, fingerprint, problem: layout.message }
    const maps = describeMaps(columns, layout, records)
    const screen = { k: statistics.metrics.kmer.k, input: '' }
    const source = attributionRecords(columns, { ...records, screen })
    const { sample, problem, batches } = await takeSample(source, path, statistics)
    const empty =
      sample.records === 0 && problem === null
        ? 'has no records; check that it holds the maps that you mean'
        : null
    const seconds =
      problem === null && empty === null ? await estimateSeconds(source, batches, statistics) : null
    const memory = estimateMemory({
      ...statistics,
      records: file.rows ?? undefined,
      batchBytes: file.batches?.most_bytes ?? 0,
      readerBytes: columns.readerBytes,
      piped: file.batches === null,
      workers: 1,
    })
    const reason = problem ?? (empty === null ? null : new DataError('empty', empty, { file: path }).message)
    return { ...file, fingerprint, maps, sample, estimate: { memory, seconds }, problem: reason }
  } finally {
    await columns.close()
  }
}

function describeFile({ format, recognised, layout, batches, codecs, metadata }: ColumnSource) {
  const most = (of: 'rows' | 'bytes') => batches?.reduce((sum, batch) => Math.max(sum, batch[of]), 0) ?? 0
  return {
    format,
    producer: recognised?.producer ?? null,
    notes: recognised?.notes ?? [],
    layout,
    rows: batches?.reduce((sum, { rows }) => sum + rows, 0) ?? null,
    batches:
      batches === undefined
        ? null
        : { count: batches.length, most_rows: most('rows'), most_bytes: most('bytes') },
    codecs,
    metadata: Object.fromEntries(metadata),
  }
}

function describeColumns(
  { fields }: ColumnSource,
  layout: RecordColumns | DataError,
  { columns: names }: RecordOptions,
): Inspection['columns'] {
  const useOf = (name: string): ColumnUse | null => {
    if (layout instanceof DataError) return null
    if (layout.attributions.includes(name)) return 'attributions'
    if (name === (layout.truth ?? names?.truth ?? 'truth')) return 'truth'
    return (['sequence', 'id', 'model'] as const).find(use => layout[use] === name) ?? null
  }
  return fields.map(({ name, declared }) => ({ name, type: declared, use: useOf(name) }))
}
