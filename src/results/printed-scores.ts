import { DataError } from '../core/errors.js'
import { percent, withError } from '../core/format-number.js'
import { didYouMean } from '../core/suggest.js'
import type { Columns, Row } from '../core/table.js'
import type { ModelScore } from '../metrics/model-score.js'
import { SCORE_TABLE_COLUMNS } from './scores-table.js'
import { shortVerdict, type Verdict } from './verdict.js'

/** The columns of the table that is printed: what models are compared by, and the verdict. */
export const BRIEF_COLUMNS: Columns = {
  '#': 'whole',
  model: 'text',
  maps: 'whole',
  'k-mer cv': 'real',
  'angular cv': 'real',
  verdict: 'text',
}

/** The rows of that table. */
export function briefRows(models: readonly ModelScore[], verdict: Verdict): Row[] {
  const ordered = byConsistency(models)
  const place = (name: string) => ordered.findIndex(({ model }) => model === name) + 1
  return ordered.map(({ model, records, kmer, angular }, i) => ({
    '#': i + 1,
    model,
    maps: records,
    'k-mer cv': withError(kmer.cv_nats, kmer.cv_se_nats),
    'angular cv': withError(angular.cv_nats, angular.cv_se_nats),
    verdict: shortVerdict(verdict, model, place),
  }))
}

/** Columns of scores.csv by their names. Error: `usage`, for one that is none. */
export function namedColumns(names: readonly string[]): Columns {
  return Object.fromEntries(
    names.map(name => {
      const kind = SCORE_TABLE_COLUMNS[name]
      if (kind === undefined) {
        const near = didYouMean(name, Object.keys(SCORE_TABLE_COLUMNS))
        throw new DataError('usage', `--columns has ${name}, which is not a column of scores.csv${near}`)
      }
      return [name, kind]
    }),
  )
}

/** The columns of the wide table: each value with its standard error. */
export const SHOWN_COLUMNS: Columns = {
  model: 'text',
  records: 'whole',
  'kmer cv': 'real',
  'kmer excess': 'real',
  'kmer KLD': 'real',
  'kmer floor': 'real',
  'angular cv': 'real',
  'angular excess': 'real',
  'angular KLD': 'real',
  'angular floor': 'real',
  'effective points': 'real',
}

/** Models by falling cross-validated k-mer value, then by name. */
export function byConsistency(models: readonly ModelScore[]): ModelScore[] {
  const cv = ({ kmer }: ModelScore) => kmer.cv_nats ?? Number.NEGATIVE_INFINITY
  return models.toSorted((a, b) => (cv(a) === cv(b) ? (a.model < b.model ? -1 : 1) : cv(b) - cv(a)))
}

/** The rows of the printed table. */
export function shownRows(models: readonly ModelScore[]): Row[] {
  return byConsistency(models).map(({ model, records, kmer, angular }) => ({
    model,
    records,
    'kmer cv': withError(kmer.cv_nats, kmer.cv_se_nats),
    'kmer excess': withError(kmer.excess_nats, kmer.excess_se_nats),
    'kmer KLD': withError(kmer.kld_nats, kmer.se_nats),
    'kmer floor': percent(kmer.floor_share),
    'angular cv': withError(angular.cv_nats, angular.cv_se_nats),
    'angular excess': withError(angular.excess_nats, angular.excess_se_nats),
    'angular KLD': withError(angular.kld_nats, angular.se_nats),
    'angular floor': percent(angular.floor_share),
    'effective points': String(Math.round(angular.effective_points)),
  }))
}
