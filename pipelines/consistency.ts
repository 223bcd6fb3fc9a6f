import * as attr from 'attrstream'

const kmers = attr.pipe(attr.selectRuns(), attr.kmerSpectrum())
const angles = attr.pipe(attr.sumWindows(), attr.thresholdPerSequence(), attr.angularGrid())
const maps = attr.pipe(attr.correct(), attr.together({ kmers, angles }))

/** Both scores in one pass: maps are corrected once, then go to the k-mers and to the angles. */
export default attr.pipeline({
  description: 'k-mer KLD and angular KLD, in one pass',
  outputs: () => ({
    scores: attr.fold(attr.together({ all: attr.kmerPrior(), maps }), {
      columns: { kmer_kld_nats: 'real', angular_kld_nats: 'real' },
      rows({ all, maps: { kmers, angles } }) {
        const kmerKld = attr.kmerKld(kmers, all)
        const angularKld = attr.angularKld(angles.weights)
        return [{ kmer_kld_nats: kmerKld ?? null, angular_kld_nats: angularKld ?? null }]
      },
    }),
  }),
})
