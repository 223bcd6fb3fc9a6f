import { pearson, spearman } from '../stats/association.js'
import { differenceError } from '../stats/difference-error.js'
import { dominatedBy } from '../stats/dominance.js'
import { Z95 } from '../stats/jackknife.js'
import { curves } from './curves.js'
import type { Figure } from './figure.js'
import { forest } from './forest.js'
import { shown, visible } from './markup.js'
import { consistencyOf, METRIC_NAMES, type Metric, type ModelView, type Statistic } from './models.js'
import { performanceColumn, strataOf } from './performance.js'
import type { ReportInput } from './report.js'
import { scatter, type ScatterPoint } from './scatter.js'
import { ALIKE, colourClass, type Strata } from './symbols.js'

/** What tells the models of a report apart. */
export function strataIn({ performance, strata }: ReportInput, models: readonly ModelView[]): Strata {
  if (performance === undefined) return ALIKE
  return strataOf(
    performance,
    models.map(({ name }) => name),
    strata,
  )
}

/** Every model's consistency with its errors. */
export function consistencyFigure(models: readonly ModelView[], metric: Metric, strata: Strata): Figure {
  return forest(models, metric, consistencyOf(models, metric), strata)
}

/** The performance of a model; null where it has none. */
export function performanceOf({ performance, performanceColumn: wanted }: ReportInput) {
  const column = performance && performanceColumn(performance, wanted)
  if (performance === undefined || column === undefined) return undefined
  return {
    column,
    of: ({ name }: ModelView) => {
      const value = performance.rows.get(name)?.[column]
      return typeof value === 'number' ? value : null
    },
  }
}

/**
 * Generalisation against consistency, with the models that no other beats, errors taken into account as `selectModels`
 * does; undefined where none is known.
 */
export function generalisationFigure(
  models: readonly ModelView[],
  metric: Metric,
  strata: Strata,
  input: ReportInput,
): Figure | undefined {
  const performance = performanceOf(input)
  if (performance === undefined) return undefined
  const { column, of } = performance
  const points = pointsOf(models, metric, of, value => `${column} ${shown(value, 4)}`)
  if (points.length === 0) return undefined
  const { label, statistic } = consistencyOf(models, metric)
  const values = points.map(({ x, y }) => [x, y])
  const spreads = points.map(({ model, se }) => spreadOf(model, metric, statistic, se))
  const error = (axis: number, i: number, j: number) =>
    axis === 0 ? 0 : Z95 * (differenceError(spreads[i], spreads[j]) ?? 0)
  const named = (beaten: readonly (number | undefined)[]) =>
    new Set(points.filter((_, i) => beaten[i] === undefined).map(({ model }) => model.name))
  const name = METRIC_NAMES[metric]
  return scatter(points, {
    id: `generalisation-${metric}`,
    title: `Generalisation and ${name} consistency`,
    description: `A point a model, ${visible(column)} against ${label}, with bars of one standard error. The broken line joins the Pareto front of the values as they are. Rings are round the models that no other beats once errors count: none is at least as high in both, and higher in ${visible(column)}, or in consistency by more than 1.96 standard errors of the difference.`,
    x: column,
    y: `${name}: ${label}`,
    strata,
    front: named(dominatedBy(values, () => 0)),
    unbeaten: named(dominatedBy(values, error)),
  })
}

/** Signal to noise against consistency, with their correlations; undefined where no model has ground truth. */
export function truthFigure(
  models: readonly ModelView[],
  metric: Metric,
  strata: Strata,
): Figure | undefined {
  const points = pointsOf(
    models,
    metric,
    ({ truth }) => truth?.snr ?? null,
    value => `SNR ${shown(value)}`,
  )
  if (points.length === 0) return undefined
  const x = points.map(point => point.x)
  const y = points.map(point => point.y)
  const correlations =
    points.length < 3
      ? 'Fewer than three models have no correlation.'
      : `Over ${points.length} models Pearson's r is ${shown(pearson(x, y))}, Spearman's ${shown(spearman(x, y))}.`
  const name = METRIC_NAMES[metric]
  const { label } = consistencyOf(models, metric)
  return scatter(points, {
    id: `truth-${metric}`,
    title: `Signal to noise and ${name} consistency`,
    description: `A point a model, the signal-to-noise ratio against ground truth by ${label}. ${correlations}`,
    x: 'signal-to-noise ratio against ground truth',
    y: `${name}: ${label}`,
    strata,
  })
}

/** What tells the error of a model's difference from another. */
function spreadOf(model: ModelView, metric: Metric, statistic: Statistic, se: number | null) {
  return { ...model.sampled, se, byGroup: model.byGroup[metric][statistic], parts: statistic === 'cv' }
}

function pointsOf(
  models: readonly ModelView[],
  metric: Metric,
  xOf: (model: ModelView) => number | null,
  say: (x: number) => string,
): ScatterPoint[] {
  const consistency = consistencyOf(models, metric)
  return models.flatMap(model => {
    const x = xOf(model)
    const y = consistency.of(model[metric])
    if (x === null || y === null) return []
    const se = consistency.se(model[metric])
    const error = se === null ? '' : ` ± ${shown(se)}`
    return [{ model, x, y, se, tip: `${say(x)}\n${METRIC_NAMES[metric]} ${shown(y)}${error} nats` }]
  })
}

/** How consistency settled over growing parts of the maps; undefined where no model tells. */
export function convergenceFigure(
  models: readonly ModelView[],
  metric: Metric,
  strata: Strata,
): Figure | undefined {
  const known = models.filter(({ convergence }) => convergence.length > 1)
  if (known.length === 0) return undefined
  const alike = strata.colours.length < 2
  const { label, of, se } = consistencyOf(known, metric)
  const name = METRIC_NAMES[metric]
  const list = known.map((model, i) => ({
    name: model.name,
    anchor: model.anchor,
    style: alike ? `s${i % 8}` : colourClass(strata, model.name),
    points: model.convergence.flatMap(point => {
      const y = of(point[metric])
      return y === null ? [] : [{ x: point.records, y, se: se(point[metric]) }]
    }),
  }))
  return curves(list, {
    id: `convergence-${metric}`,
    title: `Convergence, ${name} metric`,
    description: `${label[0].toUpperCase()}${label.slice(1)} of growing random parts of the maps, with a band of one standard error. A curve that still rises asks for more maps.`,
    x: 'maps',
    y: `${name}: ${label}`,
    logarithmic: true,
  })
}
