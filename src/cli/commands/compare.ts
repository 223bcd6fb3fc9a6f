import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Row } from '../../core/table.js'
import { compareModels, type Difference, haveOtherSizes, METRICS, STATISTICS } from '../../results/compare.js'
import { loadAgreement } from '../../results/load-agreement.js'
import { loadPerformance } from '../../results/load-performance.js'
import { groupByPattern, groupsOf, type Replicates, replicatesOf } from '../../results/replicates.js'
import { type Words, wordsOf, wordsWarnings } from '../../results/words.js'
import { type LoadedModel, loadModels } from '../../scoring/load-models.js'
import type { Command } from '../job/command.js'
import {
  COMPARISON_COLUMNS,
  COMPARISON_SCHEMA,
  MODEL_COLUMNS,
  modelRow,
  rankedTable,
  rankingLines,
  replicateTables,
  shownColumns,
  shownRow,
  wordsTable,
} from '../output/comparison-tables.js'
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

/** The words of models whose k-mers are known: all of them, or none. */
function wordsOfLoaded(models: readonly LoadedModel[]): Words | undefined {
  const known = models.flatMap(({ score, counts }) => (counts === undefined ? [] : [{ score, counts }]))
  if (known.length < models.length) return undefined
  return wordsOf(known, (a, b) => !haveOtherSizes(a, b))
}
