import type { Consistency } from './consistency.js'

/** How a metric stood after some of the records. */
export type ConvergedMetric = Pick<
  Consistency,
  'kld_nats' | 'excess_nats' | 'se_nats' | 'cv_nats' | 'cv_se_nats'
>

export interface ConvergencePoint {
  readonly records: number
  readonly kmer: ConvergedMetric
  readonly angular: ConvergedMetric
}

/**
 * The scores of the records of groups 0, 0 to 1, 0 to 3 ... 0 to 63: groups are by hash, so each is a random part of the
 * population, and the same one however the run was split. A part that holds no more records than the one before is left
 * out.
 *
 * @param groupRecords Records of each group.
 * @param scoreOf Scores of the records of some groups.
 */
export function convergenceOf(
  groupRecords: ArrayLike<number>,
  scoreOf: (groups: readonly number[]) => { readonly kmer: Consistency; readonly angular: Consistency },
): ConvergencePoint[] {
  const points: ConvergencePoint[] = []
  let before = 0
  for (let end = 1; end <= groupRecords.length; end *= 2) {
    const groups: number[] = []
    let records = 0
    for (let g = 0; g < end; g++) {
      if (groupRecords[g] > 0) groups.push(g)
      records += groupRecords[g]
    }
    if (records === before) continue
    before = records
    const { kmer, angular } = scoreOf(groups)
    points.push({ records, kmer: converged(kmer), angular: converged(angular) })
  }
  return points
}

function converged({ kld_nats, excess_nats, se_nats, cv_nats, cv_se_nats }: Consistency): ConvergedMetric {
  return { kld_nats, excess_nats, se_nats, cv_nats, cv_se_nats }
}
