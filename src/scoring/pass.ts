import { attributionRecords, type RecordOptions } from '../columns/records.js'
import type { Json } from '../core/types.js'
import type { Pass, PassRecipe } from '../engine/lane.js'
import { openColumns } from '../sources/open.js'
import type { RadiusBracket } from '../stats/radius-bracket.js'
import { type Cuts, populationRadii, populationStatistics, type StatisticsOptions } from './statistics.js'

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
  readonly cuts: null | 'bins' | readonly (readonly [model: string, bracket: RadiusBracket])[]
}

/** The recipe of a pass, for this thread or a worker. */
export function passRecipe(key: string, spec: PassSpec): PassRecipe {
  return { key, module: import.meta.url, spec: spec as unknown as Json }
}

/** Makes a pass from its spec; called by lanes. */
export function makePass(json: Json): Pass {
  const spec = json as unknown as PassSpec
  const { statistics, records } = spec
  const accumulator =
    spec.kind === 'radii'
      ? populationRadii(statistics)
      : populationStatistics(statistics, readCuts(spec.cuts))
  return {
    accumulator: {
      ...accumulator,
      name: spec.kind,
      params: { statistics: accumulator.params, records: plainJson(records), ids: spec.ids },
    },
    open: async (path, idPrefix) => attributionRecords(await openColumns(path), { ...records, idPrefix }),
  }
}

/** A value as it is after a passage through JSON: what is undefined is gone. */
function plainJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

/** Cuts from plain data. */
export function readCuts(cuts: PassSpec['cuts']): Cuts | undefined {
  if (cuts === null) return undefined
  return cuts === 'bins' ? { kind: 'bins' } : { kind: 'brackets', of: new Map(cuts) }
}
