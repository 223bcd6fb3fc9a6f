import * as attr from 'attrstream'

const { kmer, angular } = attr.metricOptions({ convention: 'paper' })
const { window: width, windowKind: kind, reduce, normalise } = angular
const runs = attr.pipe(attr.correct(angular), attr.selectRuns(kmer))
const features = attr.listFeatures({ k: kmer.k, width, kind, reduce, normalise })

/** Three branches of one pass, each with a file of its own: rows, other rows, and a sum. */
export const pipeline: attr.PipelineModule = {
  description: 'runs.bed, features.parquet and totals.csv in the folder --out, from one pass',
  run: (inputs, { out = '.', records }) =>
    attr.fanOut(attr.openAllMaps(inputs, records), [
      attr.rowBranch(attr.pipe(runs, attr.listRuns()), rows =>
        attr.saveRows(`${out}/runs.bed`, attr.RUN_TABLE, rows),
      ),
      attr.rowBranch(attr.pipe(runs, features), rows =>
        attr.saveRows(`${out}/features.parquet`, attr.FEATURE_TABLE, rows),
      ),
      attr.foldBranch(attr.after(runs, attr.kmerSpectrum(kmer)), {
        name: 'totals',
        write: ({ runs, total }) =>
          attr.saveRows(`${out}/totals.csv`, { runs: 'whole', attributed_kmers: 'whole' }, [
            { runs, attributed_kmers: total },
          ]),
      }),
    ]),
}
