import * as attr from 'attrstream'

const { kmer, angular } = attr.metricOptions({ convention: 'paper' })
const means = attr.sumWindows({ width: 3, kind: 'centered', reduce: 'mean', normalise: 'l2-sum' })
const strongMeans = attr.pipe(means, attr.thresholdPerSequence({ q: 0.9 }))

/** Both scores of each file in one pass: maps are corrected once, then go to the words and to the angles. */
export const pipeline = attr.eachFile({
  description: 'k-mer KLD and angular KLD of each file, in one pass',
  accumulator: attr.together({
    all: attr.kmerPrior(kmer),
    maps: attr.after(
      attr.correct(angular),
      attr.together({
        words: attr.after(attr.selectRuns(kmer), attr.kmerSpectrum(kmer)),
        angles: attr.after(strongMeans, attr.angularGrid(angular)),
      }),
    ),
  }),
  columns: { kmer_kld_nats: 'real', angular_kld_nats: 'real' },
  row: ({ all, maps: { words, angles } }) => ({
    kmer_kld_nats: attr.kmerKld(words, { name: 'population', ...all }, 0) ?? null,
    angular_kld_nats: attr.angularKld(angles.weights, angular) ?? null,
  }),
})
