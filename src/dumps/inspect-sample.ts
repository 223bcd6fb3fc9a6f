import { type BadReason, DataError, catchDataError } from '../core/errors.js'
import type { AttributionRecord, Range, Source, Where } from '../core/types.js'
import { N } from '../dna/bases.js'
import { type BadCounts, BadRecords } from '../stats/sums/bad-records.js'
import { ALL } from '../metrics/by-model.js'
import { scoreAccumulator } from '../metrics/score-accumulator.js'
import type { PopulationStatistics, StatisticsOptions } from '../metrics/statistics.js'
import { projectedProblem, supportScore, supportWarnings } from '../metrics/support-score.js'

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
  /** Share of attributed positions whose observed base has the largest corrected value, 1/4 by chance; null if there are none. */
  readonly observed_base_share: number | null
  /** Its standard error; null for too few records. */
  readonly observed_base_share_se: number | null
  /** What `score` would warn of if maps and sequences do not seem to belong together. */
  readonly warnings: readonly string[]
}

/** Records looked at, or as many as come in this many bytes of batches. */
const SAMPLE_RECORDS = 1000
const SAMPLE_BYTES = 64 * 2 ** 20
const FIRST_IDS = 5

export interface SampledFile {
  readonly sample: Sample
  readonly problem: string | null
  /** Batches that were looked at. */
  readonly batches: Range
}

/** Bad records that could be read. */
const READ: readonly (BadReason | undefined)[] = ['not-finite', 'overflow', 'short']

/**
 * What the first records are like, and what is wrong with them.
 *
 * @param file Name of the file in errors that concern no single record.
 */
export async function takeSample(
  source: Source<AttributionRecord>,
  file: string,
  options: StatisticsOptions,
): Promise<SampledFile> {
  const accumulator = scoreAccumulator(options, { kind: 'bins' })
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

  const countBad = (error: DataError, where: Where) => {
    bad.add('', error.reason ?? 'other')
    problem ??= error.at(where)
  }
  const visit = (record: AttributionRecord) => {
    if (looked === SAMPLE_RECORDS) return
    looked++
    const { sequence, attribution, fault } = record
    if (fault !== undefined) {
      countBad(fault.error, record.where)
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
      countBad(error, record.where)
    }
  }
  const stopped = await catchDataError(async () => {
    for await (const batch of source.read()) {
      end = batch.index + 1
      bytes += source.batches?.[batch.index]?.bytes ?? 0
      batch.forEach(visit)
      if (looked === SAMPLE_RECORDS || bytes >= SAMPLE_BYTES) return
    }
  })
  if (stopped instanceof DataError) problem ??= stopped
  const statistics = await catchDataError(async () => accumulator.result(state).get(ALL))
  if (statistics instanceof DataError && looked > bad.total) problem ??= statistics
  const found = statistics instanceof DataError ? undefined : statistics
  const { elsewhere, ...belonging } = belongingOf(found)
  if (elsewhere !== undefined) problem ??= new DataError('record', elsewhere, { file })
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
      ...belonging,
    },
  }
}

type Belonging = Pick<Sample, 'observed_base_share' | 'observed_base_share_se' | 'warnings'> & {
  /** Why `score` would refuse projected maps. */
  readonly elsewhere?: string | undefined
}

/** Whether maps and sequences belong together, as `score` has it. */
function belongingOf(found: PopulationStatistics | undefined): Belonging {
  if (found === undefined) return { observed_base_share: null, observed_base_share_se: null, warnings: [] }
  const { support, tally } = found
  const maps = { live: tally.records - tally.deadMaps, projected: tally.projectedMaps }
  const score = supportScore(support, tally.groupRecords)
  const elsewhere = projectedProblem(support, maps)
  return {
    observed_base_share: score.observed_base_share,
    observed_base_share_se: score.observed_base_share_se,
    warnings: elsewhere === undefined ? supportWarnings(support, score, maps) : [],
    elsewhere,
  }
}
