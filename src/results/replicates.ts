import { DataError } from '../core/errors.js'
import { differenceError, haveSameIds, type GroupedValue, type Spread } from '../stats/difference-error.js'
import { deviationsSe, jackknifeSe } from '../stats/jackknife.js'
import { holm, studentP } from '../stats/significance.js'
import type { PairAgreement } from '../metrics/agreement.js'
import type { ModelScore } from '../metrics/model-score.js'
import { type Metric, METRICS, sampledOf, type Statistic, statisticValue } from './compare.js'

/** Models that differ by chance alone, such as seeds or folds of one architecture. */
export interface ReplicateGroup {
  readonly group: string
  readonly members: readonly string[]
}

/** One statistic over the replicates of a group, in nats; null where there is none. */
export interface ReplicateValue {
  readonly replicates: number
  readonly mean: number | null
  /** Standard deviation over replicates. */
  readonly sd: number | null
  /** Standard error of the mean by replicates: sd / sqrt(replicates). */
  readonly se_replicates: number | null
  /** Standard error of the mean by records, which replicates share. */
  readonly se_records: number | null
}

export interface GroupSummary extends ReplicateGroup {
  readonly kmer: ReplicateValue
  readonly angular: ReplicateValue
  /** Mean agreement of every two replicates; null if that is not known. */
  readonly agreement_within: number | null
}

/** How two groups differ in the mean over their replicates. */
export interface GroupDifference {
  readonly metric: Metric
  readonly statistic: Statistic
  readonly group_a: string
  readonly group_b: string
  /** a - b. */
  readonly difference_nats: number | null
  /** Over other replicates and other records. */
  readonly se_nats: number | null
  /** Degrees of freedom, by Satterthwaite. */
  readonly freedom: number | null
  readonly p: number | null
  /** Adjusted by Holm over all pairs of groups of the metric. */
  readonly p_holm: number | null
  readonly better: string | null
  readonly reason: string | null
  /** Mean agreement of a model of one with a model of the other; null if that is not known. */
  readonly agreement_between: number | null
}

export interface Replicates {
  readonly groups: readonly GroupSummary[]
  readonly differences: readonly GroupDifference[]
}

const LEVEL = 0.05

/**
 * The group of a model by a pattern on its name: what the first bracket of the pattern holds, or, without brackets, the name less what
 * matches. A name that does not match is a group by itself. Error: `usage`, for a pattern that is none.
 */
export function groupByPattern(pattern: string): (model: string) => string {
  let expression: RegExp
  try {
    expression = new RegExp(pattern)
  } catch (error) {
    throw new DataError('usage', `${pattern} is not a regular expression: ${(error as Error).message}`)
  }
  return model => {
    const found = expression.exec(model)
    if (found === null) return model
    return found[1] ?? (model.slice(0, found.index) + model.slice(found.index + found[0].length) || model)
  }
}

/** The groups of models, in the order of their first members. */
export function groupsOf(models: readonly string[], groupOf: (model: string) => string): ReplicateGroup[] {
  const groups = new Map<string, string[]>()
  for (const model of models) {
    const group = groupOf(model)
    const members = groups.get(group)
    if (members === undefined) groups.set(group, [model])
    else members.push(model)
  }
  return [...groups].map(([group, members]) => ({ group, members }))
}

/**
 * Replicates summed up, and every two groups compared in the mean over their replicates: by Welch's test with replicates as the
 * unit, to whose variance that over records is added, since all replicates see the same ones. A replicate's own noise over records is
 * in both, which makes the test careful.
 *
 * Source: B. L. Welch, Biometrika 34 (1947); degrees of freedom by F. E. Satterthwaite, Biometrics Bulletin 2 (1946).
 */
export function replicatesOf(
  scores: readonly ModelScore[],
  groups: readonly ReplicateGroup[],
  statistic: Statistic,
  pairs: readonly Pick<PairAgreement, 'a' | 'b' | 'agreement'>[] = [],
): Replicates {
  const byName = new Map(scores.map(score => [score.model, score]))
  const known = groups.map(({ members }) => members.flatMap(member => byName.get(member) ?? []))
  const agreements = new Map(
    pairs.flatMap(({ a, b, agreement }) => [
      [`${a}\n${b}`, agreement],
      [`${b}\n${a}`, agreement],
    ]),
  )
  const meanAgreement = (found: readonly (readonly [string, string])[]) => {
    const values = found.map(([a, b]) => agreements.get(`${a}\n${b}`) ?? null)
    if (values.length === 0 || values.includes(null)) return null
    return mean(values as number[])
  }
  const within = (members: readonly string[]) =>
    meanAgreement(members.flatMap((a, i) => members.slice(i + 1).map(b => [a, b] as const)))
  const between = (a: ReplicateGroup, b: ReplicateGroup) =>
    meanAgreement(a.members.flatMap(x => b.members.map(y => [x, y] as const)))
  const differences = METRICS.flatMap(metric => {
    const tests = groups.flatMap((a, i) =>
      groups.slice(i + 1).map((b, j) => ({
        ...differenceOf(a.group, b.group, known[i], known[i + 1 + j], metric, statistic),
        agreement_between: between(a, b),
      })),
    )
    const tested = tests.filter(({ p }) => p !== null)
    const adjusted = holm(tested.map(({ p }) => p as number))
    return tests.map((test): GroupDifference => {
      const at = tested.indexOf(test)
      const p_holm = at < 0 ? null : adjusted[at]
      const higher = (test.difference_nats ?? 0) > 0 ? test.group_a : test.group_b
      return { ...test, p_holm, better: p_holm !== null && p_holm < LEVEL ? higher : null }
    })
  })
  return {
    groups: groups.map((group, i) => ({
      ...group,
      kmer: valueOver(known[i], 'kmer', statistic),
      angular: valueOver(known[i], 'angular', statistic),
      agreement_within: within(group.members),
    })),
    differences,
  }
}

/** Values of the models that have one. */
function valuesOf(scores: readonly ModelScore[], metric: Metric, statistic: Statistic): number[] {
  return scores.flatMap(score => statisticValue(score, metric, statistic) ?? [])
}

function valueOver(scores: readonly ModelScore[], metric: Metric, statistic: Statistic): ReplicateValue {
  const values = valuesOf(scores, metric, statistic)
  if (values.length === 0)
    return { replicates: 0, mean: null, sd: null, se_replicates: null, se_records: null }
  const sd = deviation(values)
  return {
    replicates: values.length,
    mean: mean(values),
    sd,
    se_replicates: sd === null ? null : sd / Math.sqrt(values.length),
    se_records: meanOf(scores, metric, statistic)?.se ?? null,
  }
}

function differenceOf(
  group_a: string,
  group_b: string,
  a: readonly ModelScore[],
  b: readonly ModelScore[],
  metric: Metric,
  statistic: Statistic,
) {
  const none = {
    metric,
    statistic,
    group_a,
    group_b,
    difference_nats: null,
    se_nats: null,
    freedom: null,
    p: null,
  }
  const [x, y] = [valuesOf(a, metric, statistic), valuesOf(b, metric, statistic)]
  if (x.length < a.length || y.length < b.length || x.length === 0 || y.length === 0) {
    return { ...none, reason: 'some replicates have no such value' }
  }
  const difference_nats = mean(x) - mean(y)
  const [s, t] = [deviation(x), deviation(y)]
  if (s === null || t === null) {
    return { ...none, difference_nats, reason: `${s === null ? group_a : group_b} has one replicate` }
  }
  const [meanA, meanB] = [meanOf(a, metric, statistic), meanOf(b, metric, statistic)]
  const records = meanA && meanB && differenceError(meanA, meanB)
  if (records === undefined) return { ...none, difference_nats, reason: 'no standard error over records' }
  const parts = [
    { variance: s ** 2 / x.length, freedom: x.length - 1 },
    { variance: t ** 2 / y.length, freedom: y.length - 1 },
    { variance: records.se ** 2, freedom: records.groups - 1 },
  ]
  const variance = parts.reduce((sum, part) => sum + part.variance, 0)
  const freedom = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0)
  const se_nats = Math.sqrt(variance)
  const p = variance > 0 ? studentP(difference_nats, se_nats, freedom) : difference_nats === 0 ? 1 : 0
  return { ...none, difference_nats, se_nats, freedom: variance > 0 ? freedom : null, p, reason: null }
}

/** The mean of replicates as a value with its error over records; undefined if that is not known. */
function meanOf(
  scores: readonly ModelScore[],
  metric: Metric,
  statistic: Statistic,
): (GroupedValue & Spread) | undefined {
  const sampled = scores.map(score => sampledOf(score, metric, statistic))
  const [first] = sampled
  if (first === undefined) return undefined
  const n = sampled.length
  const together = sampled.every(
    other => haveSameIds(other, first) && other.byGroup?.length === first.groups.length,
  )
  if (together && first.byGroup != null) {
    const byGroup = first.byGroup.map((_, g) => mean(sampled.map(of => of.byGroup?.[g] ?? 0)))
    return { ...first, byGroup, se: first.deviations ? deviationsSe(byGroup) : jackknifeSe(byGroup) }
  }
  const squares = sampled.map(({ se }) => (se === null ? Number.NaN : se ** 2))
  const se = Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / n
  return Number.isNaN(se) ? undefined : { ...first, ids: null, byGroup: null, se }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard deviation with n - 1; null for one value. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}
