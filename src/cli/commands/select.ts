import type { ArgumentsCamelCase, InferredOptionTypes } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Columns, Row } from '../../core/table.js'
import { STATISTICS } from '../../results/compare.js'
import { loadModels } from '../../scoring/load-models.js'
import { loadPerformance, performanceColumn } from '../../results/load-performance.js'
import { loadAgreement } from '../../results/load-agreement.js'
import { CRITERIA, type Criterion } from '../../results/overall.js'
import { selectModels } from '../../results/select.js'
import { FRONT_AXES, type FrontAxis, type Selection } from '../../results/selection.js'
import { withError } from '../../core/format-number.js'
import { log } from '../job/log.js'
import type { Command } from '../job/command.js'
import { FIGURE_FLAGS, figureErrorOf, requireColumn } from '../flags/performance-flags.js'
import { writeTable, tableFlags, type TableResult, withScores } from '../output/tables.js'

const SELECT_FLAGS = {
  performance: {
    string: true,
    demandOption: true,
    describe: 'table with a column model and held-out performance: CSV, TSV, Parquet or Arrow',
  },
  by: {
    string: true,
    describe: 'column of held-out performance (default: the first of AUROC, AUPR, Pearson r ...)',
  },
  ...FIGURE_FLAGS,
  filter: {
    string: true,
    array: true,
    describe: "rank only models that satisfy this, e.g. 'auroc>=0.97' or 'task==ATAC'; repeat to combine",
  },
  strata: { string: true, describe: 'columns to rank within as well, e.g. task,activation' },
  'truth-column': {
    string: true,
    describe: 'column to correlate consistency with (default: the signal-to-noise ratio that was scored)',
  },
  consistency: { choices: STATISTICS, default: 'cv' as const, describe: 'consistency statistic to rank by' },
  'kmer-column': {
    string: true,
    describe: 'column of the table to take k-mer consistency from (default: the scores)',
  },
  'angular-column': {
    string: true,
    describe: 'column of the table to take angular consistency from (default: the scores)',
  },
  front: {
    string: true,
    default: 'performance,kmer,angular',
    describe: 'axes of the Pareto front: performance, kmer, angular, diversity',
  },
  overall: {
    string: true,
    default: 'kmer,agreement',
    describe: 'criteria whose mean rank is the overall rank: kmer, agreement, positive_share',
  },
  agreement: {
    string: true,
    describe: 'agreement.json that agree wrote, for agreement with the others (default: from the scores)',
  },
  ...tableFlags('selection'),
} as const

type Flags = InferredOptionTypes<typeof SELECT_FLAGS> & { scores?: string[] }

export const SELECTION_SCHEMA = 'attrstream.selection/1'

/** Columns of selection.csv and selection.parquet, one row a model. */
export const SELECTION_COLUMNS: Columns = {
  model: 'text',
  kept: 'flag',
  stratum: 'text',
  performance: 'real',
  kmer_nats: 'real',
  kmer_se_nats: 'real',
  angular_nats: 'real',
  angular_se_nats: 'real',
  diversity: 'real',
  truth: 'real',
  rank_performance: 'real',
  rank_kmer: 'real',
  rank_angular: 'real',
  rank_diversity: 'real',
  stratum_rank_performance: 'real',
  stratum_rank_kmer: 'real',
  stratum_rank_angular: 'real',
  front: 'flag',
  beaten_by: 'text',
  overall: 'real',
  rank_overall: 'real',
}

const CORRELATION_COLUMNS: Columns = {
  of: 'text',
  with: 'text',
  over: 'text',
  models: 'whole',
  pearson: 'real',
  pearson_p: 'real',
  spearman: 'real',
  spearman_p: 'real',
}

export const selectCommand: Command<Flags> = {
  builder: yargs =>
    withScores(yargs)
      .options(SELECT_FLAGS)
      .example("$0 select scores/ --performance models.csv --by auroc --filter 'auroc>=0.97'", '')
      .example('$0 select scores/ --performance models.parquet --by pearson_r --strata task,activation', '')
      .example(
        '$0 select --performance models.csv --by auroc --kmer-column kmer_kld --angular-column angular_kld',
        'consistency from columns of the table',
      ),
  handler: select,
}

/** `attrstream select`. */
async function select(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const { scores: paths = [], consistency } = flags
  if (paths.length === 0 && (flags.kmerColumn === undefined || flags.angularColumn === undefined)) {
    throw new DataError(
      'usage',
      'select needs scores; name scores.json files, folders or states, or give --kmer-column and --angular-column',
    )
  }
  const models = await loadModels(paths)
  const table = await loadPerformance(flags.performance)
  requireColumn(flags, flags.by, '--by')
  const by = performanceColumn(table, flags.by)
  if (by === undefined) {
    throw new DataError('column', 'has no column of numbers to rank by; add one', { file: flags.performance })
  }
  const selection = selectModels(
    models.map(({ score }) => score),
    table,
    {
      by,
      lower: flags.lower,
      byError: figureErrorOf(flags.bySe),
      filters: flags.filter,
      strata: listOf(flags.strata),
      truthColumn: flags.truthColumn,
      consistency,
      kmerColumn: flags.kmerColumn,
      angularColumn: flags.angularColumn,
      front: axesOf(flags.front),
      overall: criteriaOf(flags.overall),
      agreements: flags.agreement === undefined ? undefined : (await loadAgreement(flags.agreement)).models,
    },
  )
  const { warnings, ...found } = selection
  if (models.length > 0) {
    for (const { name, reason } of found.overall.left_out) {
      log.report('note', `overall rank without ${name}: ${reason}`, { name, reason })
    }
  }
  const result: TableResult = {
    name: 'selection',
    schema: SELECTION_SCHEMA,
    columns: SELECTION_COLUMNS,
    rows: found.models as unknown as Row[],
    content: { by, consistency, ...found },
    warnings,
    sentences: selection.verdict,
    shown: [
      shownTable(selection, by, consistency),
      ...(selection.correlations.length > 0
        ? [{ columns: CORRELATION_COLUMNS, rows: selection.correlations as unknown as Row[] }]
        : []),
    ],
  }
  await writeTable(result, flags)
}

/** The selection for people: values with their errors, ranks of performance, k-mers and angles side by side. */
function shownTable({ models, correlations }: Selection, by: string, consistency: Flags['consistency']) {
  const truth = correlations[0]?.with.replace(/^truth_snr$/, 'SNR') ?? 'truth'
  const columns: Columns = {
    model: 'text',
    stratum: 'text',
    [by]: 'real',
    [`k-mer ${consistency}`]: 'real',
    [`angular ${consistency}`]: 'real',
    [truth]: 'real',
    rank: 'text',
    ranks: 'text',
    'in stratum': 'text',
    'beaten by': 'text',
  }
  const rows = models.map((of): Row => {
    const { model, kept, stratum, front } = of
    return {
      model,
      stratum,
      [by]: of.performance,
      [`k-mer ${consistency}`]: withError(of.kmer_nats, of.kmer_se_nats),
      [`angular ${consistency}`]: withError(of.angular_nats, of.angular_se_nats),
      [truth]: of.truth,
      rank: of.overall === null ? null : String(of.rank_overall),
      ranks: kept ? joinRanks(of.rank_performance, of.rank_kmer, of.rank_angular) : 'left out',
      'in stratum': joinRanks(of.stratum_rank_performance, of.stratum_rank_kmer, of.stratum_rank_angular),
      'beaten by': front === null ? null : front ? 'none' : of.beaten_by,
    }
  })
  const used = Object.entries(columns).filter(([name]) => rows.some(row => row[name] !== null))
  return { columns: Object.fromEntries(used), rows }
}

/** Ranks of performance, k-mers and angles, as in `2/1/1`. */
function joinRanks(...ranks: (number | null)[]): string | null {
  return ranks.every(rank => rank === null) ? null : ranks.map(rank => rank ?? '-').join('/')
}

function listOf(text: string | undefined): string[] | undefined {
  return text?.split(',').flatMap(name => name.trim() || [])
}

/** Errors: `usage`. */
function criteriaOf(text: string): Criterion[] {
  const criteria = listOf(text) ?? []
  const wrong = criteria.find(name => !(CRITERIA as readonly string[]).includes(name))
  if (wrong !== undefined || criteria.length === 0) {
    throw new DataError(
      'usage',
      `--overall has ${wrong ?? 'nothing'}, expected some of ${CRITERIA.join(', ')}`,
    )
  }
  return criteria as Criterion[]
}

/** Errors: `usage`. */
function axesOf(text: string): FrontAxis[] {
  const axes = listOf(text) ?? []
  const wrong = axes.find(axis => !(FRONT_AXES as readonly string[]).includes(axis))
  if (wrong !== undefined || axes.length === 0) {
    throw new DataError(
      'usage',
      `--front has ${wrong ?? 'nothing'}, expected some of ${FRONT_AXES.join(', ')}`,
    )
  }
  return axes as FrontAxis[]
}
