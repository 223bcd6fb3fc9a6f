import type { Arrays } from '../../core/types.js'
import { naturals } from '../../kernels/kernels.js'

/** Below this many a page's cells cannot have overflowed 32 bits. */
const NARROW = 2 ** 32

/**
 * Counts in `groups` pages of `cells` each, exact up to 2^53.
 *
 * A page is made when its group is first met, with 32 bits a cell; one whose total could pass 2^32 turns to doubles.
 */
export class Counts {
  readonly groups: number
  readonly cells: number
  private readonly pages: (Uint32Array | Float64Array | undefined)[]
  private readonly totals: Float64Array

  constructor(groups: number, cells: number) {
    this.groups = groups
    this.cells = cells
    this.pages = Array.from({ length: groups })
    this.totals = new Float64Array(groups)
  }

  /** The page of a group with room for `more` further counts; a caller that adds to it reports it with `added`. */
  page(group: number, more: number): Uint32Array | Float64Array {
    const page = this.pages[group] ?? (this.pages[group] = naturals(this.cells))
    if (this.totals[group] + more < NARROW || page instanceof Float64Array) return page
    return (this.pages[group] = Float64Array.from(page))
  }

  /** Notes that `count` was added to a page. */
  added(group: number, count: number): void {
    this.totals[group] += count
  }

  add(group: number, cell: number, count = 1): void {
    this.page(group, count)[cell] += count
    this.totals[group] += count
  }

  /** Total of a group. */
  total(group: number): number {
    return this.totals[group]
  }

  /** Counts of a group; undefined where it has none. */
  of(group: number): Uint32Array | Float64Array | undefined {
    return this.pages[group]
  }

  /** Counts of all groups together. */
  sum(): Float64Array {
    const sum = new Float64Array(this.cells)
    for (const page of this.pages)
      if (page !== undefined) for (let i = 0; i < page.length; i++) sum[i] += page[i]
    return sum
  }

  merge(other: Counts): void {
    if (other.cells !== this.cells || other.groups !== this.groups) {
      throw new RangeError(
        `counts of ${other.groups} x ${other.cells} cannot be added to ${this.groups} x ${this.cells}`,
      )
    }
    for (let g = 0; g < this.groups; g++) {
      const from = other.pages[g]
      if (from === undefined) continue
      const into = this.page(g, other.totals[g])
      for (let i = 0; i < from.length; i++) into[i] += from[i]
      this.totals[g] += other.totals[g]
    }
  }

  /** `groups`: the groups that are not empty, ascending; `low`, and `high` where any is needed: 32-bit halves of their counts. */
  save(): Arrays {
    const used: number[] = []
    for (let g = 0; g < this.groups; g++) if (this.totals[g] > 0) used.push(g)
    const low = new Uint32Array(used.length * this.cells)
    const high = used.some(g => this.totals[g] >= NARROW) ? new Uint32Array(low.length) : undefined
    for (const [n, g] of used.entries()) {
      const page = this.pages[g] as Uint32Array | Float64Array
      low.set(page instanceof Uint32Array ? page : page.map(count => count % NARROW), n * this.cells)
      high?.set(
        Float64Array.from(page, count => Math.floor(count / NARROW)),
        n * this.cells,
      )
    }
    const groups = Uint16Array.from(used)
    return high === undefined ? { groups, low } : { groups, low, high }
  }

  static load(arrays: Arrays, groups: number, cells: number): Counts {
    const { groups: used, low, high } = arrays
    if (used === undefined || low === undefined || low.length !== used.length * cells) {
      throw new RangeError(`saved counts do not have ${cells} cells a group`)
    }
    const counts = new Counts(groups, cells)
    for (let n = 0; n < used.length; n++) {
      const g = used[n]
      if (g >= groups) throw new RangeError(`saved counts name group ${g} of ${groups}`)
      const from = n * cells
      let total = 0
      for (let i = from; i < from + cells; i++) total += low[i] + (high === undefined ? 0 : high[i] * NARROW)
      const page = counts.page(g, total)
      for (let i = 0; i < cells; i++)
        page[i] = low[from + i] + (high === undefined ? 0 : high[from + i] * NARROW)
      counts.totals[g] = total
    }
    return counts
  }
}
