import * as attr from 'attrstream'

const { kmer, angular } = attr.metricOptions({ convention: 'paper' })
const means = attr.sumWindows({ width: 3, kind: 'centered', reduce: 'mean', normalise: 'l2-sum' })
const kmers = attr.pipe(attr.selectRuns(kmer), attr.kmerSpectrum(kmer))
const angles = attr.pipe(means, attr.thresholdPerSequence({ q: 0.9 }), attr.angularGrid(angular))
const maps = attr.pipe(attr.correct(angular), attr.together({ kmers, angles }))

/** Both scores in one pass: maps are corrected once, then go to the k-mers and to the angles. */
export default attr.pipeline({
  description: 'k-mer KLD and angular KLD, in one pass',
  outputs: () => ({
    scores: attr.fold(attr.together({ all: attr.kmerPrior(kmer), maps }), {
      columns: { kmer_kld_nats: 'real', angular_kld_nats: 'real' },
      rows({ all, maps: { kmers, angles } }) {
        const kmerKld = attr.kmerKld(kmers, { name: 'population', ...all }, 0)
        const angularKld = attr.angularKld(angles.weights, angular)
        return [{ kmer_kld_nats: kmerKld ?? null, angular_kld_nats: angularKld ?? null }]
      },
    }),
  }),
})
