/** The k-mers of a population in few numbers, whatever k is: enough to draw them against the prior and by rank. */
export interface SpectrumSummary {
  /** Borders of bins lie at powers of ten to the multiples of 1 over this. */
  readonly bins_per_decade: number
  /** Bin of the share in the prior, bin of the share among attributed k-mers, and how many k-mers are in both. */
  readonly prior_bin: readonly number[]
  readonly attributed_bin: readonly number[]
  readonly kmers: readonly number[]
  /** K-mers of the prior that are never attributed. */
  readonly unattributed: number
  /** Ranks from 1, some of them, and the share that has this rank, each distribution by its own order. */
  readonly ranks: readonly number[]
  readonly attributed_shares: readonly number[]
  readonly prior_shares: readonly number[]
}

const BINS_PER_DECADE = 10
const RANKS_PER_DECADE = 20

/** @param p Shares among attributed k-mers. @param q Shares in the prior, pseudocounts included. */
export function summariseSpectrum(p: Float64Array, q: Float64Array): SpectrumSummary {
  const counted = new Map<string, number>()
  let unattributed = 0
  for (let i = 0; i < p.length; i++) {
    if (p[i] > 0 && q[i] > 0) {
      const key = `${binOf(q[i])} ${binOf(p[i])}`
      counted.set(key, (counted.get(key) ?? 0) + 1)
    } else if (q[i] > 0) unattributed++
  }
  const bins = [...counted]
    .map(([key, kmers]) => ({ bin: key.split(' ').map(Number), kmers }))
    .toSorted((a, b) => a.bin[0] - b.bin[0] || a.bin[1] - b.bin[1])
  const attributed = p.toSorted((a, b) => b - a)
  const prior = q.toSorted((a, b) => b - a)
  const ranks = ranksUpTo(Math.max(lastAbove0(attributed), lastAbove0(prior)))
  return {
    bins_per_decade: BINS_PER_DECADE,
    prior_bin: bins.map(({ bin }) => bin[0]),
    attributed_bin: bins.map(({ bin }) => bin[1]),
    kmers: bins.map(({ kmers }) => kmers),
    unattributed,
    ranks,
    attributed_shares: ranks.map(rank => attributed[rank - 1]),
    prior_shares: ranks.map(rank => prior[rank - 1]),
  }
}

function binOf(share: number): number {
  return Math.floor(BINS_PER_DECADE * Math.log10(share))
}

function lastAbove0(descending: Float64Array): number {
  const end = descending.findIndex(share => !(share > 0))
  return end < 0 ? descending.length : end
}

function ranksUpTo(last: number): number[] {
  const ranks = new Set<number>()
  for (let j = 0; ; j++) {
    const rank = Math.round(10 ** (j / RANKS_PER_DECADE))
    if (rank >= last) break
    ranks.add(rank)
  }
  if (last > 0) ranks.add(last)
  return [...ranks]
}
