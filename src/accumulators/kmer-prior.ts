import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../dna/groups.js'
import { countKmers } from '../dna/kmers.js'
import { Counts } from '../stats/counts.js'

export interface KmerPrior {
  readonly k: number
  /** Counts of the 4^k k-mers, alphabetical. */
  readonly counts: Float64Array
  /** The same counts by group of records. */
  readonly groups: Counts
}

/** Anything with a sequence of base codes and the hash of an id. */
export interface SequenceRecord {
  readonly sequence: Uint8Array
  readonly idHash: number
}

/** Counts every k-mer of every sequence, those of dead maps included; k-mers that cover an N are not counted. */
export function kmerPrior(options: { k: number }): Accumulator<SequenceRecord, Counts, KmerPrior> {
  const { k } = options
  const cells = 4 ** k
  return {
    name: 'kmer-prior',
    params: { k },
    empty: () => new Counts(GROUPS, cells),
    add(counts, { sequence, idHash }) {
      const group = groupOf(idHash)
      const page = counts.page(group, sequence.length)
      counts.added(group, countKmers(sequence, 0, sequence.length, k, page))
    },
    merge: (into, from) => into.merge(from),
    result: counts => ({ k, counts: counts.sum(), groups: counts }),
    save: counts => counts.save(),
    load: arrays => Counts.load(arrays, GROUPS, cells),
  }
}
