import type { SweepRow } from './sweep.js'

/** The values that models are distinguished by. */
export type SpreadOf = 'cv_nats' | 'kld_nats' | 'excess_nats'

/** The setting of a sweep in which models differ most, from the least to the largest value. */
export interface LargestSpread {
  readonly metric: SweepRow['metric']
  readonly of: SpreadOf
  readonly setting: string
  /** Largest less least value. */
  readonly spread_nats: number
  readonly least: { readonly model: string; readonly nats: number }
  readonly most: { readonly model: string; readonly nats: number }
}

interface SweptModel {
  readonly model: string
  readonly sweep?: readonly SweepRow[] | undefined
}

/**
 * The settings in which the cross-validated values, the KLDs and the excesses of models differ most, as hyperparameters are to be chosen; settings
 * in which a model has no value are left out, and nothing is told of fewer than two models.
 *
 * Source: the paper, 2.1 and 2.2.
 */
export function mostSeparatingSettings(models: readonly SweptModel[]): LargestSpread[] {
  if (models.length < 2) return []
  const found: LargestSpread[] = []
  for (const metric of ['kmer', 'angular'] as const) {
    for (const of of ['cv_nats', 'kld_nats', 'excess_nats'] as const) {
      let largest: LargestSpread | undefined
      const settings = new Set(
        (models[0].sweep ?? []).filter(row => row.metric === metric).map(({ setting }) => setting),
      )
      for (const setting of settings) {
        const spread = spreadOf(models, metric, of, setting)
        if (spread !== undefined && !(spread.spread_nats <= (largest?.spread_nats ?? -1))) largest = spread
      }
      if (largest !== undefined) found.push(largest)
    }
  }
  return found
}

function spreadOf(
  models: readonly SweptModel[],
  metric: SweepRow['metric'],
  of: SpreadOf,
  setting: string,
): LargestSpread | undefined {
  let least: LargestSpread['least'] | undefined
  let most: LargestSpread['most'] | undefined
  for (const { model, sweep = [] } of models) {
    const nats = sweep.find(row => row.metric === metric && row.setting === setting)?.[of]
    if (nats === undefined || nats === null) return undefined
    if (least === undefined || nats < least.nats) least = { model, nats }
    if (most === undefined || nats > most.nats) most = { model, nats }
  }
  return least && most && { metric, of, setting, spread_nats: most.nats - least.nats, least, most }
}
