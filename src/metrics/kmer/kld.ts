import type { KmerSpectrum } from '../../accumulators/kmer-spectrum.js'
import { DataError } from '../../core/errors.js'
import { kmerText } from '../../dna/kmers.js'
import { divergence, normalise } from '../../stats/divergence.js'

/** Prior counts of the 4^k k-mers, and what to call where they come from. */
export interface PriorCounts {
  readonly name: string
  readonly k: number
  readonly counts: ArrayLike<number>
}

/** As many of each. */
export function uniformPrior(k: number): PriorCounts {
  return { name: 'uniform', k, counts: new Float64Array(4 ** k).fill(1) }
}

/**
 * The k-mer KLD in nats: attributed k-mers against the prior (method, section 2). undefined where no k-mer is
 * attributed.
 *
 * @param prior Counts of the population's own k-mers (`kmerPrior`), or of another prior.
 * @param pseudocount Added to every count of the prior; 0 by default.
 *
 * @example
 * ```ts
 * import { correct, kmerKld, kmerPrior, kmerSpectrum, openMaps, pipe, run, selectRuns, together } from 'attrstream'
 *
 * const kmers = pipe(correct(), selectRuns(), kmerSpectrum())
 * const { spectrum, prior } = await run(
 *   await openMaps('maps.parquet'),
 *   together({ spectrum: kmers, prior: kmerPrior() }),
 * )
 * console.log(kmerKld(spectrum, prior))
 * ```
 *
 * Errors: `prior`, where the prior is for another k, empty, or lacks a k-mer that is attributed.
 */
export function kmerKld(
  spectrum: Pick<KmerSpectrum, 'k' | 'counts' | 'total'>,
  prior: Omit<PriorCounts, 'name'> & { readonly name?: string },
  pseudocount = 0,
): number | undefined {
  const { k, counts, total } = spectrum
  const { name = 'population' } = prior
  if (prior.k !== k) {
    throw new DataError(
      'prior',
      `prior ${name} counts ${prior.k}-mers, expected k = ${k}; count it again with this k`,
    )
  }
  if (total === 0) return undefined
  const q = normalise(Float64Array.from(prior.counts, count => count + pseudocount))
  if (!q.some(share => share > 0)) {
    throw new DataError(
      'prior',
      `prior ${name} has no ${k}-mers at all; give sequences of at least ${k} known bases`,
    )
  }
  const missing: string[] = []
  let lacking = 0
  for (let i = 0; i < q.length; i++) {
    if (counts[i] > 0 && q[i] === 0) {
      lacking++
      if (missing.length < 5) missing.push(kmerText(i, k))
    }
  }
  if (lacking > 0) {
    throw new DataError(
      'prior',
      `prior ${name} lacks ${lacking} of the attributed ${k}-mers (${missing.join(', ')}${lacking > missing.length ? ', ...' : ''}); give a prior of more sequences, a smaller k, or --pseudocount 1`,
    )
  }
  return divergence(normalise(counts), q)
}
