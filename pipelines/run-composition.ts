import * as attr from 'attrstream'

const pairs = attr.BASE_COUNTS.slice(3)

/** Which bases attributed runs are made of: GC content and shares of the 16 dinucleotides, with standard errors. */
export default attr.pipeline({
  description: 'GC and dinucleotide composition of attributed runs, with standard errors',
  options: {
    q: { describe: 'attributed positions exceed this quantile of the magnitudes of their map', default: 0.9 },
  },
  outputs({ q }) {
    const sums = attr.withErrors(attr.sums(...attr.BASE_COUNTS), counts => ({
      gc: counts['gc'] / counts['known'],
      ...Object.fromEntries(pairs.map(pair => [pair, counts[pair] / counts['dinucleotides']])),
    }))
    return {
      composition: attr.fold(attr.pipe(attr.correct(), attr.selectRuns({ q }), attr.countBases(), sums), {
        columns: { of: 'text', share: 'real', se: 'real', low: 'real', high: 'real' },
        rows: estimates =>
          Object.entries(estimates).map(([of, { value = null, se = null, ci95 = [null, null] }]) => {
            const [low, high] = ci95
            return { of, share: value, se, low, high }
          }),
      }),
    }
  },
})
