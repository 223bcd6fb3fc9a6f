import { reverseComplement } from '../../dna/kmers.js'
import { SHIFT_GENERATOR } from '../../stages/shift-runs.js'
import type { Counts } from '../../stats/sums/counts.js'
import { crossValidateCounts } from '../../stats/cross-validation.js'
import {
  divergence,
  divergenceOfWeights,
  divergenceTerm,
  effectiveNumber,
  normalise,
} from '../../stats/divergence.js'
import { LEAST_GROUPS } from '../../stats/jackknife.js'
import { MULTINOMIAL_DRAWS, MULTINOMIAL_GENERATOR, multinomialNull } from '../../stats/multinomial-null.js'
import { type Composition, compositionOf } from './composition.js'
import { type EstimateDetail, type Estimates, NO_ESTIMATES } from '../consistency.js'
import type { KmerNullKind } from '../nulls.js'

/** Counts by group that k-mers are scored from. */
export interface KmerSums {
  readonly k: number
  readonly attributed: Counts
  /** Counts of the population's own prior by group, or those of another, which no group changes. */
  readonly prior: { readonly groups: Counts } | { readonly counts: ArrayLike<number> }
  readonly pseudocount: number
  /** Counts of the runs moved at random, where that is the null. */
  readonly shifted?: Counts | undefined
}

/** How a k-mer null was made. */
export type KmerNullUsed =
  | {
      readonly kind: 'multinomial'
      readonly how: 'draws' | 'closed form'
      readonly draws: number | null
      /** What makes the draws. */
      readonly generator: string | null
    }
  | {
      readonly kind: 'shift'
      readonly kmers: number
      /** K-mers of moved runs that the prior lacks, which are left out. */
      readonly left_out: number
      readonly generator: string
    }

export interface KmerEstimates extends Estimates {
  readonly diversityFolded: number | undefined
  readonly nullUsed: KmerNullUsed | undefined
  /** Undefined if there is no cross-validated value. */
  readonly composition: Composition | undefined
}

export const NO_KMER_ESTIMATES: KmerEstimates = {
  ...NO_ESTIMATES,
  diversityFolded: undefined,
  nullUsed: undefined,
  composition: undefined,
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
  detail: EstimateDetail = 'all',
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

  const all = detail === 'all'
  const parts = groups.map(g => attributed.of(g))
  const cv = several ? crossValidateCounts(parts, counts, q) : undefined
  const floor = nullOf(sums, groups, nullKind, weights, several && all ? weightsWithout : undefined)
  return {
    kld: divergence(p, q),
    left,
    null: floor?.value,
    nullLeft: floor?.left,
    nullUsed: floor?.used,
    cv,
    composition: cv && all ? compositionOf(parts, weights, k, cv) : undefined,
    diversity: all ? effectiveNumber(p.map((share, x) => divergenceTerm(share, q[x]))) : undefined,
    diversityFolded: all ? foldedDiversity(p, q, k) : undefined,
  }
}

interface KmerNull {
  readonly value: number
  readonly left: readonly number[] | undefined
  readonly used: KmerNullUsed
}

/** What noise scores; undefined where it is not asked for, or has no k-mer. */
function nullOf(
  { attributed, shifted }: KmerSums,
  groups: readonly number[],
  kind: KmerNullKind | undefined,
  weights: Float64Array,
  weightsWithout: ((i: number) => Float64Array) | undefined,
): KmerNull | undefined {
  if (kind === 'multinomial') {
    const sizes = groups.map(g => attributed.total(g))
    const { how, value, left } = multinomialNull(sizes, weights, weightsWithout)
    const drawn = how === 'draws'
    return {
      value,
      left: weightsWithout && Array.from(left),
      used: {
        kind,
        how,
        draws: drawn ? MULTINOMIAL_DRAWS : null,
        generator: drawn ? MULTINOMIAL_GENERATOR : null,
      },
    }
  }
  if (kind !== 'shift' || shifted === undefined) return undefined
  const moved = sumOf(shifted, groups)
  const known = new Float64Array(moved.length)
  const [kmers, leftOut] = keepKnown(moved, weights, known)
  if (kmers === 0) return undefined
  const rest = new Float64Array(moved.length)
  return {
    value: divergenceOfWeights(known, weights),
    left:
      weightsWithout &&
      groups.map((g, i) => {
        const others = weightsWithout(i)
        keepKnown(without(moved, shifted.of(g), rest), others, known)
        return divergenceOfWeights(known, others)
      }),
    used: { kind, kmers, left_out: leftOut, generator: SHIFT_GENERATOR },
  }
}

/** Puts the counts of cells that have a weight into `known`; how many those are, and how many not. */
function keepKnown(counts: Float64Array, weights: Float64Array, known: Float64Array): [number, number] {
  let kept = 0
  let leftOut = 0
  for (let x = 0; x < counts.length; x++) {
    known[x] = weights[x] > 0 ? counts[x] : 0
    if (weights[x] > 0) kept += counts[x]
    else leftOut += counts[x]
  }
  return [kept, leftOut]
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
