import { DataError } from '../core/errors.js'
import type { GridKind } from '../dna/angles.js'
import type { Basis } from '../dna/basis.js'
import { K_MAX, K_MIN } from '../dna/kmers.js'
import type { WindowKind } from '../dna/windows.js'
import type { Normalisation } from '../stages/sum-windows.js'
import type { BoxcarKind } from '../stats/boxcar.js'

export interface KmerOptions {
  /** Length of the words, 1 to 10. */
  readonly k: number
  /** Attributed positions are those whose magnitude is above the record's q-quantile. */
  readonly q: number
  /** Positions by which a run's 3' end is extended. */
  readonly buffer: number
  /** Added to every count of the prior. */
  readonly pseudocount: number
}

/** Which windows are points: those above their own record's q-quantile, or the top fraction of the population. */
export type Threshold =
  | { readonly kind: 'per-sequence'; readonly q: number }
  | { readonly kind: 'global'; readonly top: number }

export interface AngularOptions {
  readonly window: number
  readonly windowKind: WindowKind
  readonly reduce: 'mean' | 'sum'
  readonly basis: Basis
  readonly normalise: Normalisation
  readonly threshold: Threshold
  /** A point adds its radius to this power. */
  readonly weight: number
  readonly grid: GridKind
  readonly prior: BoxcarKind
  /** Cells that enter the KLD: all, or only those off the border. */
  readonly cells: 'all' | 'interior'
}

export interface MetricOptions {
  readonly kmer: KmerOptions
  readonly angular: AngularOptions
}

export type Convention = 'paper' | 'acme-atac' | 'acme-synthetic' | 'd3-pipeline'

const KMER: KmerOptions = { k: 6, q: 0.9, buffer: 2, pseudocount: 0 }

const ACME: AngularOptions = {
  window: 3,
  windowKind: 'forward-circular',
  reduce: 'sum',
  basis: 'published',
  normalise: 'l2-sum',
  threshold: { kind: 'global', top: 0.1 },
  weight: 2,
  grid: 'halved',
  prior: 'published',
  cells: 'interior',
}

/** Bundles of options: the paper's text, and how its tables and figures were made by the published code. */
export const CONVENTIONS: { readonly [name in Convention]: MetricOptions } = {
  paper: {
    kmer: KMER,
    angular: {
      window: 3,
      windowKind: 'centered',
      reduce: 'mean',
      basis: 'gram-schmidt',
      normalise: 'l2-sum',
      threshold: { kind: 'per-sequence', q: 0.9 },
      weight: 2,
      grid: 'full',
      prior: 'symmetric',
      cells: 'all',
    },
  },
  'acme-atac': { kmer: KMER, angular: ACME },
  'acme-synthetic': { kmer: KMER, angular: { ...ACME, threshold: { kind: 'global', top: 0.99 } } },
  'd3-pipeline': { kmer: KMER, angular: { ...ACME, window: 6, threshold: { kind: 'global', top: 0.04 } } },
}

/** Options to set by themselves over a convention's. */
export interface MetricChoices {
  readonly convention?: Convention | undefined
  readonly kmer?: Partial<KmerOptions> | undefined
  readonly angular?: Partial<AngularOptions> | undefined
}

/** The full set of options: a convention, `paper` by default, with single ones set over it. Errors: `usage`. */
export function metricOptions(choices: MetricChoices = {}): MetricOptions {
  const bundle = CONVENTIONS[choices.convention ?? 'paper']
  const options = {
    kmer: { ...bundle.kmer, ...choices.kmer },
    angular: { ...bundle.angular, ...choices.angular },
  }
  const { kmer, angular } = options
  const { threshold } = angular
  checkInteger('k', kmer.k, K_MIN, K_MAX, 'more would need gigabytes of counts')
  checkQuantile('q', kmer.q)
  checkInteger('buffer', kmer.buffer, 0, 1_000_000)
  if (!(kmer.pseudocount >= 0 && kmer.pseudocount < 2 ** 53))
    usageError('pseudocount', kmer.pseudocount, 'a number >= 0')
  checkInteger('window', angular.window, 1, 100_000)
  if (!Number.isFinite(angular.weight)) usageError('weight', angular.weight, 'a number')
  if (threshold.kind === 'per-sequence') checkQuantile('angular q', threshold.q)
  else if (!(threshold.top > 0 && threshold.top <= 1))
    usageError('top', threshold.top, 'a fraction in (0, 1]')
  return options
}

function checkInteger(name: string, value: number, least: number, most: number, why = ''): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  usageError(name, value, `a whole number from ${least} to ${most}${why && ` (${why})`}`)
}

function checkQuantile(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) usageError(name, value, 'a quantile in [0, 1)')
}

function usageError(name: string, value: number, expected: string): never {
  throw new DataError('usage', `${name} is ${value}, expected ${expected}`)
}
