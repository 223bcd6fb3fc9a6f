import type { CellContexts } from '../accumulators/cell-contexts.js'
import type { KmerContexts } from '../accumulators/kmer-contexts.js'
import type { KmerSpectrum } from '../accumulators/kmer-spectrum.js'
import { GRID_SHAPES } from '../dna/angles.js'
import { FLANK } from '../dna/flanks.js'
import { type AngularEvidence, type Cluster, readClusters } from '../readout/cluster-logos.js'
import { enrichedKmers, type ReadoutKmer } from '../readout/kmers.js'
import { type MotifIndex, type MotifMatch, SHUFFLE_SEED, SHUFFLES } from '../readout/motif-match.js'
import { type SpectrumSummary, summariseSpectrum } from '../readout/spectrum-summary.js'
import { assembleWords, type Word } from '../readout/words.js'
import { divergenceTerm, normalise } from '../stats/divergence.js'
import { boxcarPrior } from './angular/kld.js'
import type { PriorCounts } from './kmer/kld.js'
import type { AngularOptions, MetricOptions } from './options.js'

/** How a readout is made, apart from what its sums are. */
export interface ReadoutOptions {
  /** Whether a k-mer and its reverse complement are one. */
  readonly fold: boolean
  /** Motifs to look words and clusters up in, and what to call where they are from. */
  readonly motifs?: { readonly name: string; readonly index: MotifIndex } | undefined
}

interface Matched {
  /** The known motif most like it; null where none were given. */
  readonly match: MotifMatch | null
}

/** What a model attributes to: its k-mers, the words they make up, and its directions with the bases around them. */
export interface Readout {
  readonly options: {
    readonly fold: boolean
    readonly flank: number
    readonly alpha: number
    readonly motifs: string | null
    readonly shuffles: number
    readonly seed: number
  }
  /** The heaviest k-mers, at most 100, those below alpha or not. */
  readonly kmers: readonly ReadoutKmer[]
  /** How many k-mers are below alpha. */
  readonly significant_kmers: number
  /**
   * Of the occurrences of these k-mers, the share on the strand on which each is more frequent: about 1/2 if both strands are
   * attributed alike, 1 if one alone is; null if strands are not folded, or nothing was found.
   */
  readonly strand_share: number | null
  readonly words: readonly (Word & Matched)[]
  readonly clusters: readonly (Cluster & Matched)[]
  readonly spectrum: SpectrumSummary
  /** Share of the angular weight in every cell. */
  readonly density: readonly number[]
}

/** What is taken for a find, after the correction for all that was tried. */
const ALPHA = 0.01
const MOST_KMERS = 100
const MOST_WORDS = 50
const MOST_CLUSTERS = 24

export interface ReadoutEvidence {
  readonly spectrum: KmerSpectrum
  readonly prior: PriorCounts
  readonly weights: Float64Array
  /** undefined where points were not distinguished in time: a global threshold over a pipe. */
  readonly cellContexts?: CellContexts | undefined
  /** undefined where k is above 8. */
  readonly kmerContexts?: KmerContexts | undefined
}

/** Reads a model's sums out (method, section 9). */
export function readOut(evidence: ReadoutEvidence, metrics: MetricOptions, options: ReadoutOptions): Readout {
  const { spectrum, prior, weights, cellContexts, kmerContexts } = evidence
  const { fold, motifs } = options
  const { k, counts, groups } = spectrum
  const { pseudocount } = metrics.kmer
  const kmers = enrichedKmers({ k, counts, groups, prior: prior.counts, pseudocount }, fold)
  const significant = kmers.filter(({ p_adjusted }) => p_adjusted < ALPHA)
  const words = assembleWords(significant, kmerContexts, fold).slice(0, MOST_WORDS)
  const clusters =
    cellContexts === undefined
      ? []
      : readClusters(angularEvidence(weights, cellContexts, metrics.angular)).filter(
          ({ p_adjusted }) => p_adjusted < ALPHA,
        )
  const matched = <T extends Word | Cluster>(found: T): T & Matched => ({
    ...found,
    match: motifs?.index.best(found.matrix) ?? null,
  })
  return {
    options: {
      fold,
      flank: FLANK,
      alpha: ALPHA,
      motifs: motifs?.name ?? null,
      shuffles: SHUFFLES,
      seed: SHUFFLE_SEED,
    },
    kmers: kmers.slice(0, MOST_KMERS),
    significant_kmers: significant.length,
    strand_share: fold ? strandShare(significant) : null,
    words: words.map(matched),
    clusters: clusters.slice(0, MOST_CLUSTERS).map(matched),
    spectrum: summariseSpectrum(
      normalise(counts),
      normalise(Float64Array.from(prior.counts, count => count + pseudocount)),
    ),
    density: [...normalise(weights)],
  }
}

function strandShare(kmers: readonly ReadoutKmer[]): number | null {
  let forward = 0
  let total = 0
  for (const { reverse_complement, count, forward_count } of kmers) {
    if (reverse_complement === null) continue
    forward += forward_count
    total += count
  }
  return total > 0 ? forward / total : null
}

/** Contributions of the cells that enter the KLD, as `angularKld` sums them. */
function angularEvidence(
  weights: Float64Array,
  { contexts, bases }: CellContexts,
  options: AngularOptions,
): AngularEvidence {
  const { azimuths, thetas } = GRID_SHAPES[options.grid]
  const p = normalise(weights)
  const q = boxcarPrior(options.prior, p, azimuths, thetas)
  const border = options.cells === 'interior' ? 1 : 0
  const contributions = new Float64Array(p.length)
  let kld = 0
  for (let i = border; i < azimuths - border; i++) {
    for (let j = border; j < thetas - border; j++) {
      const cell = i * thetas + j
      if (q[cell] > 0) kld += contributions[cell] = divergenceTerm(p[cell], q[cell])
    }
  }
  return {
    grid: { azimuths, thetas, wraps: true },
    bins: [options.grid === 'full' ? 0.1 : 0.2, 0.1],
    contributions,
    kld,
    contexts,
    bases,
    window: options.window,
  }
}
