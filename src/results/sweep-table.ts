import { percent, withError } from '../core/format-number.js'
import type { Columns, Row } from '../core/table.js'
import type { ModelScore } from '../metrics/model-score.js'
import type { LargestSpread } from '../metrics/sweep-spread.js'

/** Version of the table of a sweep: a column may be added under the same one, never renamed, retyped or taken away. */
export const SWEEP_SCHEMA = 'attrstream.sweep/1'

/** The columns of sweep.csv and sweep.parquet, a row for each model and setting. */
export const SWEEP_COLUMNS = {
  model: 'text',
  records: 'whole',
  metric: 'text',
  setting: 'text',
  k: 'whole',
  q: 'real',
  window: 'whole',
  threshold_q: 'real',
  threshold_top: 'real',
  kld_nats: 'real',
  null_nats: 'real',
  excess_nats: 'real',
  se_nats: 'real',
  excess_se_nats: 'real',
  ci95_low_nats: 'real',
  ci95_high_nats: 'real',
  floor_share: 'real',
  cv_nats: 'real',
  cv_se_nats: 'real',
  cv_a: 'real',
  diversity: 'real',
  attributed_kmers: 'whole',
  points: 'whole',
  effective_points: 'real',
} as const satisfies Columns

/** The rows of models' sweeps. */
export function sweepTable(models: readonly ModelScore[]): Row[] {
  return models.flatMap(({ model, records, sweep = [] }) =>
    sweep.map(({ ci95_nats, ...row }) => ({
      model,
      records,
      ...row,
      ci95_low_nats: ci95_nats?.[0] ?? null,
      ci95_high_nats: ci95_nats?.[1] ?? null,
    })),
  )
}

/** The text of sweep.json: the same rows, and the settings in which models differ most. */
export function sweepJson(models: readonly ModelScore[], spreads: readonly LargestSpread[]): string {
  const names = Object.keys(SWEEP_COLUMNS)
  const rows = sweepTable(models).map(row => Object.fromEntries(names.map(name => [name, row[name] ?? null])))
  return `${JSON.stringify({ schema: SWEEP_SCHEMA, largest_spreads: spreads, rows }, null, 2)}\n`
}

/** The columns of the table that is printed. */
export const SHOWN_SWEEP_COLUMNS: Columns = {
  model: 'text',
  metric: 'text',
  setting: 'text',
  cv: 'real',
  excess: 'real',
  KLD: 'real',
  floor: 'real',
}

export function shownSweep(models: readonly ModelScore[]): Row[] {
  return models.flatMap(({ model, sweep = [] }) =>
    sweep.map(row => ({
      model,
      metric: row.metric,
      setting: row.setting,
      cv: withError(row.cv_nats, row.cv_se_nats),
      excess: withError(row.excess_nats, row.excess_se_nats),
      KLD: withError(row.kld_nats, row.se_nats),
      floor: percent(row.floor_share),
    })),
  )
}

/** Lines that name the settings in which models differ most. */
export function spreadLines(spreads: readonly LargestSpread[], models: number): string[] {
  return spreads.map(({ metric, of, setting, spread_nats, least, most }) => {
    const what = `${metric === 'kmer' ? 'k-mer' : metric} ${{ cv_nats: 'cv', kld_nats: 'KLD', excess_nats: 'excess' }[of]}`
    return `${what}: models differ most at ${setting}, by ${spread_nats.toPrecision(3)} nats (${least.model} to ${most.model}, of ${models})`
  })
}
