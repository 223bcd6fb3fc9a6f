import type { InferredOptionTypes } from 'yargs'
import { PALETTES } from '../../report/figures/theme.js'
import { FIGURE_FLAGS } from './performance-flags.js'

/** What a report shows as well as scores. */
export const REPORT_FLAGS = {
  performance: {
    string: true,
    describe: 'table with a column model and held-out performance: CSV, TSV, Parquet or Arrow',
  },
  'performance-column': {
    string: true,
    describe: 'column of held-out performance (default: the first of AUROC, AUPR, Pearson r ...)',
  },
  ...FIGURE_FLAGS,
  strata: { string: true, describe: 'columns shown by colour and shape, e.g. task,activation' },
  maps: { string: true, array: true, describe: 'files of maps to draw, one per model' },
  ids: { string: true, describe: 'ids to draw, separated by commas (default: the first three)' },
  palette: { choices: PALETTES, default: PALETTES[0], describe: 'colours of the letters in logos' },
} as const

export type ReportFlags = InferredOptionTypes<typeof REPORT_FLAGS>
