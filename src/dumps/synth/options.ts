import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import type { MotifMatrix } from '../../readout/matrix.js'

/** A motif to embed. */
export interface SyntheticMotif {
  readonly name: string
  /** Counts or shares by position. */
  readonly matrix: MotifMatrix
}

/** A motif, or a base composition, at a fixed place, on the forward strand. */
export interface FixedSite extends SyntheticMotif {
  /** 0-based position of its first column. */
  readonly start: number
}

/** Sequences with motifs embedded, as in appendix B of the paper. */
export interface SequenceOptions {
  readonly length: number
  readonly seed: number
  /** Motifs of positive sequences. */
  readonly core: readonly SyntheticMotif[]
  /** Motifs of negative sequences. */
  readonly others: readonly SyntheticMotif[]
  /** How many motifs a sequence has, with replacement: a whole number in [least, most], all equally likely. */
  readonly embed: { readonly least: number; readonly most: number }
  /** What every sequence has at the same place, as sequences that are aligned on an element do. */
  readonly fixed?: readonly FixedSite[] | undefined
  /** Share of sequences that are positive. */
  readonly positives: number
  /** Share of positions that are N. */
  readonly unknown: number
}

/** Quality of the maps. Lengths and deviations are in units of what a sure base of a motif gets: 3/4 above, 1/4 below. */
export interface QualityOptions {
  /** Another seed gives other maps of the same sequences. */
  readonly mapSeed: number
  readonly signal: number
  /** Standard deviation of what is added to every base of every position. */
  readonly noise: number
  /** Share of positions with a spurious spike. */
  readonly spikes: number
  /** Standard deviation of what is added to the four bases of a position alike. */
  readonly gauge: number
  /** Share of maps that are 0 throughout. */
  readonly dead: number
  /** Maps are 0 outside these positions, [start, end), as those of a network that sees only part of the sequence are. */
  readonly seen?: Range | undefined
}

export interface SyntheticOptions extends SequenceOptions, QualityOptions {}

/** Errors: `usage`, for options that do not go together. */
export function checkOptions(options: SyntheticOptions): void {
  const { length, embed, core, others, positives } = options
  checkInteger('length', length, 1, 10_000_000)
  checkInteger('seed', options.seed, 0, 2 ** 32 - 1)
  checkInteger('map-seed', options.mapSeed, 0, 2 ** 32 - 1)
  for (const name of ['positives', 'unknown', 'spikes', 'dead'] as const) checkFraction(name, options[name])
  for (const name of ['signal', 'noise', 'gauge'] as const) {
    if (!(options[name] >= 0 && options[name] <= 1e6))
      usageError(name, options[name], 'a number from 0 to 1e6')
  }
  checkPlaces(options)
  checkInteger('embed', embed.least, 0, 1000)
  checkInteger('embed', embed.most, embed.least, 1000)
  if (embed.most === 0) return
  if (positives > 0) fitting(core, length, 'core')
  if (positives < 1) fitting(others, length, 'other')
}

function checkPlaces({ length, fixed = [], seen }: SyntheticOptions): void {
  let before: FixedSite | undefined
  for (const site of fixed.toSorted((a, b) => a.start - b.start)) {
    const end = site.start + site.matrix.length
    if (end > length) {
      usageError(
        'fixed',
        `${site.name} at ${site.start}`,
        `a place within length ${length}; it ends at ${end}`,
      )
    }
    if (before !== undefined && site.start < before.start + before.matrix.length) {
      usageError(
        'fixed',
        `${site.name} at ${site.start}`,
        `no overlap with ${before.name} at ${before.start}`,
      )
    }
    before = site
  }
  if (seen !== undefined && !(seen.start < seen.end && seen.end <= length)) {
    usageError('seen', `${seen.start}-${seen.end}`, `positions within length ${length}`)
  }
}

function fitting(motifs: readonly SyntheticMotif[], length: number, which: string): void {
  if (motifs.length === 0) {
    throw new DataError('usage', `there is no ${which} motif to embed; give a file of motifs that has some`)
  }
  const wide = motifs.find(({ matrix }) => matrix.length > length)
  if (wide === undefined) return
  throw new DataError(
    'usage',
    `motif ${wide.name} has ${wide.matrix.length} positions, expected at most length ${length}; make sequences longer, or leave the motif out`,
  )
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    usageError(name, value, `a whole number from ${least} to ${most}`)
  }
}

function checkFraction(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) usageError(name, value, 'a share from 0 to 1')
}

function usageError(name: string, value: number | string, expected: string): never {
  throw new DataError('usage', `${name} is ${value}, expected ${expected}`)
}
