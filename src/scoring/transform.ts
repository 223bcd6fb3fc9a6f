import { pipe } from '../core/compose.js'
import { DataError } from '../core/errors.js'
import type { Row, Table } from '../core/table.js'
import type { AttributionRecord, Stage } from '../core/types.js'
import { correct } from '../stages/correct.js'
import { FEATURE_TABLE, listFeatures } from '../stages/list-features.js'
import { listRuns, RUN_TABLE } from '../stages/list-runs.js'
import { selectRuns } from '../stages/select-runs.js'
import type { MetricOptions } from './options.js'

/** What `attrstream transform` does with each map, and the table that comes of it. */
export interface Transform {
  readonly table: Table
  readonly stage: Stage<AttributionRecord, Row>
}

/** The stages that end in a table of their own. */
const TABLES: { readonly [name: string]: (metrics: MetricOptions) => Transform } = {
  runs: ({ kmer, angular }) => ({
    table: RUN_TABLE,
    stage: pipe(pipe(correct(angular), selectRuns(kmer)), listRuns()),
  }),
  features: ({ kmer, angular }) => {
    const { window: width, windowKind: kind, reduce, normalise } = angular
    const features = listFeatures({ k: kmer.k, width, kind, reduce, normalise })
    return {
      table: FEATURE_TABLE,
      stage: pipe(pipe(correct(angular), selectRuns(kmer)), features),
    }
  },
}

/** Stages by name, in order, as one. Errors: `usage`, for an unknown name, telling those that are known. */
export function transformOf(names: readonly string[], metrics: MetricOptions): Transform {
  const [name = ''] = names
  const make = TABLES[name]
  if (make === undefined) {
    throw new DataError('usage', `no stage is called ${name}, expected ${Object.keys(TABLES).join(', ')}`)
  }
  return make(metrics)
}
