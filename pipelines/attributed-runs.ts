import { correct, listRuns, pipe, pipeline, rows, RUN_TABLE, selectRuns } from 'attrstream'

/** A map, corrected; its attributed runs; each run as a row. */
export default pipeline({
  description: 'every attributed run as a row: its place, bases and magnitude',
  options: {
    q: { describe: 'attributed positions lie above this quantile of magnitudes', default: 0.9 },
    buffer: { describe: "positions by which a run's 3' end is extended", default: 2 },
  },
  outputs: options => ({
    runs: rows(pipe(correct(), selectRuns(options), listRuns()), RUN_TABLE),
  }),
})
