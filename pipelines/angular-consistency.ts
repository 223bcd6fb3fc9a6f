import {
  after,
  angularGrid,
  angularKld,
  correct,
  eachFile,
  metricOptions,
  pipe,
  sumWindows,
  thresholdPerSequence,
} from 'attrstream'

const { angular } = metricOptions({ convention: 'paper' })
const means = sumWindows({ width: 3, kind: 'centered', reduce: 'mean', normalise: 'l2-sum' })
const strongMeans = pipe(pipe(correct(angular), means), thresholdPerSequence({ q: 0.9 }))

/** The KLD of the directions of strong three-position means from their own smoothed distribution, for each file. */
export const pipeline = eachFile({
  description:
    'angular KLD of each file: directions of strong three-position means against their smoothed density',
  accumulator: after(strongMeans, angularGrid(angular)),
  columns: { points: 'whole', kld_nats: 'real' },
  row: ({ points, weights }) => ({ points, kld_nats: angularKld(weights, angular) ?? null }),
})
