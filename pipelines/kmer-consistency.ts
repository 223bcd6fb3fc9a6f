import * as attr from 'attrstream'

/** The KLD of the k-mers inside attributed runs from all k-mers of the same sequences. */
export default attr.pipeline({
  description: 'k-mer KLD: k-mers inside attributed runs against those of all sequences',
  options: {
    k: { describe: 'length of the k-mers', default: 6 },
    q: { describe: 'attributed positions exceed this quantile of the magnitudes of their map', default: 0.9 },
    buffer: { describe: "positions added to the 3' end of each attributed run", default: 2 },
  },
  outputs({ k, ...choice }) {
    const attributed = attr.pipe(attr.correct(), attr.selectRuns(choice), attr.kmerSpectrum({ k }))
    return {
      kmers: attr.fold(attr.together({ attributed, all: attr.kmerPrior({ k }) }), {
        columns: { attributed_kmers: 'whole', kld_nats: 'real' },
        rows({ attributed, all }) {
          const kld = attr.kmerKld(attributed, all)
          return [{ attributed_kmers: attributed.total, kld_nats: kld ?? null }]
        },
      }),
    }
  },
})
