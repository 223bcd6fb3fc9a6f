import { DataError } from '../core/errors.js'
import type { Json } from '../core/types.js'
import { jsonDifferences } from '../core/canonical-json.js'
import {
  type DifferenceError,
  differenceError,
  differenceMargin,
  haveSameIds,
  type GroupedValue,
  type Spread,
} from '../stats/difference-error.js'
import { holm, studentP } from '../stats/significance.js'
import type { ModelScore } from '../metrics/model-score.js'

export type Metric = 'kmer' | 'angular'
export const METRICS: readonly Metric[] = ['kmer', 'angular']

/** What is compared: the cross-validated value, the excess over the null, or the plain KLD. */
export type Statistic = 'cv' | 'excess' | 'kld'
export const STATISTICS: readonly Statistic[] = ['cv', 'excess', 'kld']

/** How two models differ in one statistic. Values are in nats; null where there is none. */
export interface Difference {
  readonly metric: Metric
  readonly statistic: Statistic
  readonly model_a: string
  readonly model_b: string
  readonly a_nats: number | null
  readonly b_nats: number | null
  /** a - b. */
  readonly difference_nats: number | null
  readonly se_nats: number | null
  /** Two-sided, by Student's t with one degree of freedom fewer than there are groups of records. */
  readonly p: number | null
  /** The same, adjusted by Holm over all pairs of this metric and statistic. */
  readonly p_holm: number | null
  /** Whether the error is of the differences group by group, over the same ids. */
  readonly paired: boolean
  /** Whether the adjusted p-value is below 0.05: the model that is higher then. */
  readonly better: string | null
  /** Why there is no answer. */
  readonly reason: string | null
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** What a reader of the numbers must know, in words. */
  readonly warnings: readonly string[]
}

const LEVEL = 0.05
/** Populations whose sizes differ by more have KLDs that cannot be compared: a KLD falls as its population grows. */
const MOST_SIZE_RATIO = 1.01

/**
 * Every two models compared, by what scores.json holds of them (method, section 6): paired group by group where the same
 * ids were scored, otherwise as independent. KLD and excess of populations whose sizes differ by more than 1% have no
 * answer.
 *
 * Errors: `usage`, for fewer than two models or two of one name; `mismatch`, for models scored by different options.
 */
export function compareModels(models: readonly ModelScore[]): Comparison {
  if (models.length < 2) {
    throw new DataError(
      'usage',
      `a comparison needs two models or more, found ${models.length}; give more scores`,
    )
  }
  const names = models.map(({ model }) => model)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) {
    throw new DataError(
      'usage',
      `two models are named ${twice}; give each a name of its own when it is scored`,
    )
  }
  for (const other of models.slice(1)) assertSameOptions(models[0], other)
  const pairs = models.flatMap((a, i) => models.slice(i + 1).map(b => [a, b] as const))
  const differences = STATISTICS.flatMap(statistic =>
    METRICS.flatMap(metric => adjusted(pairs.map(([a, b]) => differenceOf(a, b, metric, statistic)))),
  )
  return { differences, warnings: warningsOf(pairs) }
}

type Unadjusted = Omit<Difference, 'p_holm' | 'better'>

/** A family of tests with p-values adjusted over all that have one. */
function adjusted(family: readonly Unadjusted[]): Difference[] {
  const tested = family.filter(({ p }) => p !== null)
  const values = holm(tested.map(({ p }) => p as number))
  return family.map(difference => {
    const i = tested.indexOf(difference)
    const p_holm = i < 0 ? null : values[i]
    const { difference_nats, model_a, model_b } = difference
    const higher = (difference_nats ?? 0) > 0 ? model_a : model_b
    return { ...difference, p_holm, better: p_holm !== null && p_holm < LEVEL ? higher : null }
  })
}

function differenceOf(a: ModelScore, b: ModelScore, metric: Metric, statistic: Statistic): Unadjusted {
  const [x, y] = [statisticValue(a, metric, statistic), statisticValue(b, metric, statistic)]
  const paired = haveSameIds(a, b)
  const base = { metric, statistic, model_a: a.model, model_b: b.model, a_nats: x, b_nats: y, paired }
  const none = { difference_nats: null, se_nats: null, p: null }
  if (x === null || y === null) {
    const lacking = x === null ? a.model : b.model
    return { ...base, ...none, reason: `${lacking} has no such value` }
  }
  const [null_a, null_b] = [a[metric].null?.kind, b[metric].null?.kind]
  if (statistic === 'excess' && null_a !== null_b) {
    return { ...base, ...none, reason: `nulls ${null_a ?? 'none'} and ${null_b ?? 'none'}` }
  }
  if (statistic !== 'cv' && haveOtherSizes(a, b)) {
    return { ...base, ...none, reason: `populations of ${a.records} and ${b.records} records` }
  }
  const difference = x - y
  const error = differenceErrorOf(a, b, metric, statistic)
  if (error === undefined) {
    return { ...base, difference_nats: difference, se_nats: null, p: null, reason: 'no standard error' }
  }
  const { se, groups } = error
  const p = studentP(difference, se, groups - 1)
  return { ...base, difference_nats: difference, se_nats: se, p, reason: null }
}

/** A model's value of a statistic; null where there is none. */
export function statisticValue(model: ModelScore, metric: Metric, statistic: Statistic): number | null {
  return model[metric][`${statistic}_nats`] ?? null
}

/** Its standard error. */
export function errorOf(model: ModelScore, metric: Metric, statistic: Statistic): number | null {
  const score = model[metric]
  return (statistic === 'kld' ? score.se_nats : score[`${statistic}_se_nats`]) ?? null
}

export function haveOtherSizes(a: ModelScore, b: ModelScore): boolean {
  return Math.max(a.records, b.records) > MOST_SIZE_RATIO * Math.min(a.records, b.records)
}

/** Standard error of the difference of two models in a statistic; see `differenceError`. */
function differenceErrorOf(
  a: ModelScore,
  b: ModelScore,
  metric: Metric,
  statistic: Statistic,
): DifferenceError | undefined {
  return differenceError(sampledOf(a, metric, statistic), sampledOf(b, metric, statistic))
}

/** What the difference of two models in a statistic must exceed; see `differenceMargin`. */
export function differenceMarginOf(
  a: ModelScore,
  b: ModelScore,
  metric: Metric,
  statistic: Statistic,
): number {
  return differenceMargin(sampledOf(a, metric, statistic), sampledOf(b, metric, statistic))
}

/** A model's value of a statistic as one whose errors can be compared. */
export function sampledOf(model: ModelScore, metric: Metric, statistic: Statistic): GroupedValue & Spread {
  const { ids, jackknife } = model
  return {
    ids,
    groups: jackknife?.groups ?? [],
    se: errorOf(model, metric, statistic),
    byGroup: jackknife?.[metric]?.[`${statistic}_nats`],
    deviations: statistic === 'cv',
  }
}

/** Errors: `mismatch`, with the first option that differs. */
function assertSameOptions(a: ModelScore, b: ModelScore): void {
  const [difference] = jsonDifferences(optionsOf(a), optionsOf(b))
  if (difference === undefined) return
  const formatValue = (value: Json | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value))
  throw new DataError(
    'mismatch',
    `models ${a.model} and ${b.model} were scored with different options: ${difference.path} is ${formatValue(difference.a)} and ${formatValue(difference.b)}; score all with the same options`,
  )
}

function optionsOf({ kmer, angular }: ModelScore): Json {
  return { kmer: kmer.options, angular: angular.options } as unknown as Json
}

function warningsOf(pairs: readonly (readonly [ModelScore, ModelScore])[]): string[] {
  const warnings: string[] = []
  const sizes = pairs.filter(([a, b]) => haveOtherSizes(a, b))
  if (sizes.length > 0) {
    const least = sizes
      .flat()
      .reduce((size, { records }) => Math.min(size, records), Number.POSITIVE_INFINITY)
    const [a, b] = sizes[0]
    warnings.push(
      `${sizes.length} of ${pairs.length} pairs are of populations of different size (${a.model} has ${a.records} records, ${b.model} ${b.records}): KLD and excess depend on it and are not compared, and cross-validated values grow with it too; score all with --thin ${least}`,
    )
  }
  const unpaired = pairs.filter(([a, b]) => !haveSameIds(a, b))
  if (unpaired.length > 0) {
    const [a, b] = unpaired[0]
    warnings.push(
      `${unpaired.length} of ${pairs.length} pairs were not scored on the same ids (${a.model} and ${b.model}, say): they are compared as independent, with larger errors, and sequences may be what differs; score all on the same sequences`,
    )
  }
  return warnings
}
