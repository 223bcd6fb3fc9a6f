import { angularGrid } from '../accumulators/angular-grid.js'
import { angularGridByRadius } from '../accumulators/angular-grid-by-radius.js'
import { angularGridGlobal } from '../accumulators/angular-grid-global.js'
import { type CellContexts, cellContexts } from '../accumulators/cell-contexts.js'
import { type DuplicateIds, duplicateIds } from '../accumulators/duplicate-ids.js'
import { type GroundTruth, groundTruth } from '../accumulators/ground-truth.js'
import { type IdDigest, idDigest } from '../accumulators/id-digest.js'
import { type KmerContexts, kmerContexts } from '../accumulators/kmer-contexts.js'
import { type KmerPrior, kmerPrior } from '../accumulators/kmer-prior.js'
import { type KmerSpectrum, kmerSpectrum } from '../accumulators/kmer-spectrum.js'
import { radiusHistogram } from '../accumulators/radius-histogram.js'
import { type Tally, tally } from '../accumulators/tally.js'
import { after, by, derive, pipe, together } from '../core/compose.js'
import type { Accumulator, AttributionRecord, Json, OpaqueAccumulator, Stage } from '../core/types.js'
import { CONTEXT_K_MAX } from '../dna/contexts.js'
import type { CorrectedRecord, PointsRecord, RunsRecord } from '../dna/records.js'
import { correct } from '../stages/correct.js'
import { requireLength } from '../stages/require-length.js'
import { rotateVectors } from '../stages/rotate-vectors.js'
import { selectRuns } from '../stages/select-runs.js'
import { type RunsAtEachRecord, runsAt, selectRunsAtEach } from '../stages/select-runs-at-each.js'
import { shiftRuns } from '../stages/shift-runs.js'
import { sumWindows } from '../stages/sum-windows.js'
import type { BadCounts } from '../stats/bad-records.js'
import { thin } from '../stages/thin.js'
import { thresholdAtLeast, thresholdPerSequence } from '../stages/threshold-windows.js'
import type { ExactSums } from '../stats/exact-sums.js'
import type { RadiusBracket, RadiusHistogram } from '../stats/radius-bracket.js'
import { NO_NULLS, type NullOptions } from './nulls.js'
import type { AngularOptions, MetricOptions } from './options.js'
import { angularName, kmerName, otherAngles, otherKmers, type SweepOptions } from './sweep-options.js'
import type { TruthOptions } from './truth-score.js'

/** What one pass over a population gives: all that both metrics are computed from. */
export interface PopulationStatistics {
  readonly tally: Tally
  readonly ids: DuplicateIds
  /** Which ids there were; undefined for states of format 1. */
  readonly digest: IdDigest | undefined
  readonly spectrum: KmerSpectrum
  /** The k-mers of all sequences, where the prior is the population's own. */
  readonly prior: KmerPrior | undefined
  /** The k-mers of the runs moved at random, where that is the null. */
  readonly shifted: KmerSpectrum | undefined
  readonly grid: GridStatistics
  /** The same of maps whose vectors were turned at random, for each draw. */
  readonly rotated: readonly GridStatistics[]
  /** The same for each setting of a sweep but the one asked for, by name; empty without a sweep. */
  readonly sweep: SweepStatistics
  /** Agreement with ground truth, where it was asked for. */
  readonly truth: GroundTruth | undefined
  /** Bad records that were left out, by reason; none where they end the run. */
  readonly bad?: BadCounts | undefined
  /** Bad records whose model is unknown: they are counted for no model of the run. */
  readonly nobodys?: BadCounts | undefined
  /** Bases around the points, where a readout was asked for and points are told apart in time. */
  readonly cellContexts?: CellContexts | undefined
  /** Bases around the attributed k-mers, where a readout was asked for and k is at most 8. */
  readonly kmerContexts?: KmerContexts | undefined
}

export interface SweepStatistics {
  readonly kmer: Named<KmerStatistics>
  /** K-mers of all sequences for each k but the one asked for, where the prior is the population's own. */
  readonly priors: Named<KmerPrior>
  readonly angular: Named<{ readonly grid: GridStatistics; readonly rotated: readonly GridStatistics[] }>
}

/** The k-mers of runs, and of the runs moved at random where that is the null. */
interface KmerStatistics {
  readonly attributed: KmerSpectrum
  readonly shifted: KmerSpectrum | undefined
}

export interface GridStatistics {
  readonly weights: Float64Array
  readonly points: number
  readonly effectivePoints: number
  /** Weights by group of records, and their squares; undefined over a radius axis, which keeps no groups. */
  readonly groups?: ExactSums
  readonly groupSquares?: ExactSums
  /** How points were told from the rest. */
  readonly threshold: ThresholdUsed
}

/** How points were told from the rest: `exact` over two passes, `bins` over one, to the resolution of a radius axis. */
export type ThresholdUsed =
  | { readonly kind: 'per-sequence' }
  | { readonly kind: 'global'; readonly cut: number; readonly resolution: 'exact' | 'bins' }

/** How a pass over a population finds global cuts: brackets by model from a first pass, or a radius axis. */
export type Cuts =
  | {
      readonly kind: 'brackets'
      readonly of: ReadonlyMap<string, RadiusBracket>
      /** Those of further grids, by model and name of the grid. */
      readonly others?: ReadonlyMap<string, Named<RadiusBracket>> | undefined
    }
  | { readonly kind: 'bins' }

/** Values by the name of a grid beside the maps' own; see `rotationName`. */
export type Named<T> = { readonly [grid: string]: T }

/** Radii that a first pass found: of the maps' own windows, and of those of further grids. */
export interface PopulationRadii {
  readonly own: RadiusHistogram
  readonly others: Named<RadiusHistogram>
}

export interface StatisticsOptions {
  readonly metrics: MetricOptions
  /** Whether the prior is counted from the population itself. */
  readonly populationPrior: boolean
  /** Whether records are split by their `model`. */
  readonly byModel: boolean
  /** Whether agreement with ground truth is measured, and of which score. */
  readonly truth?: Pick<TruthOptions, 'score'> | undefined
  /** Whether the bases around points are counted, for a readout. */
  readonly readout?: boolean | undefined
  /** Fraction of the records that is looked at; all of them where undefined. */
  readonly fraction?: number | undefined
  /** Settings scored beside the one of `metrics`. */
  readonly sweep?: SweepOptions | undefined
  /** What noise is made of; nothing where undefined. */
  readonly nulls?: NullOptions | undefined
  /** Format of the state, the present one where undefined. */
  readonly format?: StateFormat | undefined
}

/** 1 is that of attrstream 0.1, without a digest of ids and without nulls. */
export type StateFormat = 1 | 2

export const STATE_FORMAT: StateFormat = 2

/** Name of the one population of a run that is not split by a column. */
export const ALL = 'all'

type Statistic<T> = OpaqueAccumulator<AttributionRecord, T>

/** The accumulator of the scoring pass: statistics by model (under `all` where records are not split). */
export function populationStatistics(
  options: StatisticsOptions,
  cuts?: Cuts,
): Statistic<ReadonlyMap<string, PopulationStatistics>> {
  return byModel(options, cuts, model => onePopulation(options, cuts, model))
}

/** The accumulator of the pass before, which an exact global threshold needs: radii by model. */
export function populationRadii(options: StatisticsOptions): Statistic<ReadonlyMap<string, PopulationRadii>> {
  const { angular } = options.metrics
  const corrected = correct({ basis: angular.basis })
  const radii = ofAngularSettings<RadiusHistogram>(options, angular =>
    after(windowsOf(angular), radiusHistogram()),
  )
  const draws = rotationDraws(options)
  return byModel(options, undefined, (): Statistic<PopulationRadii> => {
    if (draws.length === 0) {
      // As a state of format 1 names it, where there is no sweep.
      if (otherAngles(options.metrics, options.sweep).length > 0) return after(corrected, radii)
      const own = after(pipe(corrected, windowsOf(angular)), radiusHistogram())
      return derive(own, own => ({ own, others: {} }))
    }
    const rotated = draws.map(draw => [rotationName(draw), after(turned(angular, draw), radii)] as const)
    const all = together({
      maps: radii,
      rotated: together<CorrectedRecord, Named<typeof radii>>(Object.fromEntries(rotated)),
    })
    return derive(after(corrected, all), ({ maps, rotated }) => ({
      own: maps.own,
      others: {
        ...maps.others,
        ...Object.fromEntries(
          Object.entries(rotated).flatMap(([name, { own, others }]) => [
            [name, own],
            ...Object.entries(others).map(([setting, radii]) => [`${name}/${setting}`, radii]),
          ]),
        ),
      },
    }))
  })
}

/** Fraction of the global threshold of a grid, by its name; that of the maps' own without one. */
export function topOf({ metrics, sweep }: StatisticsOptions): (grid?: string) => number {
  const topOf = ({ threshold }: AngularOptions) => (threshold.kind === 'global' ? threshold.top : 1)
  const tops = new Map(otherAngles(metrics, sweep).map(angular => [angularName(angular), topOf(angular)]))
  return grid => tops.get(grid?.replace(/^rotated-\d+\//, '') ?? '') ?? topOf(metrics.angular)
}

/** Something of every angular setting: of the one of `metrics`, and of others by name where there is a sweep. */
function ofAngularSettings<T>(
  { metrics, sweep }: StatisticsOptions,
  make: (angular: AngularOptions, name?: string) => OpaqueAccumulator<CorrectedRecord, T>,
): OpaqueAccumulator<CorrectedRecord, { readonly own: T; readonly others: Named<T> }> {
  const own = make(metrics.angular)
  const others = otherAngles(metrics, sweep).map(angular => {
    const name = angularName(angular)
    return [name, make(angular, name)] as const
  })
  if (others.length === 0) return derive(own, own => ({ own, others: {} }))
  const named = together<CorrectedRecord, Named<typeof own>>(Object.fromEntries(others))
  return together({ own, others: named })
}

/** Name of the grid of maps whose vectors were turned at random. */
function rotationName(draw: number): string {
  return `rotated-${draw}`
}

function rotationDraws({ nulls = NO_NULLS }: StatisticsOptions): number[] {
  return Array.from({ length: nulls.angularDraws }, (_, draw) => draw)
}

function turned({ basis }: AngularOptions, draw: number) {
  return rotateVectors({ basis, draw })
}

function byModel<T>(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  make: (model: string) => Statistic<T>,
): Statistic<ReadonlyMap<string, T>> {
  const { fraction } = options
  const models = ofModels(options, cuts, make)
  return fraction === undefined ? models : after(thin({ fraction }), models)
}

function ofModels<T>(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  make: (model: string) => Statistic<T>,
): Statistic<ReadonlyMap<string, T>> {
  if (!options.byModel) return derive(make(ALL), result => new Map([[ALL, result]]))
  const params: Json = {
    metrics: options.metrics as unknown as Json,
    populationPrior: options.populationPrior,
    cuts: cuts?.kind === 'brackets' ? [...cuts.of].map(([model, bracket]) => [model, { ...bracket }]) : null,
    ...(options.truth === undefined ? {} : { truth: { ...options.truth } }),
    ...(options.readout === true ? { readout: true } : {}),
    ...(options.format === 1 ? {} : { format: STATE_FORMAT }),
    ...(options.nulls?.kmer === 'shift' ? { shifted: true } : {}),
    ...(rotationDraws(options).length > 0 ? { rotated: rotationDraws(options).length } : {}),
    ...(options.sweep === undefined ? {} : { sweep: options.sweep as unknown as Json }),
    ...(cuts?.kind === 'brackets' && cuts.others !== undefined
      ? { otherCuts: [...cuts.others].map(([model, of]) => [model, { ...of }]) as unknown as Json }
      : {}),
  }
  return by(record => record.model ?? ALL, make, params)
}

function onePopulation(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): Statistic<PopulationStatistics> {
  const { kmer, angular } = options.metrics
  const prior: Statistic<KmerPrior | undefined> = options.populationPrior
    ? kmerPrior({ k: kmer.k })
    : nothing()
  const later = options.format === 1 ? NOTHING_LATER : { digest: idDigest() as Statistic<IdDigest> }
  const sweepPriors = ownSweepPriors(options)
  const statistics = after(
    requireLength<AttributionRecord>({ k: kmer.k }),
    together({
      ids: duplicateIds(),
      ...later,
      prior,
      ...(sweepPriors === undefined ? NO_SWEEP_PRIORS : { sweepPriors }),
      maps: after(correct({ basis: angular.basis }), mapStatistics(options, cuts, model)),
    }),
  )
  return derive(statistics, ({ ids, digest, prior, sweepPriors = {}, maps: { sweep, ...maps } }) => ({
    ids,
    digest,
    prior,
    ...maps,
    sweep: { ...sweep, priors: sweepPriors },
  }))
}

/** The k-mers of all sequences for every k of a sweep but the one of `metrics`; undefined where none is needed. */
function ownSweepPriors({ metrics, sweep, populationPrior }: StatisticsOptions) {
  const others = new Set(otherKmers(metrics, sweep).map(({ k }) => k))
  others.delete(metrics.kmer.k)
  if (!populationPrior || others.size === 0) return undefined
  const priors = Array.from(others, k => [`k=${k}`, kmerPrior({ k })] as const)
  return together<AttributionRecord, Named<Statistic<KmerPrior>>>(Object.fromEntries(priors))
}

const NO_SWEEP_PRIORS = {} as { readonly sweepPriors: Statistic<Named<KmerPrior> | undefined> }

type MapStatistics = Omit<PopulationStatistics, 'ids' | 'digest' | 'prior'>

/** What is added up over corrected maps; agreement with ground truth and what a readout needs only where asked for. */
function mapStatistics(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): OpaqueAccumulator<CorrectedRecord, MapStatistics> {
  const { kmer } = options.metrics
  const swept = sweptKmers(options)
  const maps = {
    tally: tally(),
    spectrum: after(selectRuns(kmer), kmerStatistics(kmer.k, options)),
    ...(swept === undefined ? NO_SWEPT_KMERS : { sweptKmers: swept }),
    grid: ofAngularSettings(options, (angular, name) => angularStatistics(angular, cuts, model, name)),
    ...rotationStatistics(options, cuts, model),
    ...(options.truth === undefined ? {} : { truth: groundTruth(options.truth) }),
    ...(options.readout === true ? readoutStatistics(options.metrics, cuts, model) : {}),
  }
  const angles = otherAngles(options.metrics, options.sweep).map(angularName)
  return derive(together(maps), ({ spectrum, sweptKmers = {}, grid, rotated = [], ...result }) => ({
    truth: undefined,
    ...result,
    spectrum: spectrum.attributed,
    shifted: spectrum.shifted,
    grid: grid.own,
    rotated: rotated.map(({ own }) => own),
    sweep: {
      kmer: sweptKmers,
      priors: {},
      angular: Object.fromEntries(
        angles.map(name => [
          name,
          { grid: grid.others[name], rotated: rotated.map(({ others }) => others[name]) },
        ]),
      ),
    },
  }))
}

/** The k-mers of every setting of a sweep but the one of `metrics`, by name; undefined where there is none. */
function sweptKmers(options: StatisticsOptions) {
  const settings = otherKmers(options.metrics, options.sweep)
  if (settings.length === 0) return undefined
  const quantiles = [...new Set(settings.map(({ q }) => q))]
  const spectra = settings.map(setting => {
    const runs = runsAt({ number: quantiles.indexOf(setting.q) })
    return [kmerName(setting), after(runs, kmerStatistics(setting.k, options))] as const
  })
  type Spectra = Named<OpaqueAccumulator<RunsAtEachRecord, KmerStatistics>>
  return after(
    selectRunsAtEach({ quantiles, buffer: options.metrics.kmer.buffer }),
    together<RunsAtEachRecord, Spectra>(Object.fromEntries(spectra)),
  )
}

const NO_SWEPT_KMERS = {} as {
  readonly sweptKmers: OpaqueAccumulator<CorrectedRecord, Named<KmerStatistics> | undefined>
}

/** The k-mers of runs, and of the runs moved at random where that is the null. */
function kmerStatistics(
  k: number,
  { nulls }: StatisticsOptions,
): OpaqueAccumulator<RunsRecord, KmerStatistics> {
  const spectrum = () => kmerSpectrum({ k })
  return nulls?.kmer === 'shift'
    ? together({ attributed: spectrum(), shifted: after(shiftRuns(), spectrum()) })
    : derive(spectrum(), attributed => ({ attributed, shifted: undefined }))
}

interface Grids {
  readonly own: GridStatistics
  readonly others: Named<GridStatistics>
}

/** The angular statistics of maps whose vectors were turned at random, once for all settings; no member without draws. */
function rotationStatistics(options: StatisticsOptions, cuts: Cuts | undefined, model: string) {
  const { angular } = options.metrics
  const draws = rotationDraws(options).map(draw => {
    const name = rotationName(draw)
    const grids = ofAngularSettings(options, (angular, setting) =>
      angularStatistics(angular, cuts, model, setting === undefined ? name : `${name}/${setting}`),
    )
    return [name, after(turned(angular, draw), grids)] as const
  })
  const all = together<CorrectedRecord, Named<OpaqueAccumulator<CorrectedRecord, Grids>>>(
    Object.fromEntries(draws),
  )
  return (draws.length === 0 ? {} : { rotated: derive(all, Object.values) }) as {
    readonly rotated: OpaqueAccumulator<CorrectedRecord, readonly Grids[] | undefined>
  }
}

/** What a readout needs beside the scores' own sums. */
function readoutStatistics({ kmer, angular }: MetricOptions, cuts: Cuts | undefined, model: string) {
  const points = pointsOf(angular, cuts, model)
  return {
    ...(points && { cellContexts: after(points, cellContexts({ grid: angular.grid })) }),
    ...(kmer.k <= CONTEXT_K_MAX && { kmerContexts: after(selectRuns(kmer), kmerContexts({ k: kmer.k })) }),
  }
}

/**
 * The stage that tells points apart as they pass; undefined where that takes all of the data: a global threshold over a
 * pipe. Of a bracket all windows are taken, which is at most a bin of radii (one part in 16,384) more than are points.
 */
function pointsOf(
  angular: AngularOptions,
  cuts: Cuts | undefined,
  model: string,
): Stage<CorrectedRecord, PointsRecord> | undefined {
  const { threshold } = angular
  if (threshold.kind === 'per-sequence')
    return pipe(windowsOf(angular), thresholdPerSequence({ q: threshold.q }))
  if (cuts?.kind !== 'brackets') return undefined
  const { low } = cuts.of.get(model) ?? NO_WINDOWS
  return pipe(windowsOf(angular), thresholdAtLeast({ low }))
}

/** Members that states of format 1 lack. */
const NOTHING_LATER = {} as { readonly digest: Statistic<IdDigest> }

type GridStatistic = OpaqueAccumulator<CorrectedRecord, GridStatistics>

/** @param name Name of the grid where it is not that of the maps themselves. */
function angularStatistics(
  angular: AngularOptions,
  cuts: Cuts | undefined,
  model: string,
  name?: string,
): GridStatistic {
  const { threshold, grid, weight } = angular
  const windows = windowsOf(angular)
  if (threshold.kind === 'per-sequence') {
    const points = pipe(windows, thresholdPerSequence({ q: threshold.q }))
    return derive(after(points, angularGrid({ grid, weight })), result => ({
      ...result,
      threshold: { kind: 'per-sequence' },
    }))
  }
  if (cuts?.kind === 'brackets') {
    const found = name === undefined ? cuts.of.get(model) : cuts.others?.get(model)?.[name]
    const bracket = found ?? NO_WINDOWS
    return derive(after(windows, angularGridGlobal({ grid, weight, bracket })), result => ({
      ...result,
      threshold: { kind: 'global', cut: result.cut, resolution: 'exact' },
    }))
  }
  return derive(after(windows, angularGridByRadius({ grid, weight, top: threshold.top })), result => ({
    ...result,
    threshold: { kind: 'global', cut: result.cut, resolution: 'bins' },
  }))
}

function windowsOf({ window, windowKind, reduce, normalise }: AngularOptions) {
  return sumWindows({ width: window, kind: windowKind, reduce, normalise })
}

/** The bracket of a population without windows: nothing is a point. */
const NO_WINDOWS: RadiusBracket = { low: Number.MAX_VALUE, high: Number.MAX_VALUE, rank: 0, windows: 0 }

/** An accumulator that keeps nothing. */
export function nothing<R>(): Accumulator<R, null, undefined> {
  return {
    name: 'nothing',
    params: null,
    empty: () => null,
    add: () => {},
    merge: () => {},
    result: () => undefined,
    save: () => ({}),
    load: () => null,
  }
}
