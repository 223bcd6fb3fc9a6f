import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Columns, Row } from '../../core/table.js'
import { compareModels, type Difference, METRICS, STATISTICS } from '../../results/compare.js'
import { loadModels } from '../../scoring/load-models.js'
import type { Command } from '../job/command.js'
import { deliverTable, tableFlags, type TableResult, withScores } from '../output/tables.js'

const COMPARE_FLAGS = {
  statistic: {
    choices: STATISTICS,
    array: true,
    describe: 'cv, excess or kld, or several (cv in a table for people, all of them else)',
  },
  metric: { choices: METRICS, array: true, describe: 'kmer or angular (both)' },
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
      .example('$0 compare scores/', 'every two models of a run')
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
      models: models.map(({ source, score: { model, records, ids } }) => ({ model, source, records, ids })),
      differences: kept,
    },
    warnings,
    shown: [{ columns: shownColumns(shown), rows: shown.map(shownRow) }],
  }
  await deliverTable(result, flags)
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
