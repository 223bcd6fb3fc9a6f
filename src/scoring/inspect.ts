import { sizeOf } from '../columns/bytes.js'
import type { ColumnSource } from '../columns/column.js'
import { findLayout, type Layout } from '../columns/layout.js'
import { attributionRecords, type RecordOptions } from '../columns/records.js'
import { type BadReason, DataError } from '../core/errors.js'
import type { AttributionRecord, Range, Source, Where } from '../core/types.js'
import { N } from '../dna/bases.js'
import { type BadCounts, BadRecords } from '../stats/bad-records.js'
import { openColumns } from '../sources/open.js'
import { ALL } from './by-model.js'
import { modelCuts, readCuts } from './cuts.js'
import { estimateMemory, type MemoryEstimate } from './estimate.js'
import { describeMaps, type MapsDescription } from './inspect-maps.js'
import { DEFAULT_NULLS, type NullOptions } from './nulls.js'
import type { MetricOptions } from './options.js'
import { populationRadii, topOf } from './population-radii.js'
import type { Cuts, StatisticsOptions } from './population-statistics.js'
import { populationStatistics } from './statistics.js'

export const INSPECT_SCHEMA = 'attrstream.inspect/1'

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
  readonly estimate: Estimate | null
  /** Why the file cannot be scored as it is; null where nothing was found. */
  readonly problem: string | null
}

/** What the first records are like. */
export interface Sample {
  readonly records: number
  readonly lengths: { readonly least: number; readonly median: number; readonly most: number } | null
  readonly unknown_positions: number
  readonly nan_values: number
  readonly infinite_values: number
  /** Records that cannot be scored. */
  readonly bad_records: number
  /** The same by reason; reasons that did not occur are left out. */
  readonly bad_records_by_reason: BadCounts
  readonly dead_maps: number
  readonly projected_maps: number
  readonly duplicated_ids: number
  readonly first_ids: readonly string[]
}

/** What a score of the whole file needs with one worker. */
export interface Estimate {
  readonly memory: MemoryEstimate
  readonly seconds: number | null
}

export interface InspectOptions {
  readonly records: RecordOptions
  readonly metrics: MetricOptions
  readonly nulls?: NullOptions | undefined
  /** Whether the prior is counted from the maps' own sequences. */
  readonly populationPrior: boolean
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

/** Records looked at, or as many as come in this many bytes of batches. */
const SAMPLE_RECORDS = 1000
const SAMPLE_BYTES = 64 * 2 ** 20
const FIRST_IDS = 5

/**
 * Looks at a file: what it is, what its columns are used for, what its first 1,000 records (of at most 64 MiB) are like,
 * and what a score would take. Never throws for what is wrong with the data: `problem` says it.
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  const unknown: Inspection = {
    schema: INSPECT_SCHEMA,
    file: path,
    bytes: path === '-' ? null : ((await sizeOf(path)) ?? null),
    ...UNKNOWN,
  }
  const columns = await attempt(() => openColumns(path, options.records))
  if (columns instanceof DataError) return { ...unknown, problem: columns.message }
  try {
    const layout = await attempt(async () => findLayout(columns, options.records, 'maps'))
    const file = {
      ...unknown,
      ...describeFile(columns),
      columns: describeColumns(columns, layout, options.records),
    }
    const fingerprint = await attempt(async () => (await columns.fingerprint()) ?? null)
    if (fingerprint instanceof DataError) return { ...file, problem: fingerprint.message }
    if (layout instanceof DataError) return { ...file, fingerprint, problem: layout.message }
    const maps = describeMaps(columns, layout, options.records)
    const screen = { k: options.metrics.kmer.k, input: '' }
    const source = attributionRecords(columns, { ...options.records, screen })
    const { sample, problem, batches } = await takeSample(source, options)
    const empty =
      sample.records === 0 && problem === null
        ? 'has no records; check that it holds the maps that you mean'
        : null
    const seconds =
      problem === null && empty === null ? await estimateSeconds(source, batches, options) : null
    const memory = estimateMemory({
      ...options,
      nulls: options.nulls ?? DEFAULT_NULLS,
      records: file.rows ?? undefined,
      batchBytes: file.batches?.most_bytes ?? 0,
      readerBytes: columns.readerBytes,
      piped: file.batches === null,
      lanes: 1,
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
  layout: Layout | DataError,
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

interface Sampled {
  readonly sample: Sample
  readonly problem: string | null
  /** Batches that were looked at. */
  readonly batches: Range
}

/** Bad records that could be read. */
const READ: readonly (BadReason | undefined)[] = ['not-finite', 'overflow', 'short']

async function takeSample(source: Source<AttributionRecord>, options: InspectOptions): Promise<Sampled> {
  const accumulator = populationStatistics(statisticsOptions(options), { kind: 'bins' })
  const state = accumulator.empty()
  const lengths: number[] = []
  const ids: string[] = []
  let unknownPositions = 0
  let nan = 0
  let infinite = 0
  const bad = new BadRecords()
  let looked = 0
  let problem: DataError | undefined
  let bytes = 0
  let end = 0

  const refuse = (error: DataError, where: Where) => {
    bad.add('', error.reason ?? 'other')
    problem ??= error.at(where)
  }
  const visit = (record: AttributionRecord) => {
    if (looked === SAMPLE_RECORDS) return
    looked++
    const { sequence, attribution, fault } = record
    if (fault !== undefined) {
      refuse(fault.error, record.where)
      // Of the others, what stands in the record is of one before.
      if (!READ.includes(fault.error.reason)) return
    }
    lengths.push(sequence.length)
    if (ids.length < FIRST_IDS) ids.push(record.id)
    for (const base of sequence) if (base === N) unknownPositions++
    for (const value of attribution) {
      if (Number.isNaN(value)) nan++
      else if (!Number.isFinite(value)) infinite++
    }
    if (fault !== undefined) return
    try {
      accumulator.add(state, record)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      refuse(error, record.where)
    }
  }
  const stopped = await attempt(async () => {
    for await (const batch of source.read()) {
      end = batch.index + 1
      bytes += source.batches?.[batch.index]?.bytes ?? 0
      batch.forEach(visit)
      if (looked === SAMPLE_RECORDS || bytes >= SAMPLE_BYTES) return
    }
  })
  if (stopped instanceof DataError) problem ??= stopped
  const statistics = await attempt(async () => accumulator.result(state).get(ALL))
  if (statistics instanceof DataError && looked > bad.total) problem ??= statistics
  const found = statistics instanceof DataError ? undefined : statistics
  const sorted = lengths.toSorted((a, b) => a - b)
  return {
    problem: problem?.message ?? null,
    batches: { start: 0, end },
    sample: {
      records: looked,
      lengths:
        sorted.length === 0
          ? null
          : {
              least: sorted[0],
              median: (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2,
              most: sorted[sorted.length - 1],
            },
      unknown_positions: unknownPositions,
      nan_values: nan,
      infinite_values: infinite,
      bad_records: bad.total,
      bad_records_by_reason: bad.by(),
      dead_maps: found?.tally.deadMaps ?? 0,
      projected_maps: found?.tally.projectedMaps ?? 0,
      duplicated_ids: found?.ids.duplicated ?? 0,
      first_ids: ids,
    },
  }
}

/** How long to measure: the first rounds are slower, since Node has yet to compile what runs often. */
const MEASURE_MS = 600

/** Seconds that one worker takes for the whole file, from scoring its first batches over and over; null for a pipe. */
async function estimateSeconds(
  source: Source<AttributionRecord>,
  { end }: Range,
  options: InspectOptions,
): Promise<number | null> {
  const { batches } = source
  if (batches === undefined) return null
  const bytesOf = (sizes: typeof batches) => sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const share = bytesOf(batches) / Math.max(1, bytesOf(batches.slice(0, end)))
  const passes = () => passesOver(source, { start: 0, end }, options)
  const until = performance.now() + MEASURE_MS
  let fastest = await passes()
  while (performance.now() < until) fastest = Math.min(fastest, await passes())
  return fastest * share
}

/** Seconds of the passes that a score makes, over a range of batches. */
async function passesOver(
  source: Source<AttributionRecord>,
  range: Range,
  options: InspectOptions,
): Promise<number> {
  const statistics = statisticsOptions(options)
  const { threshold } = options.metrics.angular
  const started = performance.now()
  let cuts: Cuts | undefined
  if (threshold.kind === 'global') {
    const radii = populationRadii(statistics)
    const state = radii.empty()
    for await (const batch of source.read(range)) batch.forEach(record => radii.add(state, record))
    const found = radii.result(state).get(ALL)
    cuts = readCuts(found === undefined ? [] : modelCuts(ALL, found, topOf(statistics)))
  }
  const accumulator = populationStatistics(statistics, cuts)
  const state = accumulator.empty()
  for await (const batch of source.read(range)) batch.forEach(record => accumulator.add(state, record))
  return (performance.now() - started) / 1000
}

function statisticsOptions(options: InspectOptions): StatisticsOptions {
  const { metrics, populationPrior, nulls = DEFAULT_NULLS } = options
  return { metrics, populationPrior, nulls, byModel: false }
}

/** What a part gives, or the DataError that it throws. */
async function attempt<T>(part: () => Promise<T>): Promise<T | DataError> {
  try {
    return await part()
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}
