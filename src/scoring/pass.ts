import { basename } from 'node:path'
import { isPiped } from '../io/open.js'
import { type RecordOptions, withSidePaths } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import type { Json } from '../core/types.js'
import type { Pass, PassRecipe } from '../engine/workers/local-worker.js'
import { loadReader } from '../sources/open.js'
import { openRecords } from '../sources/open-records.js'
import type { PlainCuts } from '../metrics/angular/global-threshold.js'
import { pipeSpool } from './quarantine-spool.js'
import type { StatisticsOptions } from '../metrics/statistics.js'
import type { ScreenSpec } from './bad-record-policy.js'
import type { IdOrigin } from './population.js'
import { radiiPass, type Statistics, statisticsPass } from './pass-accumulators.js'
import type { ScoreOptions } from './score-options.js'

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
  /** Whose scores the pass is for, and by what options, if the thread that has all of the sums is to score them. */
  readonly scores?: { readonly model: string; readonly options: ScoreOptions } | undefined
}

/** The recipe of a pass, for this thread or a worker. */
export function passRecipe(key: string, spec: PassSpec): PassRecipe {
  return { key, module: import.meta.url, spec: spec as unknown as Json }
}

/** What workers load before they are up, where a file is to be read. */
export const preparationFor = (path: string) => ({ module: import.meta.url, path })

/** Called by workers before they are up. */
export const prepare = loadReader

/** Makes a pass from its spec; called by workers. */
export function makePass(json: Json): Pass {
  const spec = json as unknown as PassSpec
  const { statistics, records, screen, scores } = spec
  const accumulator =
    spec.kind === 'radii' ? radiiPass(statistics, screen) : statisticsPass(statistics, spec.cuts, screen)
  const k = statistics.metrics.kmer.k
  return {
    accumulator: {
      ...accumulator,
      name: spec.kind,
      // The content of the files that accompany the maps is in the fingerprint; their paths do not matter.
      params: {
        statistics: accumulator.params,
        records: plainJson(withSidePaths(records, path => basename(shownPath(path)))),
        ids: spec.ids,
      },
    },
    finish:
      scores &&
      (async (result, count) => {
        const { plainScores, scoresOf } = await import('./scores-of-pass.js')
        return plainScores(scoresOf(scores.model, scores.options, result as Statistics, count))
      }),
    open: async (path, idPrefix, input) =>
      openRecords(path, {
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
