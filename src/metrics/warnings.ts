import { plural } from '../core/english.js'
import { CONTEXT, CONTEXT_K_MAX } from '../dna/flanks.js'
import { cellCount } from '../dna/angular-cells.js'
import { LEAST_GROUPS } from '../stats/jackknife.js'
import { countsText, totalOf } from '../stats/sums/bad-records.js'
import type { MetricOptions } from './options.js'
import type { ModelScore } from './model-score.js'
import type { PopulationStatistics } from './statistics.js'

/** What a reader of a population's numbers must know, in words. */
export function warningsOf(score: Omit<ModelScore, 'warnings'>, statistics: PopulationStatistics): string[] {
  return [
    ...ofRecords(statistics),
    ...ofMetrics(score),
    ...ofErrors(score, statistics.grid.groups !== undefined),
  ]
}

/** What a reader who compares these models must know, in words. */
export function comparisonWarnings(models: readonly ModelScore[]): string[] {
  const records = models.map(model => model.records)
  const [least, most] = [Math.min(...records), Math.max(...records)]
  const names = models.map(({ model }) => model)
  const repeated = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))]
  const warnings = repeated.map(
    name =>
      `${name} was scored more than once, from each file by itself; with --model-column, --model NAME scores all files as one population`,
  )
  if (models.length < 2 || least === most) return warnings
  return [
    ...warnings,
    `models have ${least} to ${most} records: KLD and excess do not compare between populations of different size; compare cross-validated values, or score with --thin ${least}`,
  ]
}

/** Above this share of k-mers on one strand a readout is likely of stranded sequences. */
const ONE_STRAND = 0.8

/** What a reader of a readout must know, in words. */
export function readoutWarnings(
  { cellContexts, kmerContexts }: PopulationStatistics,
  { kmer, angular }: MetricOptions,
  strandShare: number | null,
): string[] {
  const warnings: string[] = []
  if (strandShare !== null && strandShare > ONE_STRAND) {
    warnings.push(
      `${(100 * strandShare).toFixed(0)} % of the k-mers that were found lie on one strand, yet they are read out together with their reverse complements; for RNA and other stranded sequences use --no-fold`,
    )
  }
  if (cellContexts === undefined) {
    warnings.push(
      'no clusters are read out: with a global threshold, points of a pipe are known only once they have passed; score files',
    )
  } else if (angular.window >= CONTEXT) {
    warnings.push(
      `no clusters are read out: a window of ${angular.window} leaves no neighbouring bases to test against`,
    )
  }
  if (kmerContexts === undefined) {
    warnings.push(
      `words are assembled from ${kmer.k}-mers alone: the bases around them are counted up to k = ${CONTEXT_K_MAX}`,
    )
  }
  return warnings
}

function ofRecords({ tally, ids, bad = {}, badWithoutModel = {} }: PopulationStatistics): string[] {
  const warnings: string[] = []
  const left = totalOf(bad)
  if (left > 0) warnings.push(`${left} bad records are left out: ${countsText(bad)}`)
  if (totalOf(badWithoutModel) > 0) {
    warnings.push(`${totalOf(badWithoutModel)} bad records have no model and are not counted for any`)
  }
  if (ids.duplicated > 0) {
    const which = ids.exact ? plural(ids.duplicated, 'id') : `${ids.duplicated} of ${ids.ids} sampled ids`
    warnings.push(
      `${which} found more than once; every occurrence is counted (replicates, such as seeds and folds, are models of their own: give their column with --model-column, and group them with compare --replicates)`,
    )
  }
  if (tally.deadMaps > 0)
    warnings.push(`${plural(tally.deadMaps, 'dead map')} (no magnitude above 0): counted in the prior only`)
  if (tally.projectedMaps > 0) {
    warnings.push(
      `${plural(tally.projectedMaps, 'projected map')} (attribution times one-hot): the angular score is not comparable with that of full maps`,
    )
  }
  if (tally.unknownPositions > 0) {
    warnings.push(
      `${plural(tally.unknownPositions, 'unknown position')} (N): never attributed, in no k-mer and no window`,
    )
  }
  return warnings
}

function ofMetrics({ kmer, angular }: Omit<ModelScore, 'warnings'>): string[] {
  const warnings: string[] = []
  if (kmer.attributed_kmers === 0) warnings.push('no attributed run is long enough to hold a k-mer')
  if (angular.points === 0) warnings.push('no window gives an angular point')
  if (kmer.null?.kind === 'shift' && kmer.null.left_out > 0) {
    warnings.push(
      `${kmer.null.left_out} k-mers of shifted runs are left out of the null, because the prior lacks them`,
    )
  }
  for (const [name, { floor_share }] of [
    ['k-mer', kmer],
    ['angular', angular],
  ] as const) {
    if (floor_share === null || floor_share <= 0.5) continue
    warnings.push(
      `${Math.round(100 * floor_share)} % of the ${name} KLD is what noise scores; trust the cross-validated value, or score more maps`,
    )
  }
  if (angular.options.basis === 'published' && angular.cv_nats !== null && angular.cv_nats > 0) {
    warnings.push(
      'the published basis is not orthonormal, so that noise too recurs in it: its cross-validated angular value has a floor; trust the excess',
    )
  }
  const cells = cellCount(angular.options.grid)
  if (angular.points > 0 && angular.effective_points < cells) {
    warnings.push(
      `${Math.round(angular.effective_points)} effective points on ${cells} cells: with so few points the grid looks peaked even for noise; compare this excess only with populations of the same size`,
    )
  }
  return warnings
}

function ofErrors({ jackknife, angular }: Omit<ModelScore, 'warnings'>, grouped: boolean): string[] {
  const { length } = jackknife.groups
  if (length < LEAST_GROUPS) {
    return [
      `records fall in ${length} of 64 groups, fewer than ${LEAST_GROUPS}: no standard errors and no cross-validated values; score more maps`,
    ]
  }
  return grouped || angular.points === 0
    ? []
    : [
        'a global threshold over a pipe keeps no groups of records: the angular score has no standard error and no cross-validated value; score a file',
      ]
}
