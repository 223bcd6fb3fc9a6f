import { DataError } from '../../core/errors.js'
import type { Arrays } from '../../core/types.js'

/** One radius in one place, and how often. */
export interface UndecidedPoint {
  readonly radius: number
  readonly place: number
  readonly times: number
}

/** 16 million entries are 320 MB; the bin of a cut over 1e10 different radii holds fewer than 1 million. */
const LIMIT = 16_000_000

/** Points too near a cut to decide before all are known: a multiset of (radius, place). */
export class Candidates {
  private radii = new Float64Array(1024)
  private places = new Uint32Array(1024)
  private times = new Float64Array(1024)
  private size = 0

  add(radius: number, place: number, times = 1): void {
    if (this.size === this.radii.length) this.makeRoom()
    this.radii[this.size] = radius
    this.places[this.size] = place
    this.times[this.size++] = times
  }

  merge(other: Candidates): void {
    for (let i = 0; i < other.size; i++) this.add(other.radii[i], other.places[i], other.times[i])
  }

  /** All of them by descending radius, then by place, equal ones as one. */
  sorted(): UndecidedPoint[] {
    const order = Array.from({ length: this.size }, (_, i) => i)
    order.sort((i, j) => this.radii[j] - this.radii[i] || this.places[i] - this.places[j])
    const merged: { radius: number; place: number; times: number }[] = []
    for (const i of order) {
      const last = merged.at(-1)
      if (last !== undefined && last.radius === this.radii[i] && last.place === this.places[i])
        last.times += this.times[i]
      else merged.push({ radius: this.radii[i], place: this.places[i], times: this.times[i] })
    }
    return merged
  }

  save(): Arrays {
    const sorted = this.sorted()
    return {
      radii: Float64Array.from(sorted, ({ radius }) => radius),
      places: Uint32Array.from(sorted, ({ place }) => place),
      times: Float64Array.from(sorted, ({ times }) => times),
    }
  }

  static load(arrays: Arrays): Candidates {
    const { radii, places, times } = arrays
    if (radii === undefined || places?.length !== radii.length || times?.length !== radii.length) {
      throw new RangeError('saved candidates are incomplete')
    }
    const candidates = new Candidates()
    for (let i = 0; i < radii.length; i++) candidates.add(radii[i], places[i], times[i])
    return candidates
  }

  /** Equal candidates become one; if that frees too little, the arrays double. */
  private makeRoom(): void {
    const sorted = this.sorted()
    const capacity = sorted.length * 2 > this.radii.length ? this.radii.length * 2 : this.radii.length
    if (capacity > LIMIT) {
      throw new DataError(
        'record',
        `more than ${LIMIT} different points lie next to the global cut; use --threshold per-sequence`,
      )
    }
    this.radii = new Float64Array(capacity)
    this.places = new Uint32Array(capacity)
    this.times = new Float64Array(capacity)
    this.size = 0
    for (const { radius, place, times } of sorted) this.add(radius, place, times)
  }
}
