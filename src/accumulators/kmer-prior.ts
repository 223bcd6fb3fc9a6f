import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import { KmerBuffer } from '../dna/kmer-buffer.js'
import { Counts } from '../stats/sums/counts.js'

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

interface State {
  readonly counts: Counts
  readonly waiting: KmerBuffer
}

/** Counts every k-mer of every sequence, those of dead maps included; k-mers that cover an N are not counted. */
export function kmerPrior(options: { k?: number } = {}): Accumulator<SequenceRecord, State, KmerPrior> {
  const { k = 6 } = options
  const cells = 4 ** k
  const stateOf = (counts: Counts): State => ({ counts, waiting: new KmerBuffer(GROUPS, k, counts) })
  const settled = ({ counts, waiting }: State): Counts => {
    waiting.flush()
    return counts
  }
  return {
    name: 'kmer-prior',
    params: { k },
    empty: () => stateOf(new Counts(GROUPS, cells)),
    add({ waiting }, { sequence, idHash }) {
      waiting.add(groupOf(idHash), sequence)
    },
    merge: (into, from) => into.counts.merge(settled(from)),
    result(state) {
      const groups = settled(state)
      return { k, counts: groups.sum(), groups }
    },
    save: state => settled(state).save(),
    load: arrays => stateOf(Counts.load(arrays, GROUPS, cells)),
  }
}
