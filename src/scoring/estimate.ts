import { GRID_SHAPES } from '../dna/angles.js'
import { GROUPS } from '../dna/groups.js'
import type { MetricOptions } from './options.js'

/** What the memory of a run depends on. */
export interface RunShape {
  readonly metrics: MetricOptions
  /** Whether the prior is counted from the maps' own sequences. */
  readonly populationPrior: boolean
  /** Records of the population, where they are known: fewer than 64 fill fewer groups. */
  readonly records: number | undefined
  /** Bytes of the largest batch. */
  readonly batchBytes: number
  /** Whether it is read from a pipe. */
  readonly piped: boolean
  /** Worker threads. */
  readonly lanes: number
}

export interface MemoryEstimate {
  /** Node, its heap and the package, on one thread. */
  readonly base_bytes: number
  /** Sums of one lane. */
  readonly state_bytes: number
  /** All states that are held at a time. */
  readonly states_bytes: number
  /** What is read ahead and decoded. */
  readonly buffers_bytes: number
  readonly total_bytes: number
  /** What comes to the total while a checkpoint is saved. */
  readonly saving_bytes: number
}

const MB = 2 ** 20

/** Resident memory of a run over 300 maps with k = 1, less its state and buffers, and what each worker adds: measured. */
const BASE = 95 * MB
const WORKER = 45 * MB
/** Limbs of 8 bytes that a sum of weights of similar size takes; see `ExactSums`. */
const LIMBS = 6
/** Ids kept to find those that occur twice. */
const IDS = 3 * MB
/** Octaves of radius that the axis of a pipe meets, and its bins an octave. */
const OCTAVES = 16
const BINS = 32
/** A batch is held as it is in the file, inflated, and as values; windows of less than 2 MB are read together. */
const COPIES = 3
const LEAST_BATCH = 2 * MB

/**
 * The memory that a score needs, about.
 *
 * A state has, for each of up to 64 groups of records, 4^k counts of 4 bytes for attributed k-mers and as many for the
 * population's own prior, and a grid of cells with six limbs of 8 bytes; over a pipe with a global threshold, a grid for
 * each bin of the radius instead. Each lane holds a state, and another is what they are merged into; saving takes a copy
 * of it as arrays and one as bytes. To this come Node itself, and three copies of the largest batch for each lane. None
 * of it grows with the number of records. Measured runs over 300 maps with k from 1 to 10 took 0.95 to 1.2 times this.
 */
export function estimateMemory(run: RunShape): MemoryEstimate {
  const { kmer, angular } = run.metrics
  const groups = Math.min(GROUPS, run.records ?? GROUPS)
  const { azimuths, thetas } = GRID_SHAPES[angular.grid]
  const kmers = groups * 4 ** kmer.k * 4 * (run.populationPrior ? 2 : 1)
  const binned = angular.threshold.kind === 'global' && run.piped
  const grid = azimuths * thetas * LIMBS * 8 * (binned ? OCTAVES * BINS : GROUPS)
  const state = kmers + grid + IDS
  const states = state * (run.lanes + 1)
  const base = BASE + (run.lanes > 1 ? run.lanes * WORKER : 0)
  const buffers = run.lanes * COPIES * Math.max(run.batchBytes, LEAST_BATCH)
  return {
    base_bytes: base,
    state_bytes: state,
    states_bytes: states,
    buffers_bytes: buffers,
    total_bytes: base + states + buffers,
    saving_bytes: 2 * state,
  }
}
