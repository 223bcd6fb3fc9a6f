import { kmerText } from '../dna/kmers.js'
import type { Counts } from '../stats/sums/counts.js'
import { poissonTail, studentTail } from '../stats/tails.js'

/** A k-mer of the readout; where strands are folded, together with its reverse complement. */
export interface ReadoutKmer {
  readonly kmer: string
  /** Its reverse complement, where strands are folded; null where they are not, or where it is the same. */
  readonly reverse_complement: string | null
  /** How often it is attributed. */
  readonly count: number
  /** How often it is attributed as it is written; less than `count` if strands are folded. It is the more frequent of both. */
  readonly forward_count: number
  /** Its count in the prior, without a pseudocount. */
  readonly prior_count: number
  /** How often it would be attributed if attribution followed the prior. */
  readonly expected: number
  /** P ln(P/Q): its part of the KLD. */
  readonly contribution_nats: number
  /** That it is attributed no more than the prior says, times the number of k-mers (Bonferroni). */
  readonly p_adjusted: number
}

/** The attributed k-mers and what they are compared with. */
export interface KmerEvidence {
  readonly k: number
  readonly counts: ArrayLike<number>
  readonly groups: Counts
  readonly prior: ArrayLike<number>
  readonly pseudocount: number
}

/** Index of the reverse complement of a k-mer. */
function reverseComplementOfText(index: number, k: number): number {
  let reversed = 0
  for (let i = 0, rest = index; i < k; i++, rest >>= 2) reversed = (reversed << 2) | (3 - (rest & 3))
  return reversed
}

/**
 * K-mers that are attributed more often than the prior says, by descending contribution.
 *
 * Attributed k-mers overlap and come in runs, so a count is not that many independent finds. The p-value is the larger of
 * two: that of Poisson's distribution, which is right where k-mers are rare, and that of Student's t over the groups of
 * records (n_g - q N_g, as many degrees of freedom as groups less one), which is right where they come in clumps; with fewer
 * than 8 groups nothing is known of clumps, and p is 1.
 */
export function enrichedKmers(evidence: KmerEvidence, fold: boolean): ReadoutKmer[] {
  const { k, counts, prior, pseudocount, groups } = evidence
  const size = 4 ** k
  let total = 0
  let priorTotal = 0
  for (let i = 0; i < size; i++) {
    total += counts[i]
    priorTotal += prior[i] + pseudocount
  }
  const found: ReadoutKmer[] = []
  if (!(total > 0)) return found
  const used: number[] = []
  for (let g = 0; g < groups.groups; g++) if (groups.total(g) > 0) used.push(g)
  const tests = fold ? (size + (k % 2 === 0 ? 2 ** k : 0)) / 2 : size
  for (let i = 0; i < size; i++) {
    const reverse = fold ? reverseComplementOfText(i, k) : i
    const both = reverse !== i
    const one = both ? 1 : 0
    if (both && (counts[reverse] > counts[i] || (counts[reverse] === counts[i] && reverse < i))) continue
    const count = counts[i] + one * counts[reverse]
    const priorCount = prior[i] + one * prior[reverse]
    const q = (priorCount + (1 + one) * pseudocount) / priorTotal
    const p = count / total
    if (!(p > q) || !(q > 0)) continue
    found.push({
      kmer: kmerText(i, k),
      reverse_complement: both ? kmerText(reverse, k) : null,
      count,
      forward_count: counts[i],
      prior_count: priorCount,
      expected: q * total,
      contribution_nats: p * Math.log(p / q),
      p_adjusted: Math.min(
        1,
        tests *
          Math.max(
            poissonTail(count, q * total),
            clumpedTail(
              groups,
              used,
              g => (groups.of(g)?.[i] ?? 0) + one * (groups.of(g)?.[reverse] ?? 0),
              q,
            ),
          ),
      ),
    })
  }
  return found.toSorted((a, b) => b.contribution_nats - a.contribution_nats || (a.kmer < b.kmer ? -1 : 1))
}

/** Groups that a variance between them needs. */
const LEAST_GROUPS = 8

function clumpedTail(
  groups: Counts,
  used: readonly number[],
  countOf: (group: number) => number,
  q: number,
): number {
  const n = used.length
  if (n < LEAST_GROUPS) return 1
  const excess = used.map(g => countOf(g) - q * groups.total(g))
  const mean = excess.reduce((sum, value) => sum + value, 0) / n
  const squares = excess.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  if (!(squares > 0)) return mean > 0 ? 0 : 1
  return studentTail((mean * n) / Math.sqrt((n / (n - 1)) * squares), n - 1)
}
