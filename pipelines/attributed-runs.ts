import {
  correct,
  listRuns,
  metricOptions,
  openAllMaps,
  type PipelineModule,
  pipe,
  RUN_TABLE,
  saveRows,
  selectRuns,
  stream,
} from 'attrstream'

const { kmer, angular } = metricOptions({ convention: 'paper' })

/** A map, corrected; its attributed runs; each run as a row. */
const runs = pipe(pipe(correct(angular), selectRuns(kmer)), listRuns())

export const pipeline: PipelineModule = {
  description: 'every attributed run as a row: where it lies, its bases and its magnitude',
  run: (inputs, { out, records }) => saveRows(out, RUN_TABLE, stream(openAllMaps(inputs, records), runs)),
}
