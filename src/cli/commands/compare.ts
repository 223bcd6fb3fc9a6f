import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Columns, Row } from '../../core/table.js'
import { percent, withError } from '../../core/format-number.js'
import type { ModelScore } from '../../metrics/model-score.js'
import {
  compareModels,
  type Difference,
  errorOf,
  haveOtherSizes,
  METRICS,
  STATISTICS,
  statisticValue,
} from '../../results/compare.js'
import { ranking, rankingText } from '../../results/ranking.js'
import { loadAgreement } from '../../results/load-agreement.js'
import { loadPerformance } from '../../results/load-performance.js'
import {
  groupByPattern,
  groupsOf,
  type Replicates,
  replicatesOf,
  type ReplicateValue,
} from '../../results/replicates.js'
import { type Words, wordsOf, wordsWarnings } from '../../results/words.js'
import { type LoadedModel, loadModels } from '../../scoring/load-models.js'
import type { Command } from '../job/command.js'
import { writeTable, tableFlags, type TableResult, withScores } from '../output/tables.js'

const COMPARE_FLAGS = {
  statistic: {
    choices: STATISTICS,
    array: true,
    describe: 'cv, excess or kld, or several (default: cv in the printed table, all in files)',
  },
  replicates: {
    string: true,
    describe:
      "regular expression on model names that groups replicates, e.g. '_s[0-9]+$': the group is the first bracket, or else the name without the match",
  },
  by: {
    string: true,
    describe: 'column of --performance that groups replicates, e.g. arch',
  },
  performance: { string: true, describe: 'table with a column model: CSV, TSV, Parquet or Arrow' },
  agreement: {
    string: true,
    describe: 'agreement.json written by agree, for agreement within and between groups',
  },
  metric: { choices: METRICS, array: true, describe: 'kmer or angular (default: both)' },
  pairs: {
    boolean: true,
    default: false,
    describe: 'print every pair with its difference, error and p-value',
  },
  ...tableFlags('comparison'),
} as const

type Flags = InferredOptionTypes<typeof COMPARE_FLAGS> & { scores?: string[] }

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

export const compareCommand: Command<Flags> = {
  builder: yargs =>
    withScores(yargs)
      .options(COMPARE_FLAGS)
      .example('$0 compare scores/', 'all models of a run')
      .example("$0 compare scores/ --replicates '_s[0-9]+$'", 'architectures, each by its seeds')
      .example('$0 compare a/scores.json b.state --statistic cv excess', 'two runs on the same sequences')
      .example('$0 compare scores/ --format json --out comparison/', ''),
  handler: compare,
}

/** `attrstream compare`. */
async function compare(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const { scores: paths = [], statistic, metric } = flags
  if (paths.length === 0)
    throw new DataError('usage', 'compare needs scores; name scores.json files, folders or states')
  const models = await loadModels(paths)
  const { differences, warnings } = compareModels(models.map(({ score }) => score))
  const words = wordsOfLoaded(models)
  const replicates = await replicatesAsked(flags, models)
  const wanted = (all: Difference) =>
    (statistic === undefined || statistic.includes(all.statistic)) &&
    (metric === undefined || metric.includes(all.metric))
  const kept = differences.filter(wanted)
  const shown = statistic === undefined ? kept.filter(each => each.statistic === 'cv') : kept
  const result: TableResult = {
    name: 'comparison',
    schema: COMPARISON_SCHEMA,
    columns: COMPARISON_COLUMNS,
    rows: kept as unknown as Row[],
    content: {
      models: models.map(({ source, score }) => ({
        model: score.model,
        source,
        records: score.records,
        ids: score.ids,
        composition: score.kmer.composition ?? null,
        position: score.kmer.position ?? null,
        support: score.support ?? null,
      })),
      differences: kept,
      words: words ?? null,
      ...(replicates === undefined ? {} : { replicates }),
    },
    warnings: [...warnings, ...(words === undefined ? [] : wordsWarnings(words))],
    sentences: rankingLines(differences, shown),
    shown: [
      flags.pairs
        ? { columns: shownColumns(shown), rows: shown.map(shownRow) }
        : rankedTable(models, differences, shown),
      { columns: MODEL_COLUMNS, rows: models.map(({ score }) => modelRow(score)) },
      ...(words === undefined ? [] : [wordsTable(words)]),
      ...(replicates === undefined ? [] : replicateTables(replicates)),
    ],
  }
  await writeTable(result, flags)
}

/** Replicates as the options group them; undefined if none does. Errors: `usage`, `column`; those of reading the files. */
async function replicatesAsked(
  { replicates: pattern, by, performance, agreement, statistic }: ArgumentsCamelCase<Flags>,
  models: readonly LoadedModel[],
): Promise<Replicates | undefined> {
  if (pattern === undefined && by === undefined) return undefined
  if (pattern !== undefined && by !== undefined)
    throw new DataError('usage', 'give --replicates or --by, not both')
  const scores = models.map(({ score }) => score)
  const names = scores.map(({ model }) => model)
  const groupOf =
    pattern === undefined ? await groupByColumn(by as string, performance, names) : groupByPattern(pattern)
  const pairs =
    agreement === undefined
      ? models.flatMap(({ pairs = [] }) => pairs)
      : (await loadAgreement(agreement)).pairs
  return replicatesOf(scores, groupsOf(names, groupOf), statistic?.[0] ?? 'cv', pairs)
}

async function groupByColumn(
  column: string,
  performance: string | undefined,
  names: readonly string[],
): Promise<(model: string) => string> {
  if (performance === undefined) {
    throw new DataError('usage', '--by is a column of a table of models; give the table with --performance')
  }
  const { rows, columns } = await loadPerformance(performance)
  if (!columns.some(({ name }) => name === column)) {
    const there = columns.map(({ name }) => name).join(', ')
    throw new DataError('column', `has no column ${column}, found ${there}; give one of them`, {
      file: performance,
    })
  }
  const missing = names.find(name => (rows.get(name)?.[column] ?? null) === null)
  if (missing !== undefined) {
    throw new DataError('column', `has no ${column} of ${missing}, expected one of each model`, {
      file: performance,
    })
  }
  return model => String(rows.get(model)?.[column])
}

/** Groups of replicates, and how they differ. */
function replicateTables({ groups, differences }: Replicates) {
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

/** The words of models whose k-mers are known: all of them, or none. */
function wordsOfLoaded(models: readonly LoadedModel[]): Words | undefined {
  const known = models.flatMap(({ score, counts }) => (counts === undefined ? [] : [{ score, counts }]))
  if (known.length < models.length) return undefined
  return wordsOf(known, (a, b) => !haveOtherSizes(a, b))
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
function rankingLines(differences: readonly Difference[], shown: readonly Difference[]): string[] {
  return [
    ...familiesOf(differences, shown).map(({ title, ranked }) => `${title}: ${rankingText(ranked)}`),
    'Models of one group, or with a letter in common, do not differ (p >= 0.05, adjusted by Holm); --pairs prints every pair.',
  ]
}

/** Each model with its values, errors and letters. */
function rankedTable(
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
const MODEL_COLUMNS: Columns = {
  model: 'text',
  'base share': 'real',
  'composition share': 'real',
  'beyond position': 'real',
  'positive share': 'real',
}

function modelRow({ model, kmer, support }: ModelScore): Row {
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
function wordsTable({ order, share }: Words): { columns: Columns; rows: Row[] } {
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

function shownRow(difference: Difference): Row {
  const { p_holm: p } = difference
  return { ...difference, p_holm: p !== null && p < LEAST_P ? `< ${LEAST_P}` : p }
}

/** Columns that say the same of every pair, or nothing, are left to the other forms. */
function shownColumns(differences: readonly Difference[]): Columns {
  const reasons = differences.some(({ reason }) => reason !== null)
  const statistics = new Set(differences.map(({ statistic }) => statistic)).size > 1
  return Object.fromEntries(
    Object.entries(COMPARISON_COLUMNS).filter(
      ([name]) => name !== 'p' && (name !== 'reason' || reasons) && (name !== 'statistic' || statistics),
    ),
  )
}
