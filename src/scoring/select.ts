import { DataError } from '../core/errors.js'
import type { PerformanceTable } from '../report/performance.js'
import { scoreRows } from '../sinks/scores-rows.js'
import { meanRanks, pearson, spearman } from '../stats/association.js'
import { dominatedBy } from '../stats/dominance.js'
import { correlationP } from '../stats/significance.js'
import { differenceError, errorOf, type Statistic, valueOf } from './compare.js'
import type { ModelScore } from './scores.js'

/** What models are held against one another by. */
export type FrontAxis = 'performance' | 'kmer' | 'angular' | 'diversity'
export const FRONT_AXES: readonly FrontAxis[] = ['performance', 'kmer', 'angular', 'diversity']

export interface SelectOptions {
  /** Column of the figure of generalisation. */
  readonly by: string
  /** Whether less of it is better, as of a loss. */
  readonly lower?: boolean | undefined
  /** Its standard error: a number, or a column that has it. None by default. */
  readonly byError?: number | string | undefined
  /** Conditions that models must meet to be ranked, as in `auroc>=0.97`. */
  readonly filters?: readonly string[] | undefined
  /** Columns whose values part the models. */
  readonly strata?: readonly string[] | undefined
  /** Column of what is known of the models' maps, such as their true SNR; by default the SNR that was scored. */
  readonly truthColumn?: string | undefined
  /** What consistency is; the cross-validated value by default. */
  readonly consistency?: Statistic | undefined
  /** Columns of the table that have the consistency, in place of scores. */
  readonly kmerColumn?: string | undefined
  readonly angularColumn?: string | undefined
  /** Axes of the Pareto front: performance, kmer and angular by default. */
  readonly front?: readonly FrontAxis[] | undefined
}

/** A model of a selection; null where there is no value. Ranks are from 1, the best; equal values share the mean of theirs. */
export interface SelectedModel {
  readonly model: string
  /** Whether it meets the conditions: only those that do are ranked. */
  readonly kept: boolean
  readonly stratum: string | null
  readonly performance: number | null
  readonly kmer_nats: number | null
  readonly kmer_se_nats: number | null
  readonly angular_nats: number | null
  readonly angular_se_nats: number | null
  /** Effective number of k-mers, both strands as one. */
  readonly diversity: number | null
  readonly truth: number | null
  readonly rank_performance: number | null
  readonly rank_kmer: number | null
  readonly rank_angular: number | null
  readonly rank_diversity: number | null
  readonly stratum_rank_performance: number | null
  readonly stratum_rank_kmer: number | null
  readonly stratum_rank_angular: number | null
  /** Whether no other model beats it, errors taken into account. */
  readonly front: boolean | null
  /** A model that beats it. */
  readonly beaten_by: string | null
}

/** How one value goes with what is known, over the models that have both. */
export interface Correlation {
  readonly of: 'performance' | 'kmer' | 'angular'
  readonly with: string
  readonly over: 'all' | 'kept'
  readonly models: number
  readonly pearson: number | null
  readonly pearson_p: number | null
  readonly spearman: number | null
  readonly spearman_p: number | null
}

export interface Selection {
  readonly models: readonly SelectedModel[]
  readonly correlations: readonly Correlation[]
  /** Models of one side that the other lacks. */
  readonly unmatched: { readonly scores: readonly string[]; readonly performance: readonly string[] }
  readonly warnings: readonly string[]
}

/** Two-sided 95% quantile of the normal distribution. */
const Z95 = 1.959963984540054

/**
 * Scores joined with figures of generalisation by the model's name: filtered, ranked, and which of them no other beats
 * (method, section 8). One model beats another where it is at least as high on every axis of the front, and on one of them
 * by more than 1.96 standard errors of the difference, paired where the same ids were scored.
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
  const candidates = joined(scores, table, options)
  const read = reader(table, candidates)
  const filters = (options.filters ?? []).map(text => parseFilter(text, read))
  const strata = options.strata ?? []
  for (const name of strata) read.require(name)
  const truth = truthReader(candidates, options, read)
  const performance = read.number(options.by)

  const rows = candidates.map(candidate => {
    const { score } = candidate
    const from = (column: string | undefined, metric: 'kmer' | 'angular') =>
      column !== undefined
        ? { value: read.number(column)(candidate), se: null }
        : {
            value: score === undefined ? null : valueOf(score, metric, consistency),
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
  const sign = options.lower === true ? -1 : 1
  const kept = rows.filter(row => row.kept)
  type Joined = (typeof rows)[number]
  const axes: { readonly [axis in FrontAxis]: (row: Joined) => number | null } = {
    performance: row => (row.performance === null ? null : sign * row.performance),
    kmer: row => row.kmer.value,
    angular: row => row.angular.value,
    diversity: row => row.diversity,
  }
  const byError = errorReader(options.byError, read)
  const errorBetween = (axis: FrontAxis, a: Joined, b: Joined): number => {
    if (axis === 'diversity') return 0
    if (axis === 'performance') return Z95 * Math.hypot(byError(a.candidate), byError(b.candidate))
    const column = axis === 'kmer' ? options.kmerColumn : options.angularColumn
    const [x, y] = [a.candidate.score, b.candidate.score]
    if (column !== undefined || x === undefined || y === undefined) return 0
    return Z95 * (differenceError(x, y, axis, consistency) ?? 0)
  }
  const beaten = dominatedBy(
    kept.map(row => front.map(axis => axes[axis](row))),
    (axis, i, j) => errorBetween(front[axis], kept[i], kept[j]),
  )
  const rank = (axis: FrontAxis, among: (row: Joined) => readonly Joined[]) =>
    ranksOf(kept, axes[axis], among)
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
  const models = rows.map((row): SelectedModel => {
    const at = kept.indexOf(row)
    const rankIn = (list: readonly (number | null)[]) => (at < 0 ? null : list[at])
    const isComplete = front.every(axis => axes[axis](row) !== null)
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
      front: at < 0 || !isComplete ? null : by === undefined,
      beaten_by: by === undefined ? null : kept[by].candidate.model,
    }
  })
  const unmatched = unmatchedOf(scores, table, options)
  return {
    models: models.toSorted((a, b) => descending(a.kmer_nats, b.kmer_nats) || (a.model < b.model ? -1 : 1)),
    correlations: truth === undefined ? [] : correlationsOf(models, truth.name, filters.length > 0),
    unmatched,
    warnings: warningsOf(models, unmatched),
  }
}

/** A model of the table, with its scores where they are used. */
interface Candidate {
  readonly model: string
  readonly figures: { readonly [column: string]: string | number | null }
  readonly score: ModelScore | undefined
}

function joined(scores: readonly ModelScore[], table: PerformanceTable, options: SelectOptions): Candidate[] {
  const names = scores.map(({ model }) => model)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) {
    throw new DataError(
      'usage',
      `two models are named ${twice}; give each a name of its own when it is scored`,
    )
  }
  const byName = new Map(scores.map(score => [score.model, score]))
  const alone = options.kmerColumn !== undefined && options.angularColumn !== undefined
  const candidates = [...table.rows].flatMap(([model, figures]): Candidate[] => {
    const score = byName.get(model)
    return score !== undefined || alone ? [{ model, figures, score }] : []
  })
  if (candidates.length > 0) return candidates
  const some = (list: readonly string[]) => list.slice(0, 3).join(', ') || 'none'
  throw new DataError(
    'empty',
    `names none of the scored models: found ${some([...table.rows.keys()])}, expected ${some(names)}; models are joined by name, so score with --model, or rename them in the table`,
    { file: table.name },
  )
}

type Read<T> = (candidate: Candidate) => T

/** Reads columns of the table, or else of the scores' own. */
function reader(table: PerformanceTable, candidates: readonly Candidate[]) {
  const flat = new Map(
    candidates.flatMap(({ model, score }) =>
      score === undefined ? [] : [[model, scoreRows([score])[0]] as const],
    ),
  )
  const ofScores = new Set([...flat.values()].flatMap(row => Object.keys(row)))
  const has = (name: string) => table.columns.some(column => column.name === name) || ofScores.has(name)
  const require = (name: string) => {
    if (has(name)) return
    const there = table.columns.map(column => column.name).join(', ')
    throw new DataError(
      'column',
      `has no column ${name}, found ${there}; name one of them, or of scores.csv`,
      {
        file: table.name,
      },
    )
  }
  const cell = (name: string): Read<string | number | boolean | null> => {
    require(name)
    return ({ model, figures }) => (name in figures ? figures[name] : (flat.get(model)?.[name] ?? null))
  }
  return {
    require,
    cell,
    text:
      (name: string): Read<string> =>
      candidate =>
        String(cell(name)(candidate) ?? ''),
    number(name: string): Read<number | null> {
      const of = cell(name)
      const word = candidates.map(of).find(value => value !== null && typeof value !== 'number')
      if (word === undefined) return candidate => of(candidate) as number | null
      throw new DataError(
        'column',
        `column ${name} holds ${JSON.stringify(word)}, expected numbers; name another`,
        {
          file: table.name,
        },
      )
    },
  }
}

type Reader = ReturnType<typeof reader>

function errorReader(error: SelectOptions['byError'], read: Reader): Read<number> {
  if (error === undefined) return () => 0
  if (typeof error === 'number') return () => error
  const of = read.number(error)
  return candidate => of(candidate) ?? 0
}

/** What is known of the models' maps; undefined where nothing is. */
function truthReader(
  candidates: readonly Candidate[],
  { truthColumn }: SelectOptions,
  read: Reader,
): { readonly name: string; readonly of: Read<number | null> } | undefined {
  if (truthColumn !== undefined) return { name: truthColumn, of: read.number(truthColumn) }
  if (!candidates.some(({ score }) => score?.truth !== undefined)) return undefined
  return { name: 'truth_snr', of: ({ score }) => score?.truth?.snr ?? null }
}

const OPERATORS: { readonly [operator: string]: (order: number) => boolean } = {
  '>=': order => order >= 0,
  '<=': order => order <= 0,
  '==': order => order === 0,
  '!=': order => order !== 0,
  '>': order => order > 0,
  '<': order => order < 0,
}

/** A condition on a column, as in `auroc>=0.97` or `task==ATAC`; a model without a value does not meet it. Errors: `usage`. */
function parseFilter(text: string, read: Reader): Read<boolean> {
  const found = /^\s*(.+?)\s*(>=|<=|==|!=|>|<)\s*(.*?)\s*$/.exec(text)
  if (found === null) {
    throw new DataError(
      'usage',
      `filter is ${text}, expected a column, one of >= > <= < == !=, and a value, as in auroc>=0.97`,
    )
  }
  const [, column, operator, wanted] = found
  const of = read.cell(column)
  const number = wanted === '' ? Number.NaN : Number(wanted)
  const holds = OPERATORS[operator]
  return candidate => {
    const value = of(candidate)
    if (value === null) return false
    if (typeof value === 'number') {
      if (Number.isNaN(number)) {
        throw new DataError(
          'usage',
          `filter ${text} compares numbers with ${JSON.stringify(wanted)}, expected a number`,
        )
      }
      return holds(value - number)
    }
    if (operator !== '==' && operator !== '!=') {
      throw new DataError('usage', `filter ${text} orders words, expected == or != for column ${column}`)
    }
    return holds(String(value) === wanted ? 0 : 1)
  }
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

function correlationsOf(models: readonly SelectedModel[], name: string, filtered: boolean): Correlation[] {
  const values = { performance: 'performance', kmer: 'kmer_nats', angular: 'angular_nats' } as const
  return (['kmer', 'angular', 'performance'] as const).flatMap(of =>
    (filtered ? (['all', 'kept'] as const) : (['all'] as const)).map(over => {
      const pairs = models.flatMap(model => {
        const [x, y] = [model[values[of]], model.truth]
        return x === null || y === null || (over === 'kept' && !model.kept) ? [] : [[x, y] as const]
      })
      const [x, y] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)]
      const several = pairs.length >= 3
      const [r, rho] = several ? [pearson(x, y), spearman(x, y)] : []
      return {
        of,
        with: name,
        over,
        models: pairs.length,
        pearson: r ?? null,
        pearson_p: r === undefined ? null : (correlationP(r, pairs.length) ?? null),
        spearman: rho ?? null,
        spearman_p: rho === undefined ? null : (correlationP(rho, pairs.length) ?? null),
      }
    }),
  )
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
  const listed = (list: readonly string[]) =>
    `${list.slice(0, 5).join(', ')}${list.length > 5 ? `, and ${list.length - 5} more` : ''}`
  if (unmatched.scores.length > 0) {
    warnings.push(
      `${unmatched.scores.length} scored models are not in the table: ${listed(unmatched.scores)}`,
    )
  }
  if (unmatched.performance.length > 0) {
    warnings.push(
      `${unmatched.performance.length} models of the table are not scored: ${listed(unmatched.performance)}`,
    )
  }
  if (!models.some(({ kept }) => kept)) warnings.push('no model meets the conditions')
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
