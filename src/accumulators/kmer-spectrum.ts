import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import type { RunsRecord } from '../dna/records.js'
import { KmerBuffer } from '../dna/kmer-buffer.js'
import { Counts } from '../stats/sums/counts.js'

export interface KmerSpectrum {
  readonly k: number
  /** Counts of the 4^k k-mers, alphabetical. */
  readonly counts: Float64Array
  readonly total: number
  /** Attributed runs, those too short to hold a k-mer included. */
  readonly runs: number
  /** The same counts by group of records. */
  readonly groups: Counts
}

interface State {
  readonly kmers: Counts
  readonly waiting: KmerBuffer
  readonly runs: Counts
}

/** Counts the k-mers inside attributed runs. Runs shorter than k, and k-mers that cover an N, count none. */
export function kmerSpectrum(options: { k?: number } = {}): Accumulator<RunsRecord, State, KmerSpectrum> {
  const { k = 6 } = options
  const cells = 4 ** k
  const stateOf = (kmers: Counts, runs: Counts): State => ({
    kmers,
    waiting: new KmerBuffer(GROUPS, k, kmers),
    runs,
  })
  return {
    name: 'kmer-spectrum',
    params: { k },
    empty: () => stateOf(new Counts(GROUPS, cells), new Counts(GROUPS, 1)),
    add({ waiting, runs }, map) {
      if (map.runCount === 0) return
      const { sequence, idHash } = map.record
      const group = groupOf(idHash)
      waiting.addRuns(group, sequence, map.runs, map.runCount)
      runs.add(group, 0, map.runCount)
    },
    merge(into, from) {
      from.waiting.flush()
      into.kmers.merge(from.kmers)
      into.runs.merge(from.runs)
    },
    result({ kmers, waiting, runs }) {
      waiting.flush()
      const counts = kmers.sum()
      let total = 0
      for (const count of counts) total += count
      return { k, counts, total, runs: runs.sum()[0], groups: kmers }
    },
    save({ kmers, waiting, runs }) {
      waiting.flush()
      return joinArrays([
        ['kmers', kmers.save()],
        ['runs', runs.save()],
      ])
    },
    load: arrays =>
      stateOf(
        Counts.load(arraysOf('kmers', arrays), GROUPS, cells),
        Counts.load(arraysOf('runs', arrays), GROUPS, 1),
      ),
  }
}
