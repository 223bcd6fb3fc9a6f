import * as attr from 'attrstream'

const { kmer, angular } = attr.metricOptions({ convention: 'paper' })

/** A filter of one's own: hands on the maps with at most so many runs, which are the concentrated ones. */
const atMost = (runs: number): attr.Stage<attr.RunsRecord> => ({
  name: 'at-most',
  params: { runs },
  connect: next => map => {
    if (map.runCount <= runs) next(map)
  },
})

/** Two filters: `--where` over the columns of the file, before maps are read, and `--runs` over what they come to. */
export const pipeline: attr.PipelineModule = {
  description: 'the attributed runs of the maps that have at most --runs of them (10)',
  options: { runs: { default: 10, describe: 'runs of a map at most' } },
  run(inputs, { out, records, runs: most }) {
    const selected = attr.pipe(attr.correct(angular), attr.selectRuns(kmer))
    const rows = attr.pipe(attr.pipe(selected, atMost(Number(most))), attr.listRuns())
    return attr.saveRows(out, attr.RUN_TABLE, attr.stream(attr.openAllMaps(inputs, records), rows))
  },
}
