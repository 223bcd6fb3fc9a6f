import { addressKeeper, addressOf, bringNear, bytes, integers, kernels } from '../kernels/kernels.js'
import { N } from './bases.js'
import { countKmers } from './kmers.js'

/** Counts by group: a page of 4^k cells for each. */
export interface GroupPages {
  page(group: number, more: number): Uint32Array | Float64Array
  added(group: number, count: number): void
}

/** Bases of a group that wait; 64 groups take 1 MB. */
const ROOM = 16_384
/** The kernel copies 16 bytes at a time. */
const SLACK = 16

/**
 * Spans of sequences whose k-mers are counted later, when there are many of a group.
 *
 * Records of different groups follow each other at random, and the pages of all groups are larger than the cache near
 * the core, so that k-mers counted at once wait for memory; copied first, they fetch the page of a group once in
 * 16,384 bases, which saves 1 to 2 ns of a position's 23 at k = 6 (and nothing in a loop that does nothing else). Counts
 * are whole numbers, so the order is no matter.
 */
export class KmerBuffer {
  private readonly bases: (Uint8Array | undefined)[]
  private readonly ends: Int32Array
  /** Where they lie for kernels; 0 where kernels cannot reach them. */
  private readonly addresses: Float64Array
  private copy = bytes(0)
  /** A sequence as one run. */
  private readonly whole = integers(2)
  private readonly addressOfRuns = addressKeeper()
  private readonly addressOfSequence = addressKeeper()

  constructor(
    groups: number,
    private readonly k: number,
    private readonly counts: GroupPages,
  ) {
    this.bases = Array.from({ length: groups })
    this.ends = new Int32Array(groups)
    this.addresses = new Float64Array(groups)
  }

  /** Adds the k-mers of a sequence of base codes, which are copied. */
  add(group: number, sequence: Uint8Array): void {
    this.whole[1] = sequence.length
    this.addRuns(group, sequence, this.whole, 1)
  }

  /** Adds the k-mers of the half-open span [start, end). */
  private addSpan(group: number, sequence: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length < this.k) return
    if (length >= ROOM) {
      this.count(group, sequence, start, end)
      return
    }
    if (this.ends[group] + length >= ROOM) this.settleGroup(group)
    const bases = this.basesOf(group)
    let at = this.ends[group]
    for (let i = start; i < end; i++) bases[at++] = sequence[i]
    bases[at++] = N // no k-mer reaches from one span into the next
    this.ends[group] = at
  }

  /** Adds the k-mers of runs: run j is the half-open span [runs[2j], runs[2j+1]), and none overlaps another. */
  addRuns(group: number, sequence: Uint8Array, runs: Int32Array, runCount: number): void {
    const most = sequence.length + runCount + SLACK
    const atRuns = this.addressOfRuns(runs)
    if (kernels !== undefined && most < ROOM && atRuns !== 0) {
      if (this.ends[group] + most >= ROOM) this.settleGroup(group)
      this.basesOf(group)
      const into = this.addresses[group]
      const from = this.reach(sequence)
      if (into !== 0 && from !== 0) {
        this.ends[group] += kernels.copyRuns(from, atRuns, runCount, this.k, into + this.ends[group])
        return
      }
    }
    for (let j = 0; j < runCount; j++) this.addSpan(group, sequence, runs[2 * j], runs[2 * j + 1])
  }

  /** Where a sequence lies for kernels, or a copy of it where they cannot reach it; 0 where there is no room for one. */
  private reach(sequence: Uint8Array): number {
    const address = this.addressOfSequence(sequence)
    if (address !== 0) return address
    if (this.copy.length < sequence.length) this.copy = bytes(ROOM)
    this.copy.set(sequence)
    return addressOf(this.copy)
  }

  /** Counts all that waits. */
  flush(): void {
    for (let group = 0; group < this.ends.length; group++) this.settleGroup(group)
  }

  private basesOf(group: number): Uint8Array {
    const found = this.bases[group]
    if (found !== undefined) return found
    const bases = bytes(ROOM + SLACK)
    this.addresses[group] = addressOf(bases)
    return (this.bases[group] = bases)
  }

  private settleGroup(group: number): void {
    const end = this.ends[group]
    if (end === 0) return
    this.ends[group] = 0
    this.count(group, this.bases[group] as Uint8Array, 0, end)
  }

  private count(group: number, bases: Uint8Array, start: number, end: number): void {
    const page = this.counts.page(group, end - start)
    if (end - start >= page.length) bringNear(page)
    this.counts.added(group, countKmers(bases, start, end, this.k, page))
  }
}
