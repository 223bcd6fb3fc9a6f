import { DataError } from '../../core/errors.js'
import { type MotifMatrix, reverseMatrix, sharesOf } from '../../readout/matrix.js'
import type { Random } from '../../stats/random.js'
import type { SyntheticMotif } from './options.js'
import { drawBases, type Site } from './sequences.js'
import { below, randomFraction, streamOf } from './streams.js'

/** What a network is trained, stopped and tested on. */
const SPLITS = ['train', 'valid', 'test'] as const
export type Split = (typeof SPLITS)[number]

/** How many motifs a sequence has: 3, 4, 5 or 6, with these chances. */
const COUNTS = [
  { motifs: 3, until: 0.5 },
  { motifs: 4, until: 0.75 },
  { motifs: 5, until: 0.92 },
  { motifs: 6, until: 1 },
] as const

export interface TaskOptions {
  readonly length: number
  readonly seed: number
  /** Motifs that positive sequences are made of. */
  readonly core: readonly SyntheticMotif[]
  /** Motifs that negative sequences are made of in addition to the core ones. */
  readonly others: readonly SyntheticMotif[]
  /** Shares of sequences for training, validation and test; their sum is 1. */
  readonly split: readonly [train: number, valid: number, test: number]
}

/** A site of a motif, in the orientation that was embedded. */
export interface TaskSite extends Site {
  readonly name: string
  readonly strand: '+' | '-'
}

/** A sequence of the task. Valid until the next is made. */
export interface TaskSequence {
  readonly positive: boolean
  readonly split: Split
  readonly codes: Uint8Array
  /** Probabilities of A, C, G and T at each position, position by channel; 1/4 each outside motifs. */
  readonly truth: Float32Array
  readonly sites: readonly TaskSite[]
}

/**
 * Makes the sequence of a row of the paper's task. Even rows are positive: their motifs are core motifs. The motifs of odd
 * rows are drawn from the core and the other motifs, so that they may hold a core motif. A motif and its reverse complement
 * are drawn alike, with replacement. The lengths of the gaps before, between and after motifs are proportional to numbers
 * drawn uniformly from [0, 2). Each base is drawn from the probabilities of its position.
 *
 * Source: Majdandzic, Rajesh et al., MLCB 2022, appendix B; P. Koo, M. Ploenzke, Nature Machine Intelligence 3 (2021), whose
 * published generator also draws 7 motifs, with a chance of 0.03; here these sequences have 6, as the paper says.
 *
 * Errors: `usage`, for options that do not go together.
 */
export function taskSequences(options: TaskOptions): (row: number) => TaskSequence {
  const { length, seed, core, others, split } = options
  checkTask(options)
  const coreStrands = strandsOf(core)
  const allStrands = [...coreStrands, ...strandsOf(others)]
  const codes = new Uint8Array(length)
  const truth = new Float32Array(4 * length)

  return row => {
    const positive = row % 2 === 0
    const sites = sitesOf(streamOf(seed, 'task', row), positive ? coreStrands : allStrands, length)
    truth.fill(0.25)
    for (const { start, shares } of sites) shares.forEach((column, i) => truth.set(column, 4 * (start + i)))
    drawBases(streamOf(seed, 'bases', row), truth, codes)
    const at = randomFraction(streamOf(seed, 'split', row))
    const set = at < split[0] ? 'train' : at < split[0] + split[1] ? 'valid' : 'test'
    return { positive, split: set, codes, truth, sites }
  }
}

function checkTask({ length, core, split }: TaskOptions): void {
  const sum = split[0] + split[1] + split[2]
  if (split.some(part => !(part >= 0 && part <= 1)) || Math.abs(sum - 1) > 1e-9) {
    throw new DataError(
      'usage',
      `--split is ${split.join(',')}, expected three shares that add up to 1, e.g. 0.7,0.1,0.2`,
    )
  }
  const shortest = Math.min(...core.map(({ matrix }) => matrix.length))
  if (core.length === 0) throw new DataError('usage', 'found no core motif; give some with --core')
  if (3 * shortest > length) {
    throw new DataError(
      'usage',
      `--length is ${length}, expected at least ${3 * shortest}: every sequence has at least three motifs`,
    )
  }
}

type Oriented = Omit<TaskSite, 'start'>

function strandsOf(motifs: readonly SyntheticMotif[]): Oriented[] {
  return motifs.flatMap(({ name, matrix }): Oriented[] => {
    const shares: MotifMatrix = sharesOf(matrix)
    return [
      { name, strand: '+', shares },
      { name, strand: '-', shares: reverseMatrix(shares) },
    ]
  })
}

/** Draws motifs until they fit, then gaps until their rounded lengths add up to what is free. */
function sitesOf(random: Random, motifs: readonly Oriented[], length: number): TaskSite[] {
  let chosen: Oriented[]
  let free: number
  do {
    const at = randomFraction(random)
    const { motifs: count } = COUNTS.find(({ until }) => at < until) ?? COUNTS[COUNTS.length - 1]
    chosen = Array.from({ length: count }, () => motifs[below(random, motifs.length)])
    free = chosen.reduce((left, { shares }) => left - shares.length, length)
  } while (free < 0)
  let gaps: number[]
  do {
    const weights = Array.from({ length: chosen.length + 1 }, () => 2 * randomFraction(random))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    gaps = weights.map(weight => Math.round((weight / sum) * free))
  } while (gaps.reduce((total, gap) => total + gap, 0) !== free)
  let start = 0
  return chosen.map((motif, j) => {
    start += gaps[j]
    const site = { ...motif, start }
    start += motif.shares.length
    return site
  })
}
