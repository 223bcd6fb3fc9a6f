import * as attr from 'attrstream'

const { kmer, angular } = attr.metricOptions({ convention: 'paper' })
const { window: width, windowKind: kind, reduce, normalise } = angular
const runs = attr.pipe(attr.correct(angular), attr.selectRuns(kmer))
const features = attr.listFeatures({ k: kmer.k, width, kind, reduce, normalise })

/** Three outputs of one pass: rows, other rows, and a sum. */
export default attr.pipeline({
  description: 'runs, features and totals in the folder --out',
  outputs: () => ({
    runs: attr.rows(attr.pipe(runs, attr.listRuns()), attr.RUN_TABLE),
    features: attr.rows(attr.pipe(runs, features), attr.FEATURE_TABLE),
    totals: attr.fold(attr.pipe(runs, attr.kmerSpectrum(kmer)), {
      columns: { runs: 'whole', attributed_kmers: 'whole' },
      rows: ({ runs, total }) => [{ runs, attributed_kmers: total }],
    }),
  }),
})
