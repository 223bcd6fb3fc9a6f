import type { Row } from '../core/table.js'
import type { ModelScore } from '../metrics/model-score.js'
import { SCORE_COLUMNS, scoreRows } from './scores-table.js'

/** Columns of the scores that the table of MultiQC has, with their heading and how their numbers are written. */
const SHOWN = {
  records: { title: 'Maps', format: '{:,.0f}' },
  kmer_cv_nats: { title: 'k-mer cv', format: '{:,.4f}', suffix: ' nats' },
  kmer_cv_se_nats: {
    title: 'k-mer SE',
    description: 'standard error of the k-mer consistency',
    format: '{:,.4f}',
    suffix: ' nats',
    hidden: true,
  },
  angular_cv_nats: { title: 'Angular cv', format: '{:,.4f}', suffix: ' nats' },
  angular_cv_se_nats: {
    title: 'Angular SE',
    description: 'standard error of the angular consistency',
    format: '{:,.4f}',
    suffix: ' nats',
    hidden: true,
  },
  agreement_with_others: { title: 'Agreement', format: '{:,.3f}', min: 0, max: 1 },
  observed_base_share: { title: 'Observed base', format: '{:,.3f}', min: 0, max: 1 },
  truth_snr: { title: 'SNR', format: '{:,.2f}' },
  truth_auroc: { title: 'Truth AUROC', format: '{:,.3f}', min: 0, max: 1 },
} as const

/**
 * The text of scores_mqc.json: the scores as custom content of MultiQC, which finds it by its name and shows it as a table, one
 * row per model. Columns that no model has are left out.
 */
export function multiqcJson(models: readonly ModelScore[]): string {
  const rows = scoreRows(models)
  const names = Object.keys(SHOWN).filter(name =>
    rows.some(row => row[name] !== null),
  ) as (keyof typeof SHOWN)[]
  const aboutOf = new Map(SCORE_COLUMNS.map(({ name, about }) => [name, about]))
  const content = {
    id: 'attrstream',
    section_name: 'attrstream',
    description:
      'Consistency of attribution maps: cross-validated k-mer and angular consistency of each model, in nats. Noise scores 0; compare models on the same sequences only.',
    plot_type: 'table',
    pconfig: {
      id: 'attrstream_scores',
      title: 'attrstream: consistency of attribution maps',
      col1_header: 'Model',
    },
    headers: Object.fromEntries(
      names.map(name => [name, { description: aboutOf.get(name), ...SHOWN[name] }]),
    ),
    data: Object.fromEntries(rows.map(row => [String(row['model']), valuesOf(row, names)])),
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

function valuesOf(row: Row, names: readonly string[]) {
  return Object.fromEntries(names.flatMap(name => (row[name] === null ? [] : [[name, row[name]]])))
}
