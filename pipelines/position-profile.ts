import { fold, massProfile, pipeline } from 'attrstream'

/** Where in the window attribution lies, positive and negative contributions apart: a mean for each bin of positions. */
export default pipeline({
  description: 'attribution by position in the window, positive and negative apart',
  options: { bins: { describe: 'bins of equal width over the window', default: 100 } },
  outputs: ({ bins }) => ({
    profile: fold(massProfile({ bins }), {
      columns: { bin: 'whole', positions: 'whole', mean_positive: 'real', mean_negative: 'real' },
      rows: ({ positions, positive, negative }) =>
        Array.from(positions, (count, bin) => ({
          bin,
          positions: count,
          mean_positive: count > 0 ? positive[bin] / count : null,
          mean_negative: count > 0 ? negative[bin] / count : null,
        })),
    }),
  }),
})
