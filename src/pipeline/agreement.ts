import type { DuplicateIds } from '../accumulators/duplicate-ids.js'
import type { MapAgreement } from '../accumulators/map-agreement.js'
import { DataError } from '../core/errors.js'
import { type Agreement, agreementOf } from '../metrics/agreement.js'
import { ALL } from '../metrics/by-model.js'
import type { JoinOptions, RecordOptions } from '../sources/records/records.js'
import type { FoldedModel } from './pass.js'

/** The pipeline that adds up agreement, and the name of its population. */
export const AGREEMENT = 'agreement'

/** Agreement with what it is of. */
export interface FoundAgreement extends Agreement {
  readonly records: RecordOptions
  readonly q: number
  readonly badRecords: number
  /** What it is made of. */
  readonly sums: MapAgreement
}

/** The agreement of a fold of its pipeline. Errors: `pairing`, `empty`. */
export function agreementFound(
  models: ReadonlyMap<string, FoldedModel>,
  of: Pick<FoundAgreement, 'records' | 'q' | 'badRecords'>,
): FoundAgreement {
  const { agreement, ids } = (models.get(ALL)?.outputs ?? {}) as {
    agreement: MapAgreement
    ids: DuplicateIds
  }
  const join = of.records.join as JoinOptions
  if (agreement === undefined || agreement.all.records === 0) {
    const what = of.badRecords > 0 ? `all ${of.badRecords} records are bad` : 'no records'
    throw new DataError('empty', `${what}, nothing to compare; name maps that can be read`)
  }
  if (ids.duplicated > 0) {
    throw new DataError(
      'pairing',
      `${ids.exact ? ids.duplicated : `at least ${ids.duplicated}`} ids occur twice in ${join.models[0].model}, expected each once; leave one row of each out`,
    )
  }
  return { ...agreementOf(agreement, join.unmatched), sums: agreement, ...of }
}
