import { radiusHistogram } from '../../accumulators/radius-histogram.js'
import { mapResult, pipe, together } from '../../core/compose.js'
import type { CorrectedRecord } from '../../dna/records.js'
import { correct } from '../../stages/correct.js'
import type { RadiusHistogram } from '../../stats/sums/radius-bracket.js'
import { ofAngularSettings, rotationDraws, rotationName, turned, windowsOf } from './accumulator.js'
import { byModel, type RecordAccumulator } from '../by-model.js'
import type { AngularOptions } from '../options.js'
import type { Named, PopulationRadii, StatisticsOptions } from '../statistics.js'
import { angularName, otherAngles } from '../sweep-options.js'

/** The accumulator of the pass before, which an exact global threshold needs: radii by model. */
export function populationRadii(
  options: StatisticsOptions,
): RecordAccumulator<ReadonlyMap<string, PopulationRadii>> {
  const { angular } = options.metrics
  const corrected = correct({ basis: angular.basis })
  const radii = ofAngularSettings<RadiusHistogram>(options, angular =>
    pipe(windowsOf(angular), radiusHistogram()),
  )
  const draws = rotationDraws(options)
  return byModel(options, undefined, (): RecordAccumulator<PopulationRadii> => {
    if (draws.length === 0) {
      // Without a sweep states have this name since they exist.
      if (otherAngles(options.metrics, options.sweep).length > 0) return pipe(corrected, radii)
      const own = pipe(pipe(corrected, windowsOf(angular)), radiusHistogram())
      return mapResult(own, own => ({ own, others: {} }))
    }
    const rotated = draws.map(draw => [rotationName(draw), pipe(turned(angular, draw), radii)] as const)
    const all = together({
      maps: radii,
      rotated: together<CorrectedRecord, Named<typeof radii>>(Object.fromEntries(rotated)),
    })
    return mapResult(pipe(corrected, all), ({ maps, rotated }) => ({
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
