import { N } from '../../dna/bases.js'
import { type MotifMatrix, reverseMatrix, sharesOf } from '../../readout/matrix.js'
import type { Random } from '../../stats/random.js'
import type { SequenceOptions, SyntheticMotif } from './options.js'
import { below, randomFraction, streamOf } from './streams.js'

/** A motif where it was embedded. */
export interface Site {
  readonly start: number
  /** Shares by position, in the orientation that was embedded. */
  readonly shares: MotifMatrix
}

/** A sequence and what it was drawn from. Valid until the next is made. */
export interface SyntheticSequence {
  readonly positive: boolean
  /** Base codes, N among them. */
  readonly codes: Uint8Array
  /** Probabilities of the four bases at each position: 1/4 each off the motifs. */
  readonly truth: Float32Array
  readonly sites: readonly Site[]
}

/**
 * Makes the sequence of a row: motifs, drawn with replacement from those of its class, each on either strand, do not
 * overlap, and all places are equally likely; those that would overlap a fixed site are left out; where they do not fit, the last are left out. Each base is then drawn from
 * the probabilities of its position (appendix B of the paper).
 */
export function syntheticSequences(options: SequenceOptions): (row: number) => SyntheticSequence {
  const { length, seed } = options
  const core = orientationsOf(options.core)
  const others = orientationsOf(options.others)
  const fixed = (options.fixed ?? []).map(({ start, matrix }): Site => ({ start, shares: sharesOf(matrix) }))
  const codes = new Uint8Array(length)
  const truth = new Float32Array(4 * length)

  return row => {
    const positive = randomFraction(streamOf(seed, 'class', row)) < options.positives
    const drawn = place(streamOf(seed, 'motifs', row), positive ? core : others, options)
    const sites = [...fixed, ...drawn.filter(site => !fixed.some(other => overlap(site, other)))]
    truth.fill(0.25)
    for (const { start, shares } of sites) {
      for (let i = 0; i < shares.length; i++) truth.set(shares[i], 4 * (start + i))
    }
    drawBases(streamOf(seed, 'bases', row), truth, codes)
    if (options.unknown > 0) {
      const unknown = streamOf(seed, 'unknown', row)
      for (let i = 0; i < length; i++) if (randomFraction(unknown) < options.unknown) codes[i] = N
    }
    return { positive, codes, truth, sites }
  }
}

function overlap(a: Site, b: Site): boolean {
  return a.start < b.start + b.shares.length && b.start < a.start + a.shares.length
}

type Orientations = readonly (readonly [forward: MotifMatrix, reverse: MotifMatrix])[]

function orientationsOf(motifs: readonly SyntheticMotif[]): Orientations {
  return motifs.map(({ matrix }) => {
    const shares = sharesOf(matrix)
    return [shares, reverseMatrix(shares)]
  })
}

function place(random: Random, motifs: Orientations, { length, embed }: SequenceOptions): Site[] {
  const count = embed.least + below(random, embed.most - embed.least + 1)
  const chosen: MotifMatrix[] = []
  let free = length
  for (let j = 0; j < count; j++) {
    const [forward, reverse] = motifs[below(random, motifs.length)]
    const shares = below(random, 2) === 0 ? forward : reverse
    if (shares.length > free) break
    chosen.push(shares)
    free -= shares.length
  }
  const gaps = chosen.map(() => below(random, free + 1)).toSorted((a, b) => a - b)
  let taken = 0
  return chosen.map((shares, j) => {
    const start = gaps[j] + taken
    taken += shares.length
    return { start, shares }
  })
}

/** Draws the base of each position from its four probabilities. */
export function drawBases(random: Random, truth: Float32Array, codes: Uint8Array): void {
  for (let i = 0; i < codes.length; i++) codes[i] = drawBase(randomFraction(random), truth, 4 * i)
}

/** The base at which the sum of probabilities passes `at`; the last that can be, where rounding leaves it short. */
function drawBase(at: number, truth: Float32Array, p: number): number {
  let sum = 0
  let last = 0
  for (let base = 0; base < 4; base++) {
    if (truth[p + base] === 0) continue
    last = base
    sum += truth[p + base]
    if (at < sum) return base
  }
  return last
}
