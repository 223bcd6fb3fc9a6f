import { angularEstimates, angularSums, ungroupedEstimates } from './angular/estimates.js'
import { type Consistency, consistencyOf } from './consistency.js'
import { kmerEstimates } from './kmer/estimates.js'
import { kmerKld } from './kmer/kld.js'
import { DEFAULT_NULLS } from './nulls.js'
import type { AngularOptions, KmerOptions } from './options.js'
import type { ScoringOptions } from './scoring-options.js'
import type { PopulationStatistics } from './statistics.js'
import { angularName, kmerName, type SweepOptions } from './sweep-options.js'

/** The score of one setting of a sweep by one metric; null for what is no option or number of that metric. */
export interface SweepRow extends Consistency {
  readonly metric: 'kmer' | 'angular'
  /** What the setting is called, as in `k=6,q=0.9`. */
  readonly setting: string
  readonly k: number | null
  readonly q: number | null
  readonly window: number | null
  readonly threshold_q: number | null
  readonly threshold_top: number | null
  readonly attributed_kmers: number | null
  readonly points: number | null
  readonly effective_points: number | null
}

const NO_OPTIONS = {
  k: null,
  q: null,
  window: null,
  threshold_q: null,
  threshold_top: null,
  attributed_kmers: null,
  points: null,
  effective_points: null,
} as const

/** The scores of every setting of a sweep, k-mers first, in the order of the settings. Error: `prior`. */
export function sweepRows(
  statistics: PopulationStatistics,
  groups: readonly number[],
  scoring: ScoringOptions,
  sweep: SweepOptions,
): SweepRow[] {
  return [
    ...sweep.kmer.map(options => kmerRow(statistics, groups, scoring, options)),
    ...sweep.angular.map(options => angularRow(statistics, groups, scoring, options)),
  ]
}

function kmerRow(
  statistics: PopulationStatistics,
  groups: readonly number[],
  { metrics, nulls = DEFAULT_NULLS, prior, sweepPriors = [] }: ScoringOptions,
  options: KmerOptions,
): SweepRow {
  const setting = kmerName(options)
  const { k, q, pseudocount } = options
  const { attributed, shifted } =
    setting === kmerName(metrics.kmer)
      ? { attributed: statistics.spectrum, shifted: statistics.shifted }
      : statistics.sweep.kmer[setting]
  const own = k === metrics.kmer.k ? statistics.prior : statistics.sweep.priors[`k=${k}`]
  const external = prior && [prior, ...sweepPriors].find(other => other.k === k)
  const used = external ?? prior ?? { name: 'population', k, counts: own?.counts ?? [] }
  kmerKld(attributed, used, pseudocount) // refuses a prior that does not fit
  const estimates = kmerEstimates(
    {
      k,
      attributed: attributed.groups,
      prior: prior === undefined && own !== undefined ? { groups: own.groups } : { counts: used.counts },
      pseudocount,
      shifted: shifted?.groups,
    },
    groups,
    nulls.kmer,
  )
  return {
    metric: 'kmer',
    setting,
    ...NO_OPTIONS,
    k,
    q,
    ...consistencyOf(estimates).score,
    attributed_kmers: attributed.total,
  }
}

function angularRow(
  statistics: PopulationStatistics,
  groups: readonly number[],
  { metrics }: ScoringOptions,
  options: AngularOptions,
): SweepRow {
  const setting = angularName(options)
  const { grid, rotated } =
    setting === angularName(metrics.angular) ? statistics : statistics.sweep.angular[setting]
  const sums = angularSums(grid)
  const turned = rotated.flatMap(of => {
    const sums = angularSums(of)
    return sums === undefined ? [] : [sums]
  })
  const { threshold, window } = options
  const estimates =
    sums === undefined
      ? ungroupedEstimates(
          grid.weights,
          rotated.map(({ weights }) => weights),
          options,
        )
      : angularEstimates(sums, turned, groups, options)
  return {
    metric: 'angular',
    setting,
    ...NO_OPTIONS,
    window,
    threshold_q: threshold.kind === 'per-sequence' ? threshold.q : null,
    threshold_top: threshold.kind === 'global' ? threshold.top : null,
    ...consistencyOf(estimates).score,
    points: grid.points,
    effective_points: grid.effectivePoints,
  }
}
