import { DataError } from '../core/errors.js'
import { type AngularOptions, type KmerOptions, type MetricOptions, metricOptions } from './options.js'

/** Settings that are scored in addition to the one asked for, in the same pass. */
export interface SweepOptions {
  readonly kmer: readonly KmerOptions[]
  readonly angular: readonly AngularOptions[]
}

export const SWEPT = ['k', 'q', 'window', 'angular-q', 'top'] as const

export type Swept = (typeof SWEPT)[number]

/**
 * Every combination of the values given, for each metric by itself; options not named are those of `base`. The setting
 * of `base` is among them where its values are.
 *
 * Errors: `usage`, for values that are none, and for a quantile of a threshold that is not used.
 */
export function sweepOptions(
  base: MetricOptions,
  values: { readonly [name in Swept]?: readonly number[] | undefined },
): SweepOptions {
  const { kind } = base.angular.threshold
  const useless = kind === 'global' ? 'angular-q' : 'top'
  if (values[useless] !== undefined) {
    throw new DataError('usage', `a sweep over ${useless} does not apply to --threshold ${kind}`)
  }
  const { k, q, window, 'angular-q': angularQ, top } = values
  const kmer = (k ?? [base.kmer.k]).flatMap(k => (q ?? [base.kmer.q]).map(q => ({ ...base.kmer, k, q })))
  const thresholds = angularQ?.map(q => ({ kind: 'per-sequence' as const, q })) ??
    top?.map(top => ({ kind: 'global' as const, top })) ?? [base.angular.threshold]
  const angular = (window ?? [base.angular.window]).flatMap(window =>
    thresholds.map(threshold => ({ ...base.angular, window, threshold })),
  )
  const ofKmers = k !== undefined || q !== undefined
  const ofAngles = window !== undefined || angularQ !== undefined || top !== undefined
  for (const options of kmer) metricOptions({ kmer: options, angular: base.angular })
  for (const options of angular) metricOptions({ kmer: base.kmer, angular: options })
  return { kmer: ofKmers ? kmer : [], angular: ofAngles ? angular : [] }
}

/** `k=6,q=0.9`: what a k-mer setting is called. */
export function kmerName({ k, q }: Pick<KmerOptions, 'k' | 'q'>): string {
  return `k=${k},q=${q}`
}

/** `window=3,q=0.9` or `window=3,top=0.1`: what an angular setting is called. */
export function angularName({ window, threshold }: Pick<AngularOptions, 'window' | 'threshold'>): string {
  return `window=${window},${threshold.kind === 'global' ? `top=${threshold.top}` : `q=${threshold.q}`}`
}

/** K-mer settings of a sweep but the one asked for. */
export function otherKmers({ kmer }: MetricOptions, sweep: SweepOptions | undefined): KmerOptions[] {
  return (sweep?.kmer ?? []).filter(other => kmerName(other) !== kmerName(kmer))
}

/** Angular settings of a sweep but the one asked for. */
export function otherAngles({ angular }: MetricOptions, sweep: SweepOptions | undefined): AngularOptions[] {
  return (sweep?.angular ?? []).filter(other => angularName(other) !== angularName(angular))
}
