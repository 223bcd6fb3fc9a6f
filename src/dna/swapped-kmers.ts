import { bytes, give, naturals } from '../kernels/kernels.js'
import { type SampledRuns, unpackBases } from '../stats/sums/run-sample.js'
import { countKmers } from './kmers.js'

/** K-mers of a sample's sequences under the runs of other records of it. The sample is of one length; `release` gives its memory back. */
export class SwappedKmers {
  private readonly length: number
  /** The sequences, one after the other. */
  private readonly bases: Uint8Array

  constructor(private readonly records: readonly SampledRuns[]) {
    this.length = records[0].length
    this.bases = bytes(records.length * this.length)
    for (const [i, { packed }] of records.entries()) {
      unpackBases(packed, this.length, this.bases.subarray(i * this.length, (i + 1) * this.length))
    }
  }

  /** Adds the counts of the k-mers of each sequence under the runs of the record this many places further, by the sequence's group. */
  count(swap: number, k: number, counts: Uint32Array[]): void {
    const { records, length, bases } = this
    for (const [i, { group }] of records.entries()) {
      const { runs } = records[(i + swap) % records.length]
      const page = (counts[group] ??= naturals(4 ** k))
      for (let j = 0; j < runs.length; j += 2)
        countKmers(bases, i * length + runs[j], i * length + runs[j + 1], k, page)
    }
  }

  release(): void {
    give(this.bases)
  }

  /** Gives the memory of counts back, which may not be used again. */
  static release(counts: readonly (Uint32Array | undefined)[]): void {
    for (const page of counts) if (page !== undefined) give(page)
  }
}
