import { GRID_SHAPES } from '../dna/angles.js'
import { CONTEXT, CONTEXT_K_MAX, FLANKS } from '../dna/flanks.js'
import { GROUPS } from '../core/hash.js'
import { NO_NULLS } from '../metrics/nulls.js'
import type { StatisticsOptions } from '../metrics/statistics.js'
import { otherAngles, otherKmers } from '../metrics/sweep-options.js'

/** What the memory of a run depends on. */
export interface RunShape extends Omit<StatisticsOptions, 'byModel'> {
  /** Records of the population, where they are known: fewer than 64 fill fewer groups. */
  readonly records: number | undefined
  /** Bytes of the largest batch. */
  readonly batchBytes: number
  /** What its reader takes besides; nothing where undefined. */
  readonly readerBytes?: number | undefined
  /** Whether it is read from a pipe. */
  readonly piped: boolean
  /** Worker threads. */
  readonly workers: number
  /** Populations scored at the same time; one where undefined. */
  readonly populations?: number | undefined
}

export interface MemoryEstimate {
  /** Node, its heap and the package, on one thread. */
  readonly base_bytes: number
  /** Sums of one worker. */
  readonly state_bytes: number
  /** All states that are held at a time. */
  readonly states_bytes: number
  /** What is read ahead and decoded. */
  readonly buffers_bytes: number
  readonly total_bytes: number
  /** What is added to the total while a checkpoint is saved. */
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
/** Sequences and runs of a sample of records, and what maps have in common by position: of 2,000 positions. */
const SAMPLE = 6 * MB
/** Bases of each count of k-mers, and points of each grid, that wait to be added. */
const WAITING_BASES = MB
const WAITING_POINTS = 3 * MB
/** Octaves of radius that the axis of a pipe meets, and its bins an octave. */
const OCTAVES = 16
const BINS = 32
/** A batch is held as it is in the file, inflated, and as values; windows of less than 2 MB are read together. */
const COPIES = 3
const LEAST_BATCH = 2 * MB

/**
 * The memory that a score needs, about.
 *
 * A state has, for each of up to 64 groups of records, 4^k counts of 4 bytes for attributed k-mers, as many for those of
 * shifted runs, and as many for the population's own prior; and a grid of cells with six limbs of 8 bytes, for the maps
 * and for each draw of the angular null; over a pipe with a global threshold, a grid for each bin of the radius instead.
 * A sweep has all of that for each of its settings, priors once for each k. Each worker holds a state, and another is what
 * they are merged into; saving takes a copy of it as arrays and one as bytes. To this come Node itself, and three copies
 * of the largest batch for each worker. None of it grows with the number of records.
 */
export function estimateMemory(run: RunShape): MemoryEstimate {
  const state = kmerBytes(run) + gridBytes(run) + contextBytes(run) + IDS + SAMPLE
  const states = state * (run.workers + (run.populations ?? 1))
  const base = baseBytes(run.workers)
  const buffers = bufferBytes(run.workers, run.batchBytes, run.readerBytes)
  return {
    base_bytes: base,
    state_bytes: state,
    states_bytes: states,
    buffers_bytes: buffers,
    total_bytes: base + states + buffers,
    saving_bytes: 2 * state,
  }
}

/** Memory of any run over batches of at most this many bytes, but for its states. */
export function readingBytes(workers: number, batchBytes: number): number {
  return baseBytes(workers) + bufferBytes(workers, batchBytes)
}

function baseBytes(workers: number): number {
  return BASE + (workers > 1 ? workers * WORKER : 0)
}

function bufferBytes(workers: number, batchBytes: number, readerBytes = 0): number {
  return workers * (COPIES * Math.max(batchBytes, LEAST_BATCH) + readerBytes)
}

function contextBytes({ metrics, readout = false }: RunShape): number {
  if (!readout) return 0
  const { k } = metrics.kmer
  const { azimuths, thetas } = GRID_SHAPES[metrics.angular.grid]
  const positions = azimuths * thetas * CONTEXT + (k > CONTEXT_K_MAX ? 0 : 4 ** k * FLANKS)
  return positions * 4 * 4
}

function kmerBytes({ metrics, nulls = NO_NULLS, sweep, records, populationPrior }: RunShape): number {
  const groups = Math.min(GROUPS, records ?? GROUPS)
  const counts = (k: number) => groups * 4 ** k * 4 + WAITING_BASES
  const settings = [metrics.kmer, ...otherKmers(metrics, sweep)]
  const priors = populationPrior ? new Set(settings.map(({ k }) => k)) : []
  let bytes = 0
  for (const { k } of settings) bytes += counts(k) * (nulls.kmer === 'shift' ? 2 : 1)
  for (const k of priors) bytes += counts(k)
  return bytes
}

function gridBytes({ metrics, nulls = NO_NULLS, sweep, piped }: RunShape): number {
  const { grid, threshold } = metrics.angular
  const { azimuths, thetas } = GRID_SHAPES[grid]
  const binned = threshold.kind === 'global' && piped
  const one = azimuths * thetas * LIMBS * 8 * (binned ? OCTAVES * BINS : GROUPS) + WAITING_POINTS
  return one * (1 + otherAngles(metrics, sweep).length) * (1 + nulls.angularDraws)
}
