import { differenceMargin } from '../stats/difference-error.js'
import { beatenBy, beatenByValue, figureAxis, type ParetoAxis } from '../stats/pareto.js'
import { consistencyView, type MetricName, type ModelView } from './models.js'
import { type PerformanceTable, performanceColumn } from '../results/load-performance.js'
import type { ReportInput } from './input.js'

/** The figure of generalisation that consistency is held against. */
export interface Performance {
  readonly table: PerformanceTable
  readonly column: string
  readonly lower: boolean
  readonly hasErrors: boolean
  /** Its value; null where there is none. */
  readonly of: (model: ModelView) => number | null
  /** Its standard error; null where none is known. */
  readonly se: (model: ModelView) => number | null
}

/** The figure of generalisation of a report; undefined where it has no table, or one without numbers. */
export function performanceOf({
  performance: table,
  performanceColumn: wanted,
  lower = false,
  performanceErrors: errors,
}: ReportInput): Performance | undefined {
  const column = table && performanceColumn(table, wanted)
  if (table === undefined || column === undefined) return undefined
  return {
    table,
    column,
    lower,
    hasErrors: errors !== undefined,
    of: ({ name }) => finite(table.rows.get(name)?.[column]),
    se: ({ name }) => finite(errors?.get(name)) || null,
  }
}

/** Models that no other beats by a figure of generalisation and consistency, and which beats the others. */
export interface Front {
  /** Names of those on the Pareto front of the values as they are. */
  readonly plain: ReadonlySet<string>
  /** Names of those that none beats, errors taken into account; they hold the plain front. */
  readonly unbeaten: ReadonlySet<string>
  /** What beats each of the others. */
  readonly beatenBy: ReadonlyMap<string, ModelView>
}

/** The front that `selectModels` finds with these axes. Models that lack a value have no place on or off it. */
export function frontOf(
  models: readonly ModelView[],
  performance: Performance,
  metrics: readonly MetricName[],
): Front {
  const axes = [
    figureAxis(performance.of, { lower: performance.lower, error: model => performance.se(model) ?? 0 }),
    ...metrics.map(metric => consistencyAxis(models, metric)),
  ]
  const byName = new Map(models.map(model => [model.name, model]))
  // In the order of the table: where several beat a model, the first is named.
  const known = [...performance.table.rows.keys()].flatMap(name => {
    const model = byName.get(name)
    return model !== undefined && axes.every(({ of }) => of(model) !== null) ? [model] : []
  })
  const named = (beaten: readonly (ModelView | undefined)[]) =>
    new Set(known.filter((_, i) => beaten[i] === undefined).map(({ name }) => name))
  const beaten = beatenBy(known, axes)
  return {
    plain: named(beatenByValue(known, axes)),
    unbeaten: named(beaten),
    beatenBy: new Map(known.flatMap(({ name }, i) => (beaten[i] === undefined ? [] : [[name, beaten[i]]]))),
  }
}

function consistencyAxis(models: readonly ModelView[], metric: MetricName): ParetoAxis<ModelView> {
  const { statistic, of, se } = consistencyView(models, metric)
  const spreadOf = (model: ModelView) => ({
    ...model.sampled,
    se: se(model[metric]),
    byGroup: model.byGroup[metric][statistic],
    deviations: statistic === 'cv',
  })
  return {
    of: model => of(model[metric]),
    margin: (a, b) => differenceMargin(spreadOf(a), spreadOf(b)),
  }
}

function finite(value: string | number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
