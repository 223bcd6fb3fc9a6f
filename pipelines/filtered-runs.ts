import * as attr from 'attrstream'

/** A stage of one's own: hands on the maps with at most so many runs, which are the concentrated ones. */
const atMost = (most: number): attr.Stage<attr.RunsRecord> => ({
  name: 'at-most',
  params: { most },
  connect: next => map => {
    if (map.runCount <= most) next(map)
  },
})

/** Two filters: `--where` over the columns of the file, before maps are read, and `--runs` over what is found in them. */
export default attr.pipeline({
  description: 'the attributed runs of the maps that have few of them',
  options: { runs: { describe: 'only maps with at most this many runs', default: 10 } },
  outputs({ runs }) {
    const stage = attr.pipe(attr.correct(), attr.selectRuns(), atMost(runs), attr.listRuns())
    return { runs: attr.rows(stage, attr.RUN_TABLE) }
  },
})
