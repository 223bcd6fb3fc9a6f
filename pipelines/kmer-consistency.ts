import {
  after,
  correct,
  eachFile,
  kmerKld,
  kmerPrior,
  kmerSpectrum,
  pipe,
  selectRuns,
  together,
} from 'attrstream'

const attributedRuns = pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q: 0.9, buffer: 2 }))

/** The KLD of the 6-mers inside attributed runs from all 6-mers of the same sequences, for each file. */
export const pipeline = eachFile({
  description: 'k-mer KLD of each file: 6-mers inside attributed runs against those of all its sequences',
  accumulator: together({
    attributed: after(attributedRuns, kmerSpectrum({ k: 6 })),
    all: kmerPrior({ k: 6 }),
  }),
  columns: { attributed_kmers: 'whole', kld_nats: 'real' },
  row: ({ attributed, all }) => ({
    attributed_kmers: attributed.total,
    kld_nats: kmerKld(attributed, { name: 'population', ...all }, 0) ?? null,
  }),
})
