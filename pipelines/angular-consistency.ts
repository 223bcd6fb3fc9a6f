import * as attr from 'attrstream'

/** The KLD of the directions of strong three-position means from their own smoothed distribution. */
export default attr.pipeline({
  description: 'angular KLD: directions of strong three-position means against their smoothed density',
  options: { q: { describe: 'windows lie above this quantile of their map', default: 0.9 } },
  outputs: ({ q }) => ({
    directions: attr.fold(
      attr.pipe(attr.correct(), attr.sumWindows(), attr.thresholdPerSequence({ q }), attr.angularGrid()),
      {
        columns: { points: 'whole', kld_nats: 'real' },
        rows: ({ points, weights }) => [{ points, kld_nats: attr.angularKld(weights) ?? null }],
      },
    ),
  }),
})
