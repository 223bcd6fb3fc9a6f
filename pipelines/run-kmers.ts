import * as attr from 'attrstream'

/** The k-mers inside attributed runs, counted for each value of a column of the input. */
export default attr.pipeline({
  description: 'counts of the k-mers of attributed runs, a table by stratum',
  options: {
    k: { describe: 'length of the k-mers', default: 6 },
    stratum: { describe: 'column by whose values records are counted (default: all together)', default: '' },
  },
  columns: ({ stratum }) => (stratum === '' ? [] : [stratum]),
  outputs({ k, stratum }) {
    const kmers = attr.pipe(attr.correct(), attr.selectRuns(), attr.kmerSpectrum({ k }))
    const strata = attr.groupBy(
      (record: attr.AttributionRecord) => String(record.extra?.[stratum] ?? ''),
      () => kmers,
      kmers.params,
    )
    return {
      kmers: attr.fold(strata, {
        columns: { stratum: 'text', kmer: 'text', count: 'whole' },
        rows: counts =>
          [...counts].flatMap(([stratum, { counts }]) =>
            Array.from(counts, (count, i) => ({ stratum, kmer: attr.kmerText(i, k), count })),
          ),
      }),
    }
  },
})
