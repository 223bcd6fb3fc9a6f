import { angularFigures } from './figures/angular-figure.js'
import type { Figure } from './figures/figure.js'
import { findsFigure } from './figures/finds-figure.js'
import { performanceOf } from './front.js'
import { mapFigure } from './figures/map-figure.js'
import type { ModelView } from './models.js'
import type { ReportInput } from './input.js'
import {
  consistencyFigure,
  convergenceFigure,
  generalisationFigure,
  strataIn,
  truthFigure,
} from './figures/overview-figures.js'
import { rankFigure, spectrumFigure } from './figures/spectrum-figure.js'
import { sweepFigures } from './sweeps.js'

/** What can be drawn by itself, and of what: all models, one, or maps. */
export const PLOTS = {
  consistency: 'every model, with error bars',
  generalisation: 'performance against consistency (--performance)',
  truth: 'signal to noise against consistency',
  convergence: 'consistency of growing parts of the maps',
  sweep: 'sensitivity to the options; the n-th panel with --panel',
  kmers: "one model's k-mers against the prior",
  ranks: "one model's k-mers by rank",
  words: 'its words as logos',
  clusters: 'its clusters as logos',
  density: 'its density of directions',
  prior: 'the density smoothed',
  difference: 'density less prior',
  map: 'maps of one sequence (--maps, --ids)',
} as const

export type PlotKind = keyof typeof PLOTS

export interface PlotOptions {
  readonly metric: 'kmer' | 'angular'
  /** Name of the model; the most consistent one where undefined. */
  readonly model?: string | undefined
  /** Number of a panel of a sweep, from 1. */
  readonly panel: number
}

/** A figure by itself; a text that says what it lacks where it cannot be drawn. */
export function plot(
  kind: PlotKind,
  input: ReportInput,
  models: readonly ModelView[],
  options: PlotOptions,
): Figure | string {
  const { metric, panel } = options
  switch (kind) {
    case 'consistency':
      return consistencyFigure(models, metric, strataIn(input, models))
    case 'generalisation':
      return (
        generalisationFigure(models, metric, strataIn(input, models), performanceOf(input)) ??
        'no model has a performance value; give --performance, with the names of the models'
      )
    case 'truth':
      return (
        truthFigure(models, metric, strataIn(input, models)) ??
        'no model was scored against ground truth; score dumps that have a truth column'
      )
    case 'convergence':
      return (
        convergenceFigure(models, metric, strataIn(input, models)) ??
        'the scores have no convergence; score again'
      )
    case 'sweep': {
      const panels = sweepFigures(models).filter(({ id }) => id.startsWith(`sweep-${metric}`))
      return (
        panels[panel - 1] ??
        `there are ${panels.length} panels of a sweep; score with --sweep, or choose another --panel`
      )
    }
    case 'map':
      return input.maps?.[0] === undefined
        ? 'no maps were given; give files with --maps'
        : mapFigure(input.maps[0], 0)
    default:
      return plotModel(kind, models, options)
  }
}

function plotModel(
  kind: Exclude<PlotKind, 'consistency' | 'generalisation' | 'truth' | 'convergence' | 'sweep' | 'map'>,
  models: readonly ModelView[],
  { model: name }: PlotOptions,
): Figure | string {
  const model = name === undefined ? models[0] : models.find(model => model.name === name)
  if (model === undefined)
    return `no model is called ${name}; choose one of ${models.map(({ name }) => name).join(', ')}`
  const { readout } = model
  if (readout === null) return `model ${model.name} was not read out; score with --readout`
  switch (kind) {
    case 'kmers':
      return spectrumFigure(model, readout)
    case 'ranks':
      return rankFigure(model, readout)
    case 'words':
    case 'clusters':
      return readout[kind].length === 0
        ? `model ${model.name} has no ${kind} beyond chance; there is nothing to draw`
        : findsFigure(model, kind, readout[kind], 12)
    default:
      return (
        angularFigures(model, readout).find(({ id }) => id.startsWith(kind)) ??
        `the density of model ${model.name} is not of its grid; score again`
      )
  }
}
