import { groupBy, mapResult, pipe } from '../core/compose.js'
import type { AttributionRecord, Json, OpaqueAccumulator } from '../core/types.js'
import { thin } from '../stages/thin.js'
import { type Cuts, STATE_FORMAT, type StatisticsOptions } from './statistics.js'
import { rotationDraws } from './angular/accumulator.js'

/** Name of the one population of a run that is not split by a column. */
export const ALL = 'all'

/** What is added up over the records of a population. */
export type RecordAccumulator<T> = OpaqueAccumulator<AttributionRecord, T>

/** An accumulator for each model, of the records that are looked at; a single one, under `all`, where records are not split. */
export function byModel<T>(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  make: (model: string) => RecordAccumulator<T>,
): RecordAccumulator<ReadonlyMap<string, T>> {
  const { fraction } = options
  const models = ofModels(options, cuts, make)
  return fraction === undefined ? models : pipe(thin({ fraction }), models)
}

function ofModels<T>(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  make: (model: string) => RecordAccumulator<T>,
): RecordAccumulator<ReadonlyMap<string, T>> {
  if (!options.byModel) return mapResult(make(ALL), result => new Map([[ALL, result]]))
  const params: Json = {
    metrics: options.metrics as unknown as Json,
    populationPrior: options.populationPrior,
    cuts: cuts?.kind === 'brackets' ? [...cuts.of].map(([model, bracket]) => [model, { ...bracket }]) : null,
    ...(options.truth === undefined ? {} : { truth: { ...options.truth } }),
    ...(options.readout === true ? { readout: true } : {}),
    format: options.format ?? STATE_FORMAT,
    ...(options.nulls?.kmer === 'shift' ? { shifted: true } : {}),
    ...(rotationDraws(options).length > 0 ? { rotated: rotationDraws(options).length } : {}),
    ...(options.sweep === undefined ? {} : { sweep: options.sweep as unknown as Json }),
    ...(cuts?.kind === 'brackets' && cuts.others !== undefined
      ? { otherCuts: [...cuts.others].map(([model, of]) => [model, { ...of }]) as unknown as Json }
      : {}),
  }
  return groupBy(record => record.model ?? ALL, make, params)
}
