import { correct, listRuns, pipe, pipeline, rows, RUN_TABLE, selectRuns } from 'attrstream'

/** A map, corrected; its attributed runs; each run as a row. */
export default pipeline({
  description: 'every attributed run as a row: its place, bases and magnitude',
  options: {
    q: { describe: 'attributed positions exceed this quantile of the magnitudes of their map', default: 0.9 },
    buffer: { describe: "positions added to the 3' end of each attributed run", default: 2 },
  },
  outputs: options => ({
    runs: rows(pipe(correct(), selectRuns(options), listRuns()), RUN_TABLE),
  }),
})
