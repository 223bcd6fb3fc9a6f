import { NO_NULLS } from '../nulls.js'
import { rotateVectors } from '../../stages/rotate-vectors.js'
import { angularGrid } from '../../accumulators/angular-grid.js'
import { angularGridByRadius } from '../../accumulators/angular-grid-by-radius.js'
import { angularGridGlobal } from '../../accumulators/angular-grid-global.js'
import { mapResult, pipe, together } from '../../core/compose.js'
import type { OpaqueAccumulator, Stage } from '../../core/types.js'
import type { CorrectedRecord, PointsRecord } from '../../dna/records.js'
import { sumWindows } from '../../stages/sum-windows.js'
import { thresholdAtLeast, thresholdPerSequence } from '../../stages/threshold-windows.js'
import { tooFewWindows, type RadiusBracket } from '../../stats/sums/radius-bracket.js'
import { type AngularOptions } from '../options.js'
import { type Cuts, type GridStatistics, type Named, type StatisticsOptions } from '../statistics.js'
import { angularName, otherAngles } from '../sweep-options.js'

/** Something of every angular setting: of the one of `metrics`, and of others by name where there is a sweep. */
export function ofAngularSettings<T>(
  { metrics, sweep }: StatisticsOptions,
  make: (angular: AngularOptions, name?: string) => OpaqueAccumulator<CorrectedRecord, T>,
): OpaqueAccumulator<CorrectedRecord, { readonly own: T; readonly others: Named<T> }> {
  const own = make(metrics.angular)
  const others = otherAngles(metrics, sweep).map(angular => {
    const name = angularName(angular)
    return [name, make(angular, name)] as const
  })
  if (others.length === 0) return mapResult(own, own => ({ own, others: {} }))
  const named = together<CorrectedRecord, Named<typeof own>>(Object.fromEntries(others))
  return together({ own, others: named })
}

type GridStatistic = OpaqueAccumulator<CorrectedRecord, GridStatistics>

/**
 * The grid of a population's points, and how they were told from the rest.
 *
 * @param name Name of the grid where it is not that of the maps themselves.
 */
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
    return mapResult(pipe(points, angularGrid({ grid, weight })), result => ({
      ...result,
      threshold: { kind: 'per-sequence' },
    }))
  }
  if (cuts?.kind === 'brackets') {
    const found = name === undefined ? cuts.of.get(model) : cuts.others?.get(model)?.[name]
    const bracket = found ?? NO_WINDOWS
    return mapResult(pipe(windows, angularGridGlobal({ grid, weight, bracket })), result => ({
      ...result,
      threshold: { kind: 'global', cut: result.cut, resolution: 'exact' },
      thresholdError: tooFewWindows(threshold.top, bracket.windows),
    }))
  }
  const binned = angularGridByRadius({ grid, weight, top: threshold.top })
  return mapResult(pipe(windows, binned), ({ windows, ...result }) => ({
    ...result,
    threshold: { kind: 'global', cut: result.cut, resolution: 'bins' },
    thresholdError: tooFewWindows(threshold.top, windows),
  }))
}

export function windowsOf({ window, windowKind, reduce, normalise }: AngularOptions) {
  return sumWindows({ width: window, kind: windowKind, reduce, normalise })
}

/** The bracket of a population without windows: nothing is a point. */
const NO_WINDOWS: RadiusBracket = { low: Number.MAX_VALUE, high: Number.MAX_VALUE, rank: 0, windows: 0 }

/** The grid of a population's points for every angular setting. */
export function gridsOf(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): OpaqueAccumulator<CorrectedRecord, Grids> {
  return ofAngularSettings(options, (angular, name) => angularStatistics(angular, cuts, model, name))
}

interface Grids {
  readonly own: GridStatistics
  readonly others: Named<GridStatistics>
}

/** The grids of maps whose vectors were turned at random, for each draw; undefined without draws. */
export function rotatedGridsOf(
  options: StatisticsOptions,
  cuts: Cuts | undefined,
  model: string,
): OpaqueAccumulator<CorrectedRecord, readonly Grids[]> | undefined {
  const { angular } = options.metrics
  const draws = rotationDraws(options).map(draw => {
    const name = rotationName(draw)
    const grids = ofAngularSettings(options, (angular, setting) =>
      angularStatistics(angular, cuts, model, setting === undefined ? name : `${name}/${setting}`),
    )
    return [name, pipe(turned(angular, draw), grids)] as const
  })
  if (draws.length === 0) return undefined
  const all = together<CorrectedRecord, Named<OpaqueAccumulator<CorrectedRecord, Grids>>>(
    Object.fromEntries(draws),
  )
  return mapResult(all, Object.values)
}

/**
 * The stage that separates points as they pass; undefined where that takes all of the data: a global threshold over a
 * pipe. Of a bracket all windows are taken, which is at most a bin of radii (one part in 16,384) more than are points.
 */
export function pointsOf(
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

/** Name of the grid of maps whose vectors were turned at random. */
export function rotationName(draw: number): string {
  return `rotated-${draw}`
}

/** Numbers of the draws of the angular null. */
export function rotationDraws({ nulls = NO_NULLS }: StatisticsOptions): number[] {
  return Array.from({ length: nulls.angularDraws }, (_, draw) => draw)
}

/** The stage that turns every vector at random. */
export function turned({ basis }: AngularOptions, draw: number) {
  return rotateVectors({ basis, draw })
}
