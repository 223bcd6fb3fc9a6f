import { reverseComplement } from '../dna/kmers.js'
import type { Counts } from '../stats/counts.js'
import { crossValidateCounts } from '../stats/cross-validation.js'
import { divergence, divergenceOfWeights, divergenceTerm, normalise } from '../stats/divergence.js'
import { effectiveNumber } from '../stats/effective-number.js'
import { LEAST_GROUPS } from '../stats/jackknife.js'
import { MULTINOMIAL_DRAWS, multinomialNull } from '../stats/multinomial-null.js'
import { type Estimates, NO_ESTIMATES } from './consistency.js'
import type { KmerNullKind } from './nulls.js'

/** Counts by group that k-mers are scored from. */
export interface KmerSums {
  readonly k: number
  readonly attributed: Counts
  /** Counts of the population's own prior by group, or those of another, which no group changes. */
  readonly prior: { readonly groups: Counts } | { readonly counts: ArrayLike<number> }
  readonly pseudocount: number
}

/** How a k-mer null was made. */
export type KmerNullUsed = {
  readonly kind: 'multinomial'
  readonly how: 'draws' | 'closed form'
  readonly draws: number | null
}

export interface KmerEstimates extends Estimates {
  readonly diversityFolded: number | undefined
  readonly nullUsed: KmerNullUsed | undefined
}

export const NO_KMER_ESTIMATES: KmerEstimates = {
  ...NO_ESTIMATES,
  diversityFolded: undefined,
  nullUsed: undefined,
}

/**
 * The k-mer KLD of the records of some groups, without each of them, its null and its cross-validated value.
 *
 * The prior must hold every attributed k-mer; see `kmerKld`.
 */
export function kmerEstimates(
  sums: KmerSums,
  groups: readonly number[],
  nullKind: KmerNullKind | undefined,
): KmerEstimates {
  const { k, attributed, prior, pseudocount } = sums
  const own = 'groups' in prior ? prior.groups : undefined
  const counts = sumOf(attributed, groups)
  const total = groups.reduce((sum, g) => sum + attributed.total(g), 0)
  const weights = 'groups' in prior ? sumOf(prior.groups, groups) : Float64Array.from(prior.counts)
  if (pseudocount > 0) for (let x = 0; x < weights.length; x++) weights[x] += pseudocount
  if (total === 0) return NO_KMER_ESTIMATES
  const p = normalise(counts)
  const q = normalise(weights)

  const several = groups.length >= LEAST_GROUPS
  const rest = new Float64Array(counts.length)
  const restWeights = new Float64Array(counts.length)
  const weightsWithout = (i: number) =>
    own === undefined ? weights : without(weights, own.of(groups[i]), restWeights)
  const left = several
    ? groups.map((g, i) => divergenceOfWeights(without(counts, attributed.of(g), rest), weightsWithout(i)))
    : undefined

  const floor =
    nullKind === 'multinomial'
      ? multinomialNull(
          groups.map(g => attributed.total(g)),
          weights,
          several ? weightsWithout : undefined,
        )
      : undefined
  return {
    kld: divergence(p, q),
    left,
    null: floor?.value,
    nullLeft: floor && several ? Array.from(floor.left) : undefined,
    nullUsed: floor && {
      kind: 'multinomial',
      how: floor.how,
      draws: floor.how === 'draws' ? MULTINOMIAL_DRAWS : null,
    },
    cv: several
      ? crossValidateCounts(
          groups.map(g => attributed.of(g)),
          counts,
          q,
        )
      : undefined,
    diversity: effectiveNumber(p.map((share, x) => divergenceTerm(share, q[x]))),
    diversityFolded: foldedDiversity(p, q, k),
  }
}

/** Counts of these groups together. */
function sumOf(counts: Counts, groups: readonly number[]): Float64Array {
  const sum = new Float64Array(counts.cells)
  for (const g of groups) {
    const page = counts.of(g)
    if (page !== undefined) for (let x = 0; x < page.length; x++) sum[x] += page[x]
  }
  return sum
}

/** All less a part, put into `rest`. */
function without(all: Float64Array, part: ArrayLike<number> | undefined, rest: Float64Array): Float64Array {
  if (part === undefined) return all
  for (let x = 0; x < all.length; x++) rest[x] = all[x] - part[x]
  return rest
}

/** The diversity where a k-mer and its reverse complement are one. */
function foldedDiversity(p: Float64Array, q: Float64Array, k: number): number | undefined {
  const contributions = new Float64Array(p.length)
  for (let x = 0; x < p.length; x++) {
    const other = reverseComplement(x, k)
    if (other < x) continue
    const twice = other === x ? 0 : 1
    contributions[x] = divergenceTerm(p[x] + twice * p[other], q[x] + twice * q[other])
  }
  return effectiveNumber(contributions)
}
