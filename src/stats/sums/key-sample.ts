import { selectAscending } from '../../core/quickselect.js'
import type { Arrays } from '../../core/types.js'

const EMPTY = -1
/** Slots of a new table, a power of two; it doubles whenever half of them are taken. */
const SMALLEST = 1024

/**
 * The `capacity` smallest of the keys seen, each with how often: a sample of keys, not of occurrences, that does not
 * depend on order or split (bottom-k sketch). With at most `capacity` different keys it is all of them.
 *
 * Keys are whole numbers from 0 to 2^53 - 1, evenly spread (hashes). They are held in an open table of typed arrays, at
 * most 4 · capacity slots of 16 bytes, whatever the number of keys seen.
 */
export class KeySample {
  readonly capacity: number
  private slots = new Float64Array(SMALLEST).fill(EMPTY)
  private counts = new Float64Array(SMALLEST)
  private size = 0
  /** Keys above this are not kept; it only ever falls. */
  private limit = Number.POSITIVE_INFINITY

  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(key: number, times = 1): void {
    if (key > this.limit) return
    const { slots } = this
    const slot = this.slotOf(key)
    if (slots[slot] === key) {
      this.counts[slot] += times
      return
    }
    slots[slot] = key
    this.counts[slot] = times
    this.size++
    if (this.size >= 2 * this.capacity) this.trim()
    else if (2 * this.size > slots.length) this.rebuild(2 * slots.length)
  }

  merge(other: KeySample): void {
    for (const [key, times] of other.kept()) this.add(key, times)
    this.trim()
  }

  /** Kept keys with their counts, ascending. */
  kept(): [key: number, times: number][] {
    return Array.from(this.keys(), key => [key, this.counts[this.slotOf(key)]])
  }

  /** How many keys are kept, and how many of them were seen more than once. */
  tally(): { kept: number; repeated: number } {
    const { slots, counts, size, capacity } = this
    const limit = size > capacity ? this.largestKept() : Number.POSITIVE_INFINITY
    let kept = 0
    let repeated = 0
    for (let slot = 0; slot < slots.length; slot++) {
      if (slots[slot] === EMPTY || slots[slot] > limit) continue
      kept++
      if (counts[slot] > 1) repeated++
    }
    return { kept, repeated }
  }

  save(): Arrays {
    const keys = this.keys()
    return { keys, times: keys.map(key => this.counts[this.slotOf(key)]) }
  }

  static load(arrays: Arrays, capacity: number): KeySample {
    const { keys, times } = arrays
    if (keys === undefined || times === undefined || keys.length !== times.length || keys.length > capacity) {
      throw new RangeError(`saved key sample does not fit a capacity of ${capacity}`)
    }
    const sample = new KeySample(capacity)
    for (let i = 0; i < keys.length; i++) sample.add(keys[i], times[i])
    sample.trim()
    return sample
  }

  /** Kept keys, ascending. */
  private keys(): Float64Array {
    const keys = this.all().toSorted()
    return keys.length > this.capacity ? keys.slice(0, this.capacity) : keys
  }

  /** The largest of the `capacity` smallest keys, of which there are as many at least. */
  private largestKept(): number {
    return selectAscending(this.all(), this.size, this.capacity - 1)
  }

  /** All keys that are held, in no order. */
  private all(): Float64Array {
    const { slots } = this
    const keys = new Float64Array(this.size)
    let count = 0
    for (let slot = 0; slot < slots.length; slot++) if (slots[slot] !== EMPTY) keys[count++] = slots[slot]
    return keys
  }

  /** The slot that holds a key, or that it would be put in. */
  private slotOf(key: number): number {
    const { slots } = this
    const { length } = slots
    let slot = (key >>> 0) & (length - 1)
    while (slots[slot] !== EMPTY && slots[slot] !== key) slot = slot + 1 === length ? 0 : slot + 1
    return slot
  }

  private trim(): void {
    if (this.size < this.capacity) return
    this.limit = this.largestKept()
    this.rebuild(this.slots.length)
  }

  /** Puts the keys up to the limit into a table of `length` slots. */
  private rebuild(length: number): void {
    const { slots, counts, limit } = this
    this.slots = new Float64Array(length).fill(EMPTY)
    this.counts = new Float64Array(length)
    this.size = 0
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === EMPTY || slots[i] > limit) continue
      const slot = this.slotOf(slots[i])
      this.slots[slot] = slots[i]
      this.counts[slot] = counts[i]
      this.size++
    }
  }
}
