import type { Arrays } from '../core/types.js'

/**
 * The `capacity` smallest of the keys seen, each with how often: a sample of keys, not of occurrences, that does not
 * depend on order or split (bottom-k sketch). With at most `capacity` different keys it is all of them.
 *
 * Keys are whole numbers below 2^53, evenly spread (hashes).
 */
export class KeySample {
  readonly capacity: number
  private counts = new Map<number, number>()
  /** Keys above this are not kept; it only ever falls. */
  private limit = Number.POSITIVE_INFINITY

  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(key: number, times = 1): void {
    if (key > this.limit) return
    this.counts.set(key, (this.counts.get(key) ?? 0) + times)
    if (this.counts.size >= 2 * this.capacity) this.trim()
  }

  merge(other: KeySample): void {
    for (const [key, times] of other.kept()) this.add(key, times)
    this.trim()
  }

  /** Kept keys, ascending. */
  private keys(): Float64Array {
    return Float64Array.from(this.counts.keys()).sort().subarray(0, this.capacity)
  }

  /** Kept keys with their counts, ascending. */
  kept(): [key: number, times: number][] {
    return Array.from(this.keys(), key => [key, this.counts.get(key) as number])
  }

  save(): Arrays {
    const kept = this.kept()
    return {
      keys: Float64Array.from(kept, ([key]) => key),
      times: Float64Array.from(kept, ([, times]) => times),
    }
  }

  static load(arrays: Arrays, capacity: number): KeySample {
    const { keys, times } = arrays
    if (keys === undefined || times === undefined || keys.length !== times.length || keys.length > capacity) {
      throw new RangeError(`saved key sample does not fit a capacity of ${capacity}`)
    }
    const sample = new KeySample(capacity)
    for (let i = 0; i < keys.length; i++) sample.counts.set(keys[i], times[i])
    if (keys.length === capacity) sample.limit = keys[capacity - 1]
    return sample
  }

  private trim(): void {
    if (this.counts.size < this.capacity) return
    const keys = this.keys()
    this.limit = keys[this.capacity - 1]
    for (const key of this.counts.keys()) if (key > this.limit) this.counts.delete(key)
  }
}
