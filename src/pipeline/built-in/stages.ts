import { identity, pipe } from '../../core/compose.js'
import { DataError } from '../../core/errors.js'
import type { Row, Table } from '../../core/table.js'
import type { AttributionRecord, Stage } from '../../core/types.js'
import { correct } from '../../stages/correct.js'
import { correctMap } from '../../stages/correct-map.js'
import { FEATURE_TABLE, listFeatures } from '../../stages/list-features.js'
import { listRuns, RUN_TABLE } from '../../stages/list-runs.js'
import { normaliseMap } from '../../stages/normalise-map.js'
import { selectRuns } from '../../stages/select-runs.js'
import { windowMap } from '../../stages/window-map.js'
import type { MetricOptions } from '../../metrics/options.js'

/** What `attrstream transform` makes of each map: another map, or rows of a table. */
export type Transform =
  | { readonly kind: 'maps'; readonly stage: Stage<AttributionRecord> }
  | { readonly kind: 'rows'; readonly stage: Stage<AttributionRecord, Row>; readonly table: Table }

type MapStage = (metrics: MetricOptions) => Stage<AttributionRecord>

/** Stages from map to map. */
const MAPS: { readonly [name: string]: MapStage } = {
  raw: () => identity(),
  correct: () => correctMap(),
  normalise: ({ angular }) => normaliseMap(angular),
  window: ({ angular: { window: width, windowKind: kind, reduce } }) => windowMap({ width, kind, reduce }),
}

/** Stages that make rows of a map. Both correct it by themselves. */
const ROWS: {
  readonly [name: string]: {
    readonly table: Table
    readonly stage: (metrics: MetricOptions) => Stage<AttributionRecord, Row>
  }
} = {
  runs: {
    table: RUN_TABLE,
    stage: ({ kmer, angular }) => pipe(pipe(correct(angular), selectRuns(kmer)), listRuns()),
  },
  features: {
    table: FEATURE_TABLE,
    stage: ({ kmer, angular }) => {
      const { window: width, windowKind: kind, reduce, normalise } = angular
      const features = listFeatures({ k: kmer.k, width, kind, reduce, normalise })
      return pipe(pipe(correct(angular), selectRuns(kmer)), features)
    },
  },
}

/** The names that stages have. */
export const STAGE_NAMES: readonly string[] = [...Object.keys(MAPS), ...Object.keys(ROWS)]

/**
 * Stages by name as one, in order: any number from map to map, then one that makes rows where rows are wanted. A map is
 * corrected once, by whichever stage comes first that needs it.
 *
 * Errors: `usage`, for an unknown name, listing the known ones, and for a stage behind one that makes rows.
 */
export function transformOf(names: readonly string[], metrics: MetricOptions): Transform {
  for (const [i, name] of names.entries()) {
    if (!STAGE_NAMES.includes(name)) {
      throw new DataError('usage', `no stage is called "${name}", expected ${STAGE_NAMES.join(', ')}`)
    }
    if (name in ROWS && i < names.length - 1) {
      throw new DataError('usage', `${name} makes rows, which ${names[i + 1]} cannot take; put ${name} last`)
    }
  }
  const last = names.at(-1) ?? ''
  const rows = ROWS[last]
  const maps = rows === undefined ? names : names.slice(0, -1)
  const steps: string[] = []
  const isCorrected = () => steps.some(step => step !== 'raw')
  for (const name of maps) {
    // Windows are of corrected maps; normalising, like rows, corrects by itself, which a second time would only round.
    if (name === 'window' && !isCorrected()) steps.push('correct')
    if (name === 'normalise' && steps.at(-1) === 'correct') steps.pop()
    if (name !== 'correct' || !isCorrected()) steps.push(name)
  }
  if (rows !== undefined && steps.at(-1) === 'correct') steps.pop()
  const [first, ...others] = steps.filter(name => name !== 'raw').map(name => MAPS[name](metrics))
  const stage = others.reduce((before, next) => pipe(before, next), first ?? identity())
  if (rows === undefined) return { kind: 'maps', stage }
  const made = rows.stage(metrics)
  return { kind: 'rows', table: rows.table, stage: first === undefined ? made : pipe(stage, made) }
}
