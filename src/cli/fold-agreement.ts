import { DataError } from '../core/errors.js'
import type { DuplicateIds } from '../accumulators/duplicate-ids.js'
import type { MapAgreement } from '../accumulators/map-agreement.js'
import { LanePool } from '../engine/workers/pool.js'
import { type Agreement, agreementOf } from '../metrics/agreement.js'
import { ALL } from '../metrics/by-model.js'
import type { Thinning } from '../metrics/thinning.js'
import { foldPipeline, type FoldRun } from '../pipeline/fold-pipeline.js'
import { loadPipeline } from '../pipeline/load.js'
import { type Folded, pipelinePreparation } from '../pipeline/pass.js'
import type { BadRecordPolicy } from '../scoring/bad-record-policy.js'
import type { JoinOptions, RecordOptions } from '../sources/records/records.js'
import type { Stop } from './job/job.js'
import type { Watch } from './job/monitor.js'
import type { JoinedInputs } from './joined-inputs.js'
import { lanesFor } from './flags/run-flags.js'
import { foldReporter } from './output/fold-events.js'

/** The pipeline that adds up agreement, and the name of its population. */
export const AGREEMENT = 'agreement'

export interface AgreementRun extends Pick<FoldRun, 'checkpoint' | 'memoryLimit'> {
  readonly q: number
  readonly workers?: number | undefined
  readonly thin?: Thinning | undefined
  readonly bad?: BadRecordPolicy | undefined
}

/** Agreement with what it is of. */
export interface FoundAgreement extends Agreement {
  readonly records: RecordOptions
  readonly q: number
  readonly badRecords: number
}

/**
 * The agreement of joined models; undefined if it was stopped.
 *
 * Errors: those of `foldPipeline`; `pairing`, for models whose rows go together in order and have an id twice; `empty`, for no records.
 */
export async function foldAgreement(
  { files, records }: JoinedInputs,
  watch: Watch,
  stop: Stop,
  { q, workers, thin, bad, ...run }: AgreementRun,
): Promise<FoundAgreement | undefined> {
  const { digest } = await loadPipeline(AGREEMENT)
  const all = (records.join?.models ?? []).flatMap(({ paths }) => paths)
  const lanes = new LanePool(await lanesFor(workers, [...new Set(all)]), {
    preparation: pipelinePreparation(files[0]),
  })
  stop.softly(() => lanes.stop())
  watch.tellMachines('begin', 'begins', { files: all.length, pipeline: AGREEMENT })
  try {
    const { models, bad: found } = await foldPipeline(
      lanes,
      { model: AGREEMENT, paths: files },
      { name: AGREEMENT, digest, options: { q }, records, thin, bad },
      { ...run, report: foldReporter(watch, AGREEMENT) },
    )
    return models && agreementFound(models, { records, q, badRecords: found?.total ?? 0 })
  } finally {
    watch.endBar()
    await lanes.close().catch(() => {})
  }
}

/** The agreement of a fold of its pipeline. Errors: `pairing`, `empty`. */
export function agreementFound(
  models: ReadonlyMap<string, Folded>,
  of: Pick<FoundAgreement, 'records' | 'q' | 'badRecords'>,
): FoundAgreement {
  const { agreement, ids } = (models.get(ALL)?.outputs ?? {}) as { agreement: MapAgreement; ids: DuplicateIds }
  const join = of.records.join as JoinOptions
  if (agreement === undefined || agreement.all.records === 0) {
    const what = of.badRecords > 0 ? `all ${of.badRecords} records are bad` : 'no records'
    throw new DataError('empty', `${what}, nothing to compare; name maps that can be read`)
  }
  if (ids.duplicated > 0) {
    throw new DataError(
      'pairing',
      `${ids.exact ? ids.duplicated : `at least ${ids.duplicated}`} ids are there twice in ${join.models[0].model}, expected each once; leave one row of each out`,
    )
  }
  return { ...agreementOf(agreement, join.unmatched), ...of }
}
