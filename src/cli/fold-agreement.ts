import { WorkerPool } from '../engine/workers/pool.js'
import type { Thinning } from '../metrics/thinning.js'
import { AGREEMENT, agreementFound, type FoundAgreement } from '../pipeline/agreement.js'
import { foldPipeline, type FoldRun } from '../pipeline/fold-pipeline.js'
import { loadPipeline } from '../pipeline/load.js'
import { pipelinePreparation } from '../pipeline/pass.js'
import type { BadRecordPolicy } from '../scoring/bad-record-policy.js'
import type { SignalPolicy } from './job/job.js'
import type { Monitor } from './job/monitor.js'
import type { JoinedInputs } from './joined-inputs.js'
import { workersFor } from './flags/run-flags.js'
import { foldReporter } from './output/score-events.js'

export interface AgreementRun extends Pick<FoldRun, 'checkpoint' | 'memoryLimit'> {
  readonly q: number
  readonly workers?: number | undefined
  readonly thin?: Thinning | undefined
  readonly bad?: BadRecordPolicy | undefined
}

/**
 * The agreement of joined models; undefined if it was stopped.
 *
 * Errors: those of `foldPipeline`; `pairing`, for models whose rows go together in order and have an id twice; `empty`, for no records.
 */
export async function foldAgreement(
  { files, records }: JoinedInputs,
  monitor: Monitor,
  stop: SignalPolicy,
  { q, workers, thin, bad, ...run }: AgreementRun,
): Promise<FoundAgreement | undefined> {
  const { digest } = await loadPipeline(AGREEMENT)
  const all = (records.join?.models ?? []).flatMap(({ paths }) => paths)
  const pool = new WorkerPool(await workersFor(workers, [...new Set(all)]), {
    preparation: pipelinePreparation(files[0]),
  })
  stop.finishFirst(() => pool.stop())
  monitor.reportToMachines('begin', 'begins', { files: all.length, pipeline: AGREEMENT })
  try {
    const { models, bad: found } = await foldPipeline(
      pool,
      { model: AGREEMENT, paths: files },
      { name: AGREEMENT, digest, options: { q }, records, thin, bad },
      { ...run, report: foldReporter(monitor, AGREEMENT) },
    )
    return models && agreementFound(models, { records, q, badRecords: found?.total ?? 0 })
  } finally {
    monitor.endBar()
    await pool.close().catch(() => {})
  }
}
