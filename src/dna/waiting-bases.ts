import { N } from './bases.js'
import { countKmers } from './kmers.js'

/** Counts by group: a page of 4^k cells for each. */
export interface GroupPages {
  page(group: number, more: number): Uint32Array | Float64Array
  added(group: number, count: number): void
}

/** Bases of a group that wait; 64 groups take 1 MB. */
const ROOM = 16_384

/**
 * Spans of sequences whose k-mers are counted later, when there are many of a group.
 *
 * Records of different groups follow each other at random, and the pages of all groups are larger than the cache near
 * the core, so that k-mers counted at once wait for memory; copied first, they fetch the page of a group once in
 * 16,384 bases, which saves 1 to 2 ns of a position's 23 at k = 6 (and nothing in a loop that does nothing else). Counts
 * are whole numbers, so the order is no matter.
 */
export class WaitingBases {
  private readonly bases: (Uint8Array | undefined)[]
  private readonly ends: Int32Array

  constructor(
    groups: number,
    private readonly k: number,
    private readonly counts: GroupPages,
  ) {
    this.bases = Array.from({ length: groups })
    this.ends = new Int32Array(groups)
  }

  /** Adds the k-mers of the half-open span [start, end) of base codes, which are copied. */
  add(group: number, sequence: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length < this.k) return
    if (length >= ROOM) {
      this.count(group, sequence, start, end)
      return
    }
    if (this.ends[group] + length >= ROOM) this.settleGroup(group)
    const bases = this.bases[group] ?? (this.bases[group] = new Uint8Array(ROOM))
    let at = this.ends[group]
    if (length === sequence.length) {
      bases.set(sequence, at)
      at += length
    } else for (let i = start; i < end; i++) bases[at++] = sequence[i]
    bases[at++] = N // no k-mer reaches from one span into the next
    this.ends[group] = at
  }

  /** Counts all that waits. */
  settle(): void {
    for (let group = 0; group < this.ends.length; group++) this.settleGroup(group)
  }

  private settleGroup(group: number): void {
    const end = this.ends[group]
    if (end === 0) return
    this.ends[group] = 0
    this.count(group, this.bases[group] as Uint8Array, 0, end)
  }

  private count(group: number, bases: Uint8Array, start: number, end: number): void {
    const page = this.counts.page(group, end - start)
    this.counts.added(group, countKmers(bases, start, end, this.k, page))
  }
}
