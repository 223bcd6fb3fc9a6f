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

const K = 'k-mer metric:'
const A = 'Angular metric:'
const U = 'Comparing:'

/** Options of the two metrics. Those not given are the convention's. */
export const METRIC_FLAGS = {
  convention: {
    choices: Object.keys(CONVENTIONS) as Convention[],
    default: 'paper' as Convention,
    describe: 'bundle of options that the ones below are set over',
  },
  k: { number: true, group: K, describe: 'length of the words, 1 to 10' },
  q: { number: true, group: K, describe: 'attributed positions lie above this quantile of magnitudes' },
  buffer: { number: true, group: K, describe: "positions by which a run's 3' end is extended" },
  prior: {
    string: true,
    group: K,
    default: 'population',
    describe: 'population, uniform, or a file: FASTA, sequences in any other format, or a saved state',
  },
  pseudocount: { number: true, group: K, describe: 'added to every count of the prior' },
  window: { number: true, group: A, describe: 'positions in a window' },
  'window-kind': { choices: WINDOW_KINDS, group: A, describe: 'which positions a window covers' },
  reduce: { choices: ['mean', 'sum'] as const, group: A, describe: 'mean or sum over a window' },
  basis: { choices: BASES, group: A, describe: 'three axes of a corrected vector' },
  normalise: { choices: NORMALISATIONS, group: A, describe: 'what a map is divided by' },
  threshold: {
    choices: ['per-sequence', 'global'] as const,
    group: A,
    describe: "points lie above their own record's quantile, or in the population's top fraction",
  },
  'angular-q': { number: true, group: A, describe: 'quantile of the per-sequence threshold' },
  top: { number: true, group: A, describe: 'fraction of the global threshold' },
  weight: { number: true, group: A, describe: 'a point adds its radius to this power' },
  grid: { choices: GRID_KINDS, group: A, describe: 'cells of the angular histogram' },
  'angular-prior': {
    choices: BOXCAR_KINDS,
    group: A,
    describe: 'how the density is smoothed into its prior',
  },
  cells: { choices: ['all', 'interior'] as const, group: A, describe: 'cells that enter the KLD' },
  thin: {
    number: true,
    group: U,
    describe: 'score a part of the records, by hash of the id: a fraction up to 1, or about so many',
  },
  null: {
    string: true,
    array: true,
    nargs: 1,
    group: U,
    describe: 'what noise is made of: multinomial (default) or shift for k-mers, or none at all',
  },
  'null-draws': {
    number: true,
    group: U,
    describe: 'populations of maps turned at random that the angular null is the mean of (1); 0 for none',
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
