import { basename } from 'node:path'
import { screened } from '../accumulators/with-bad-records.js'
import { isPiped } from '../io/open.js'
import { attributionRecords, type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import { mapResult } from '../core/compose.js'
import type { AttributionRecord, Json, OpaqueAccumulator } from '../core/types.js'
import type { Pass, PassRecipe } from '../engine/workers/local-worker.js'
import { loadReader, openColumns } from '../sources/open.js'
import type { BadRecords } from '../stats/sums/bad-records.js'
import { type PlainCuts, readCuts } from '../metrics/angular/global-threshold.js'
import { pipeSpool } from './quarantine-spool.js'
import { populationRadii } from '../metrics/angular/radii.js'
import type { PopulationRadii, PopulationStatistics, StatisticsOptions } from '../metrics/statistics.js'
import { scoreAccumulator } from '../metrics/score-accumulator.js'

/** Ids are a column's, or made up: of the row in a lone file, else of file and row, or path and row where file names repeat. */
export type IdOrigin = 'column' | 'row' | 'file and row' | 'path and row'

/** All that a thread needs to know to make a pass of `score`, as plain data. */
export interface PassSpec {
  /** Radii come first where a global threshold is to be exact; statistics are the scoring pass itself. */
  readonly kind: 'radii' | 'statistics'
  readonly statistics: StatisticsOptions
  readonly records: RecordOptions
  /** Where ids come from: what decides the groups of records. */
  readonly ids: IdOrigin
  readonly cuts: PlainCuts
  /** How bad records are met; the first ends the pass where there is none. */
  readonly screen?: ScreenSpec | undefined
}

/** Bad records are left out and counted, and their places kept where they go into quarantine. */
export interface ScreenSpec {
  readonly places: boolean
  /** More than so many end the pass. */
  readonly most?: number | undefined
  /** File that the bad rows of a pipe go to, since they cannot be read again. */
  readonly spool?: string | undefined
}

/** What a pass comes to: its result over the good records, and the bad ones where they were let through. */
export interface PassResult<T> {
  readonly result: T
  readonly bad: BadRecords | undefined
}

type PassAccumulator<T> = OpaqueAccumulator<AttributionRecord, PassResult<ReadonlyMap<string, T>>>

/** The accumulator of a scoring pass. */
export function statisticsPass(
  options: StatisticsOptions,
  cuts: PassSpec['cuts'],
  screen: ScreenSpec | undefined,
): PassAccumulator<PopulationStatistics> {
  return screenedPass(scoreAccumulator(options, readCuts(cuts)), screen)
}

/** The accumulator of the pass before. */
export function radiiPass(
  options: StatisticsOptions,
  screen: ScreenSpec | undefined,
): PassAccumulator<PopulationRadii> {
  return screenedPass(populationRadii(options), screen)
}

function screenedPass<T>(
  inner: OpaqueAccumulator<AttributionRecord, ReadonlyMap<string, T>>,
  screen: ScreenSpec | undefined,
): PassAccumulator<T> {
  return screen === undefined
    ? mapResult(inner, result => ({ result, bad: undefined }))
    : screened(inner, screen)
}

/** The recipe of a pass, for this thread or a worker. */
export function passRecipe(key: string, spec: PassSpec): PassRecipe {
  return { key, module: import.meta.url, spec: spec as unknown as Json }
}

/** What workers load before they are up, where a file is to be read. */
export const preparationFor = (path: string) => ({ module: import.meta.url, path })

/** Called by workers before they are up. */
export const prepare = loadReader

/** Makes a pass from its spec; called by lanes. */
export function makePass(json: Json): Pass {
  const spec = json as unknown as PassSpec
  const { statistics, records, screen } = spec
  const accumulator =
    spec.kind === 'radii' ? radiiPass(statistics, screen) : statisticsPass(statistics, spec.cuts, screen)
  const k = statistics.metrics.kmer.k
  return {
    accumulator: {
      ...accumulator,
      name: spec.kind,
      // What is in the files beside the maps is in the fingerprint; where they lie is nobody's business.
      params: {
        statistics: accumulator.params,
        records: plainJson(withSidePaths(records, path => basename(shownPath(path)))),
        ids: spec.ids,
      },
    },
    open: async (path, idPrefix, input) =>
      attributionRecords(await openColumns(path, records), {
        ...records,
        idPrefix,
        screen: screen && { k, input, onBad: isPiped(path) ? pipeSpool(screen.spool) : undefined },
      }),
  }
}

/** A value as it is after a passage through JSON: what is undefined is gone. */
function plainJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
