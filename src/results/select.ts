import type { PerformanceTable } from './load-performance.js'
import { meanRanks } from '../stats/association.js'
import { beatenBy, figureAxis, type ParetoAxis as Axis } from '../stats/pareto.js'
import { columnReader, errorReader, joinCandidates, truthReader } from './join-performance.js'
import { differenceMarginOf, errorOf, statisticValue } from './compare.js'
import { parseFilter } from './model-filter.js'
import { overallOf } from './overall.js'
import { listed, plural } from '../core/english.js'
import type { ModelScore } from '../metrics/model-score.js'
import { type Verdict, verdictOf } from './verdict.js'
import { correlationsOf } from './correlations.js'
import type { FrontAxis, SelectedModel, Selection, SelectOptions } from './selection.js'

/**
 * Scores joined with figures of generalisation by the model's name: filtered, ranked, and which of them no other beats
 * (method, section 8). One model beats another where it is at least as high on every axis of the front, and on one of them
 * by more than half the 95% interval of the difference, paired where the same ids were scored.
 *
 * Errors: `column`, for a column that is not there, or not of numbers; `usage`, for a condition that cannot be read;
 * `empty`, where no model is on both sides.
 */
export function selectModels(
  scores: readonly ModelScore[],
  table: PerformanceTable,
  options: SelectOptions,
): Selection {
  const { consistency = 'cv', front = ['performance', 'kmer', 'angular'] } = options
  const candidates = joinCandidates(scores, table, options)
  const read = columnReader(table, candidates)
  const filters = (options.filters ?? []).map(text => parseFilter(text, read))
  const strata = options.strata ?? []
  for (const name of strata) read.require(name)
  const truth = truthReader(candidates, options, read)
  const performance = read.number(options.by)
  const byError = errorReader(options.byError, read)

  const rows = candidates.map(candidate => {
    const { score } = candidate
    const from = (column: string | undefined, metric: 'kmer' | 'angular') =>
      column !== undefined
        ? { value: read.number(column)(candidate), se: null }
        : {
            value: score === undefined ? null : statisticValue(score, metric, consistency),
            se: score === undefined ? null : errorOf(score, metric, consistency),
          }
    return {
      candidate,
      kept: filters.every(holds => holds(candidate)),
      stratum:
        strata.length === 0 ? null : strata.map(name => `${name} ${read.text(name)(candidate)}`).join(', '),
      performance: performance(candidate),
      kmer: from(options.kmerColumn, 'kmer'),
      angular: from(options.angularColumn, 'angular'),
      diversity: score?.kmer.diversity_folded ?? null,
      truth: truth?.of(candidate) ?? null,
    }
  })
  const kept = rows.filter(row => row.kept)
  type Joined = (typeof rows)[number]
  const consistencyAxis = (metric: 'kmer' | 'angular', column: string | undefined): Axis<Joined> => ({
    of: row => row[metric].value,
    margin: ({ candidate: { score: a } }, { candidate: { score: b } }) =>
      column !== undefined || a === undefined || b === undefined
        ? 0
        : differenceMarginOf(a, b, metric, consistency),
  })
  const axes: { readonly [axis in FrontAxis]: Axis<Joined> } = {
    performance: figureAxis(row => row.performance, {
      lower: options.lower === true,
      error: row => byError(row.candidate),
    }),
    kmer: consistencyAxis('kmer', options.kmerColumn),
    angular: consistencyAxis('angular', options.angularColumn),
    diversity: { of: row => row.diversity, margin: () => 0 },
  }
  const beaten = beatenBy(
    kept,
    front.map(axis => axes[axis]),
  )
  const rank = (axis: FrontAxis, among: (row: Joined) => readonly Joined[]) =>
    ranksOf(kept, axes[axis].of, among)
  const overall = () => kept
  const within = ({ stratum }: Joined) => kept.filter(row => row.stratum === stratum)
  const ranks = {
    performance: rank('performance', overall),
    kmer: rank('kmer', overall),
    angular: rank('angular', overall),
    diversity: rank('diversity', overall),
    stratum_performance: rank('performance', within),
    stratum_kmer: rank('kmer', within),
    stratum_angular: rank('angular', within),
  }
  const { means, ...ranking } = overallOf(
    kept.flatMap(({ candidate: { score } }) => score ?? []),
    options.overall,
    options.agreements,
  )
  const meanOf = ({ candidate }: Joined) => means.get(candidate.model) ?? null
  const overallRanks = ranksOf(kept, row => (meanOf(row) === null ? null : -(meanOf(row) as number)), overall)
  const models = rows.map((row): SelectedModel => {
    const at = kept.indexOf(row)
    const rankIn = (list: readonly (number | null)[]) => (at < 0 ? null : list[at])
    const isComplete = front.every(axis => axes[axis].of(row) !== null)
    const by = at < 0 ? undefined : beaten[at]
    const inStrata = (list: readonly (number | null)[]) => (strata.length === 0 ? null : rankIn(list))
    return {
      model: row.candidate.model,
      kept: row.kept,
      stratum: row.stratum,
      performance: row.performance,
      kmer_nats: row.kmer.value,
      kmer_se_nats: row.kmer.se,
      angular_nats: row.angular.value,
      angular_se_nats: row.angular.se,
      diversity: row.diversity,
      truth: row.truth,
      rank_performance: rankIn(ranks.performance),
      rank_kmer: rankIn(ranks.kmer),
      rank_angular: rankIn(ranks.angular),
      rank_diversity: rankIn(ranks.diversity),
      stratum_rank_performance: inStrata(ranks.stratum_performance),
      stratum_rank_kmer: inStrata(ranks.stratum_kmer),
      stratum_rank_angular: inStrata(ranks.stratum_angular),
      overall: at < 0 ? null : meanOf(row),
      rank_overall: rankIn(overallRanks),
      front: at < 0 || !isComplete ? null : by === undefined,
      beaten_by: by?.candidate.model ?? null,
    }
  })
  const unmatched = unmatchedOf(scores, table, options)
  const byName = new Map(kept.map(row => [row.candidate.model, row]))
  const joined = (name: string) => byName.get(name) as Joined
  const scored = kept.flatMap(({ candidate: { score } }) => score ?? [])
  const isScored =
    options.kmerColumn === undefined && options.angularColumn === undefined && scored.length > 0
  const verdict = verdictOf(scored, {
    statistic: consistency,
    performance: {
      label: options.by,
      axis: {
        of: name => axes.performance.of(joined(name)),
        margin: (a, b) => axes.performance.margin(joined(a), joined(b)),
      },
    },
  })
  return {
    verdict: isScored ? [...choiceOf(verdict, byName, options), ...verdict.sentences] : [],
    models: models.toSorted((a, b) => descending(a.kmer_nats, b.kmer_nats) || (a.model < b.model ? -1 : 1)),
    correlations: truth === undefined ? [] : correlationsOf(models, truth.name, filters.length > 0),
    overall: ranking,
    unmatched,
    warnings: warningsOf(models, unmatched),
  }
}

/** What to choose, and why. */
function choiceOf(
  { unbeaten }: Verdict,
  rows: ReadonlyMap<
    string,
    { readonly performance: number | null; readonly kmer: { readonly value: number | null } }
  >,
  { by, lower = false }: SelectOptions,
): string[] {
  if (unbeaten.length === 0) return []
  if (unbeaten.length === 1) return [`Choose ${unbeaten[0]}.`]
  const best = (of: (name: string) => number) => unbeaten.reduce((a, b) => (of(b) > of(a) ? b : a))
  const performance = (name: string) => (lower ? -1 : 1) * (rows.get(name)?.performance ?? Number.NaN)
  const [accurate, consistent] = [best(performance), best(name => rows.get(name)?.kmer.value ?? Number.NaN)]
  const why =
    accurate === consistent
      ? `${accurate} has both the best ${by} and the highest k-mer consistency of them`
      : `${accurate} has the best ${by} of them, ${consistent} the highest k-mer consistency`
  return [`Choose among ${listed(unbeaten)}: ${why}.`]
}

function ranksOf<R>(
  rows: readonly R[],
  of: (row: R) => number | null,
  among: (row: R) => readonly R[],
): (number | null)[] {
  return rows.map(row => {
    const value = of(row)
    if (value === null) return null
    const values = among(row).flatMap(other => of(other) ?? [])
    return meanRanks(values.map(other => -other))[values.indexOf(value)]
  })
}

function unmatchedOf(
  scores: readonly ModelScore[],
  table: PerformanceTable,
  { kmerColumn, angularColumn }: SelectOptions,
): Selection['unmatched'] {
  const scored = new Set(scores.map(({ model }) => model))
  const alone = kmerColumn !== undefined && angularColumn !== undefined
  return {
    scores: [...scored].filter(model => !table.rows.has(model)),
    performance: alone ? [] : [...table.rows.keys()].filter(model => !scored.has(model)),
  }
}

function warningsOf(models: readonly SelectedModel[], unmatched: Selection['unmatched']): string[] {
  const warnings: string[] = []
  if (unmatched.scores.length > 0) {
    warnings.push(
      `${plural(unmatched.scores.length, 'scored model is', 'scored models are')} not in the table: ${listed(unmatched.scores)}`,
    )
  }
  if (unmatched.performance.length > 0) {
    warnings.push(
      `${plural(unmatched.performance.length, 'model of the table is', 'models of the table are')} not scored: ${listed(unmatched.performance)}`,
    )
  }
  if (!models.some(({ kept }) => kept)) warnings.push('no model satisfies the filters')
  const lacking = models.filter(({ kept, front }) => kept && front === null).map(({ model }) => model)
  if (lacking.length > 0) {
    warnings.push(
      `${lacking.length} models lack a value and have no place on or off the front: ${listed(lacking)}`,
    )
  }
  return warnings
}

function descending(a: number | null, b: number | null): number {
  return (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY) || 0
}
