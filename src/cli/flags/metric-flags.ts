import type { Argv, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import { GRID_KINDS } from '../../dna/angles.js'
import { BASES } from '../../dna/basis.js'
import { WINDOW_KINDS } from '../../dna/windows.js'
import {
  type Convention,
  CONVENTIONS,
  type MetricOptions,
  metricOptions,
  type Threshold,
} from '../../metrics/options.js'
import { NULL_NAMES, type NullName, type NullOptions, nullOptions } from '../../metrics/nulls.js'
import { type Thinning, thinningOf } from '../../metrics/thinning.js'
import { NORMALISATIONS } from '../../stages/sum-windows.js'
import { BOXCAR_KINDS } from '../../stats/boxcar.js'

/** The defaults that help texts show: those of `--convention paper`. */
const { kmer: KMER, angular: ANGULAR } = CONVENTIONS.paper

const K = 'k-mer metric:'
const A = 'Angular metric:'
const U = 'Comparing:'

/** Options of the two metrics. Those not given are the convention's. */
export const METRIC_FLAGS = {
  convention: {
    choices: Object.keys(CONVENTIONS) as Convention[],
    default: 'paper' as Convention,
    describe: 'preset of metric options, which others override; the defaults shown are those of paper',
  },
  k: { number: true, group: K, describe: `k-mer length in bases, 1 to 10 (default: ${KMER.k})` },
  q: {
    number: true,
    group: K,
    describe: `attributed positions exceed this quantile of the magnitudes of their map (default: ${KMER.q})`,
  },
  buffer: {
    number: true,
    group: K,
    describe: `positions added to the 3' end of each attributed run (default: ${KMER.buffer})`,
  },
  prior: {
    string: true,
    group: K,
    default: 'population',
    describe:
      'prior of the k-mers: population, uniform, or a file of sequences (FASTA or any supported format) or a saved state',
  },
  pseudocount: {
    number: true,
    group: K,
    describe: `count added to each k-mer of the prior (default: ${KMER.pseudocount})`,
  },
  window: { number: true, group: A, describe: `window width in positions (default: ${ANGULAR.window})` },
  'window-kind': {
    choices: WINDOW_KINDS,
    group: A,
    describe: `alignment of the window to its position (default: ${ANGULAR.windowKind})`,
  },
  reduce: {
    choices: ['mean', 'sum'] as const,
    group: A,
    describe: `how vectors in a window are combined (default: ${ANGULAR.reduce})`,
  },
  basis: {
    choices: BASES,
    group: A,
    describe: `three axes that a corrected vector is expressed in (default: ${ANGULAR.basis})`,
  },
  normalise: {
    choices: NORMALISATIONS,
    group: A,
    describe: `normalisation of each map (default: ${ANGULAR.normalise})`,
  },
  threshold: {
    choices: ['per-sequence', 'global'] as const,
    group: A,
    describe:
      'keep windows above a quantile of their own map, or the top fraction of the population (default: per-sequence)',
  },
  'angular-q': { number: true, group: A, describe: 'quantile for --threshold per-sequence (default: 0.9)' },
  top: { number: true, group: A, describe: 'fraction of windows kept by --threshold global (default: 0.1)' },
  weight: {
    number: true,
    group: A,
    describe: `exponent: a point of radius r has weight r to this power (default: ${ANGULAR.weight})`,
  },
  grid: {
    choices: GRID_KINDS,
    group: A,
    describe: `part of the sphere covered by the angular histogram (default: ${ANGULAR.grid})`,
  },
  'angular-prior': {
    choices: BOXCAR_KINDS,
    group: A,
    describe: `smoothing of the density that gives its prior (default: ${ANGULAR.prior})`,
  },
  cells: {
    choices: ['all', 'interior'] as const,
    group: A,
    describe: `cells that count in the KLD (default: ${ANGULAR.cells})`,
  },
  thin: {
    number: true,
    group: U,
    describe:
      'score a random subset, chosen by hash of the id: a fraction up to 1, or an approximate number of records (default: all)',
  },
  null: {
    string: true,
    array: true,
    nargs: 1,
    group: U,
    describe: 'null model for k-mers: multinomial (default), shift, or none',
  },
  'null-draws': {
    number: true,
    group: U,
    describe: 'random rotations averaged for the angular null (default 1; 0 disables it)',
  },
} as const

export type MetricFlags = InferredOptionTypes<typeof METRIC_FLAGS>

export function withMetricFlags<T>(yargs: Argv<T>): Argv<T & MetricFlags> {
  return yargs.options(METRIC_FLAGS) as unknown as Argv<T & MetricFlags>
}

/** The options that flags ask for. Errors: `usage`. */
export function metricsOf(flags: MetricFlags): MetricOptions {
  return metricOptions({
    convention: flags.convention,
    kmer: given({ k: flags.k, q: flags.q, buffer: flags.buffer, pseudocount: flags.pseudocount }),
    angular: given({
      window: flags.window,
      windowKind: flags['window-kind'],
      reduce: flags.reduce,
      basis: flags.basis,
      normalise: flags.normalise,
      threshold: thresholdOf(flags),
      weight: flags.weight,
      grid: flags.grid,
      prior: flags['angular-prior'],
      cells: flags.cells,
    }),
  })
}

/** How many of the records flags ask for. Errors: `usage`. */
export function thinOf({ thin }: { readonly thin?: number | undefined }): Thinning | undefined {
  return thin === undefined ? undefined : thinningOf(thin)
}

/** The nulls that flags ask for; undefined where they leave it open. Errors: `usage`. */
export function nullsOf(flags: MetricFlags): NullOptions | undefined {
  const draws = flags['null-draws']
  if (flags.null === undefined && draws === undefined) return undefined
  const names = (flags.null ?? []).flatMap(text => text.split(','))
  const strange = names.find(name => !(NULL_NAMES as readonly string[]).includes(name))
  if (strange !== undefined) {
    throw new DataError('usage', `--null is ${strange}, expected ${NULL_NAMES.join(', ')}`)
  }
  return nullOptions(names as NullName[], draws)
}

function thresholdOf(flags: MetricFlags): Threshold | undefined {
  const usual = CONVENTIONS[flags.convention].angular.threshold
  const q = flags['angular-q']
  const kind =
    flags.threshold ?? (q !== undefined ? 'per-sequence' : flags.top !== undefined ? 'global' : usual.kind)
  return kind === 'per-sequence'
    ? { kind, q: q ?? (usual.kind === kind ? usual.q : 0.9) }
    : { kind, top: flags.top ?? (usual.kind === kind ? usual.top : 0.1) }
}

/** The entries that are not undefined. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
