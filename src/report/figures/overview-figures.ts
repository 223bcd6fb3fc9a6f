import { pearson, spearman } from '../../stats/association.js'
import { curves } from './curves.js'
import type { Figure } from './figure.js'
import { forest } from './forest.js'
import { type Performance, frontOf } from '../front.js'
import { formatNumber, visible } from '../markup.js'
import { consistencyView, METRIC_NAMES, type MetricName, type ModelView } from '../models.js'
import { strataOf } from '../strata.js'
import type { ReportInput } from '../input.js'
import { scatter, type ScatterPoint } from './scatter.js'
import { ALIKE, colourClass, type Strata } from './symbols.js'

/** What distinguishes the models of a report. */
export function strataIn({ performance, strata }: ReportInput, models: readonly ModelView[]): Strata {
  if (performance === undefined) return ALIKE
  return strataOf(
    performance,
    models.map(({ name }) => name),
    strata,
  )
}

/** Every model's consistency with its errors. */
export function consistencyFigure(models: readonly ModelView[], metric: MetricName, strata: Strata): Figure {
  return forest(models, metric, consistencyView(models, metric), strata)
}

/** Generalisation against consistency, with the front of the two; undefined where no model has both. */
export function generalisationFigure(
  models: readonly ModelView[],
  metric: MetricName,
  strata: Strata,
  performance: Performance | undefined,
): Figure | undefined {
  if (performance === undefined) return undefined
  const { column, lower, hasErrors, of, se } = performance
  const points = pointsOf(models, metric, of, se, (value, error) => `${column} ${withError(value, error, 4)}`)
  if (points.length === 0) return undefined
  const { label } = consistencyView(models, metric)
  const { plain, unbeaten } = frontOf(models, performance, [metric])
  const name = METRIC_NAMES[metric]
  const figure = visible(column)
  const better = hasErrors
    ? 'and better in one of them by more than half the 95% interval of the difference'
    : `and better in ${figure}, or in consistency by more than half the 95% interval of the difference`
  return scatter(points, {
    id: `generalisation-${metric}`,
    title: `Generalisation and ${name} consistency`,
    description: `One point per model, ${figure} (${lower ? 'lower' : 'higher'} is better) against ${label}, with bars of one standard error. The broken line joins the Pareto front of the values as they are. Rings are round the models that no other beats once errors count: none is at least as good in both, ${better}.`,
    x: `${column}, better ${lower ? '←' : '→'}`,
    y: `${name}: ${label}, better →`,
    strata,
    front: plain,
    unbeaten,
  })
}

/** Signal to noise against consistency, with their correlations; undefined where no model has ground truth. */
export function truthFigure(
  models: readonly ModelView[],
  metric: MetricName,
  strata: Strata,
): Figure | undefined {
  const points = pointsOf(
    models,
    metric,
    ({ truth }) => truth?.snr ?? null,
    () => null,
    value => `SNR ${formatNumber(value)}`,
  )
  if (points.length === 0) return undefined
  const x = points.map(point => point.x)
  const y = points.map(point => point.y)
  const correlations =
    new Set(points.map(point => `${point.x} ${point.y}`)).size < 5
      ? 'Fewer than five distinct models: no correlation is shown.'
      : `Over ${points.length} models Pearson's r is ${formatNumber(pearson(x, y))}, Spearman's ${formatNumber(spearman(x, y))}.`
  const name = METRIC_NAMES[metric]
  const { label } = consistencyView(models, metric)
  return scatter(points, {
    id: `truth-${metric}`,
    title: `Signal to noise and ${name} consistency`,
    description: `One point per model, the signal-to-noise ratio against ground truth by ${label}. ${correlations}`,
    x: 'signal-to-noise ratio against ground truth',
    y: `${name}: ${label}`,
    strata,
  })
}

function pointsOf(
  models: readonly ModelView[],
  metric: MetricName,
  xOf: (model: ModelView) => number | null,
  xErrorOf: (model: ModelView) => number | null,
  say: (x: number, error: number | null) => string,
): ScatterPoint[] {
  const consistency = consistencyView(models, metric)
  return models.flatMap(model => {
    const x = xOf(model)
    const y = consistency.of(model[metric])
    if (x === null || y === null) return []
    const xError = xErrorOf(model)
    const se = consistency.se(model[metric])
    const tip = `${say(x, xError)}\n${METRIC_NAMES[metric]} ${withError(y, se)} nats`
    return [{ model, x, xError, y, se, tip }]
  })
}

function withError(value: number, error: number | null, digits = 3): string {
  return `${formatNumber(value, digits)}${error === null ? '' : ` ± ${formatNumber(error, digits)}`}`
}

/** How consistency settled over growing parts of the maps; undefined where no model tells. */
export function convergenceFigure(
  models: readonly ModelView[],
  metric: MetricName,
  strata: Strata,
): Figure | undefined {
  const known = models.filter(({ convergence }) => convergence.length > 1)
  if (known.length === 0) return undefined
  const alike = strata.colours.length < 2
  const { label, of, se } = consistencyView(known, metric)
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
