import { percent, withError } from '../../core/format-number.js'
import type { Columns, Row } from '../../core/table.js'
import type { ModelScore } from '../../metrics/model-score.js'
import { type Difference, errorOf, METRICS, STATISTICS, statisticValue } from '../../results/compare.js'
import { ranking, rankingText } from '../../results/ranking.js'
import type { Replicates, ReplicateValue } from '../../results/replicates.js'
import type { Words } from '../../results/words.js'
import type { LoadedModel } from '../../scoring/load-models.js'

export const COMPARISON_SCHEMA = 'attrstream.comparison/1'

/** Columns of comparison.csv and comparison.parquet, one row a pair, metric and statistic. */
export const COMPARISON_COLUMNS: Columns = {
  metric: 'text',
  statistic: 'text',
  model_a: 'text',
  model_b: 'text',
  a_nats: 'real',
  b_nats: 'real',
  difference_nats: 'real',
  se_nats: 'real',
  p: 'real',
  p_holm: 'real',
  paired: 'flag',
  better: 'text',
  reason: 'text',
}

const METRIC_WORDS = { kmer: 'k-mer', angular: 'angular' } as const

/** What is ranked: each metric and statistic that is shown, with its models by falling value. */
function familiesOf(differences: readonly Difference[], shown: readonly Difference[]) {
  return METRICS.flatMap(metric =>
    STATISTICS.flatMap(statistic => {
      if (!shown.some(each => each.metric === metric && each.statistic === statistic)) return []
      const pairs = differences.filter(each => each.metric === metric && each.statistic === statistic)
      const values = new Map<string, number | null>(
        pairs.flatMap(({ model_a, a_nats, model_b, b_nats }) => [
          [model_a, a_nats],
          [model_b, b_nats],
        ]),
      )
      const names = [...values]
        .filter(([, value]) => value !== null)
        .toSorted(([, a], [, b]) => Number(b) - Number(a))
      const better = new Set(
        pairs.filter(each => each.better !== null).map(({ model_a, model_b }) => pairKey(model_a, model_b)),
      )
      const ranked = ranking(
        names.map(([name]) => name),
        (a, b) => better.has(pairKey(a, b)) || better.has(pairKey(b, a)),
      )
      return { metric, statistic, title: `${METRIC_WORDS[metric]} ${statistic}`, ranked }
    }),
  )
}

function pairKey(a: string, b: string): string {
  return JSON.stringify([a, b])
}

/** A line for each metric: `k-mer cv: 1 A > 2 B > 3-5 C, D, E`. */
export function rankingLines(differences: readonly Difference[], shown: readonly Difference[]): string[] {
  return [
    ...familiesOf(differences, shown).map(({ title, ranked }) => `${title}: ${rankingText(ranked)}`),
    'Models of one group, or with a letter in common, do not differ (p >= 0.05, adjusted by Holm); --pairs prints every pair.',
  ]
}

/** Each model with its values, errors and letters. */
export function rankedTable(
  models: readonly LoadedModel[],
  differences: readonly Difference[],
  shown: readonly Difference[],
): { columns: Columns; rows: Row[] } {
  const families = familiesOf(differences, shown)
  const columns: { [name: string]: 'text' | 'real' } = { model: 'text' }
  for (const [i, { title, ranked }] of families.entries()) {
    columns[title] = 'real'
    if (ranked.letters !== null) columns[lettersTitle(i)] = 'text'
  }
  const order = families[0]?.ranked.groups.flatMap(({ names }) => names) ?? []
  const place = ({ score }: LoadedModel) =>
    (order.indexOf(score.model) + order.length + 1) % (order.length + 1)
  const rows = models
    .toSorted((a, b) => place(a) - place(b))
    .map(({ score }) => {
      const row: { [name: string]: string | null } = { model: score.model }
      for (const [i, { title, metric, statistic, ranked }] of families.entries()) {
        row[title] = withError(statisticValue(score, metric, statistic), errorOf(score, metric, statistic))
        row[lettersTitle(i)] = ranked.letters?.get(score.model) ?? null
      }
      return row
    })
  return { columns, rows }
}

/** Columns have names of their own, which the heads of letters hardly need. */
const lettersTitle = (i: number): string => ' '.repeat(i + 1)

/** What more than consistency is shown of each model. */
export const MODEL_COLUMNS: Columns = {
  model: 'text',
  'base share': 'real',
  'composition share': 'real',
  'beyond position': 'real',
  'positive share': 'real',
}

/** The row of those columns. */
export function modelRow({ model, kmer, support }: ModelScore): Row {
  const { composition, position } = kmer
  return {
    model,
    'base share': percent(composition?.base_share ?? null),
    'composition share': percent(composition?.composition_share ?? null),
    'beyond position': withError(
      position?.beyond_position_nats ?? null,
      position?.beyond_position_se_nats ?? null,
    ),
    'positive share': percent(support?.positive_share ?? null),
  }
}

/** Shares of each column's words that each row's model predicts. */
export function wordsTable({ order, share }: Words): { columns: Columns; rows: Row[] } {
  const columns = Object.fromEntries(
    ['words of', ...order].map((name, i) => [name, i === 0 ? 'text' : 'real']),
  )
  const rows = share.map((row, i) =>
    Object.fromEntries([['words of', order[i]], ...row.map((value, j) => [order[j], percent(value)])]),
  )
  return { columns: columns as Columns, rows }
}

/** Smaller p-values hang on the farthest tail of a distribution that is only approximately Student's: all print alike. */
const LEAST_P = 1e-15

/** A pair as it is printed. */
export function shownRow(difference: Difference): Row {
  const { p_holm: p } = difference
  return { ...difference, p_holm: p !== null && p < LEAST_P ? `< ${LEAST_P}` : p }
}

/** Columns that say the same of every pair, or nothing, are left to the other forms. */
export function shownColumns(differences: readonly Difference[]): Columns {
  const reasons = differences.some(({ reason }) => reason !== null)
  const statistics = new Set(differences.map(({ statistic }) => statistic)).size > 1
  return Object.fromEntries(
    Object.entries(COMPARISON_COLUMNS).filter(
      ([name]) => name !== 'p' && (name !== 'reason' || reasons) && (name !== 'statistic' || statistics),
    ),
  )
}

/** Groups of replicates, and how they differ. */
export function replicateTables({ groups, differences }: Replicates) {
  const spread = ({ mean, sd }: ReplicateValue) => (mean === null ? null : withSpread(mean, sd))
  return [
    {
      columns: GROUP_COLUMNS,
      rows: groups.map(
        ({ group, members, kmer, angular, agreement_within }): Row => ({
          group,
          replicates: members.length,
          'kmer mean': spread(kmer),
          'angular mean': spread(angular),
          'agreement within': agreement_within?.toFixed(3) ?? null,
        }),
      ),
    },
    ...(differences.length === 0
      ? []
      : [
          {
            columns: GROUP_TESTS,
            rows: differences.map(
              (of): Row => ({
                metric: of.metric,
                'group a': of.group_a,
                'group b': of.group_b,
                difference: withError(of.difference_nats, of.se_nats),
                p_holm: of.p_holm,
                better: of.better,
                'agreement between': of.agreement_between?.toFixed(3) ?? null,
                reason: of.reason,
              }),
            ),
          },
        ]),
  ]
}

/** `0.51 (sd 0.03)`. */
function withSpread(mean: number, sd: number | null): string {
  return sd === null ? mean.toPrecision(4) : `${mean.toPrecision(4)} (sd ${sd.toPrecision(2)})`
}

const GROUP_COLUMNS: Columns = {
  group: 'text',
  replicates: 'whole',
  'kmer mean': 'text',
  'angular mean': 'text',
  'agreement within': 'text',
}

const GROUP_TESTS: Columns = {
  metric: 'text',
  'group a': 'text',
  'group b': 'text',
  difference: 'text',
  p_holm: 'real',
  better: 'text',
  'agreement between': 'text',
  reason: 'text',
}
