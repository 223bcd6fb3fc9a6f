import { deviationsSe } from './jackknife.js'

/** What a simpler model than counts of words predicts of a group's words, in nats of the cross-validated value. */
export interface MarkovGain {
  readonly value: number
  readonly se: number
  /** What each group contributes, in the order of the groups. */
  readonly parts: readonly number[]
}

/** Counts of words by their parts. */
interface Tables {
  /** Bases at all positions, and at the first. */
  readonly bases: Float64Array
  readonly first: Float64Array
  /** Adjacent pairs ab: [4 a + b]. */
  readonly pairs: Float64Array
}

/**
 * The cross-validated gains of Markov models of order 0 (bases) and 1 (dinucleotides; none for k = 1): how much better
 * the base composition of the other groups' k-mers predicts those of a group than the prior's does, for each k-mer counted.
 *
 * @param groups Counts of the 4^k k-mers of each group; undefined if it has none.
 * @param prior Counts of the prior, any pseudocount added.
 */
export function markovGains(
  groups: readonly (ArrayLike<number> | undefined)[],
  prior: ArrayLike<number>,
  k: number,
): { readonly bases: MarkovGain; readonly dinucleotides: MarkovGain | undefined } {
  const each = groups.map(counts => tablesOf(counts, k))
  const all = each.reduce((all, own) => sum(all, own), tablesOf(undefined, k))
  const sizes = each.map(({ first }) => total(first))
  const words = total(all.first)
  const q = sharesOf(tablesOf(prior, k))
  const bases: number[] = []
  const dinucleotides: number[] = []
  for (const own of each) {
    const others = sum(all, own, -1)
    bases.push(gain(own.bases, others.bases, q.bases, 4) / words)
    const ofFirst = gain(own.first, others.first, q.first, 4)
    const ofPairs = gain(own.pairs, others.pairs, q.pairs, 4)
    dinucleotides.push((ofFirst + ofPairs) / words)
  }
  const gainOf = (parts: readonly number[]): MarkovGain => {
    const value = parts.reduce((sum, part) => sum + part, 0)
    return { value, se: deviationsSe(parts.map((part, g) => part - (value * sizes[g]) / words)), parts }
  }
  return { bases: gainOf(bases), dinucleotides: k === 1 ? undefined : gainOf(dinucleotides) }
}

/** Sum of counts times ln(predicted / prior) by rows of `width` cells; predictions have one count of the prior's shares. */
function gain(own: Float64Array, others: Float64Array, prior: Float64Array, width: number): number {
  let sum = 0
  for (let start = 0; start < own.length; start += width) {
    let row = 1
    for (let i = start; i < start + width; i++) row += others[i]
    for (let i = start; i < start + width; i++) {
      if (own[i] > 0) sum += own[i] * Math.log((others[i] + prior[i]) / row / prior[i])
    }
  }
  return sum
}

function tablesOf(counts: ArrayLike<number> | undefined, k: number): Tables {
  const tables = { bases: new Float64Array(4), first: new Float64Array(4), pairs: new Float64Array(16) }
  if (counts === undefined) return tables
  const { bases, first, pairs } = tables
  for (let x = 0; x < counts.length; x++) {
    const count = counts[x]
    if (count === 0) continue
    for (let j = 0, rest = x; j < k; j++, rest >>= 2) {
      bases[rest & 3] += count
      if (j < k - 1) pairs[rest & 15] += count
      else first[rest & 3] += count
    }
  }
  return tables
}

function sum(a: Tables, b: Tables, sign = 1): Tables {
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + sign * y[i])
  return { bases: add(a.bases, b.bases), first: add(a.first, b.first), pairs: add(a.pairs, b.pairs) }
}

/** Shares of bases, and of pairs by their first base: a quarter each of one that never occurs. */
function sharesOf({ bases, first, pairs }: Tables): Tables {
  const shares = (counts: Float64Array) => {
    const all = total(counts)
    return counts.map(count => (all > 0 ? count / all : 0.25))
  }
  const transitions = new Float64Array(16)
  for (let a = 0; a < 16; a += 4) transitions.set(shares(pairs.subarray(a, a + 4)), a)
  return { bases: shares(bases), first: shares(first), pairs: transitions }
}

function total(counts: Float64Array): number {
  let all = 0
  for (let i = 0; i < counts.length; i++) all += counts[i]
  return all
}
