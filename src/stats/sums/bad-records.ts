import { BAD_REASONS, type BadReason } from '../../core/errors.js'
import type { Arrays } from '../../core/types.js'

/** Counts by reason; reasons that did not occur are left out. */
export type BadCounts = { readonly [reason in BadReason]?: number }

/** All of them together. */
export function totalOf(counts: BadCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

/** `not-finite 3, null 1` */
export function countsText(counts: BadCounts): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ')
}

/** Rows of one input that are bad, ascending, each with its reason. */
export interface BadPlaces {
  readonly rows: Float64Array
  readonly reasons: readonly BadReason[]
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Bad records: how many of each model by reason and, where asked for, the place of each. A place takes 9 bytes.
 *
 * Equal sets of records give equal arrays, whatever the order and the split.
 */
export class BadRecords {
  private readonly counts = new Map<string, Float64Array>()
  private readonly places = new Map<string, Places>()

  add(model: string, reason: BadReason): void {
    this.countsOf(model)[BAD_REASONS.indexOf(reason)]++
  }

  /** @param input Fingerprint of the input. */
  place(input: string, row: number, reason: BadReason): void {
    this.placesOf(input).add(row, BAD_REASONS.indexOf(reason))
  }

  merge(other: BadRecords): void {
    for (const [model, counts] of other.counts) {
      const mine = this.countsOf(model)
      for (let i = 0; i < counts.length; i++) mine[i] += counts[i]
    }
    for (const [input, { rows, reasons, size }] of other.places) {
      const mine = this.placesOf(input)
      for (let i = 0; i < size; i++) mine.add(rows[i], reasons[i])
    }
  }

  get total(): number {
    let total = 0
    for (const counts of this.counts.values()) for (const count of counts) total += count
    return total
  }

  /** Models with bad records, in the order of their names. */
  models(): string[] {
    return [...this.counts.keys()].toSorted()
  }

  /** Counts of one model, or of all. */
  by(model?: string): BadCounts {
    const sum: { [reason in BadReason]?: number } = {}
    for (const [name, counts] of this.counts) {
      if (model !== undefined && name !== model) continue
      for (const [i, reason] of BAD_REASONS.entries()) {
        if (counts[i] > 0) sum[reason] = (sum[reason] ?? 0) + counts[i]
      }
    }
    return Object.fromEntries(BAD_REASONS.flatMap(reason => (sum[reason] ? [[reason, sum[reason]]] : [])))
  }

  /** Places in an input. */
  of(input: string): BadPlaces | undefined {
    const places = this.places.get(input)?.sorted()
    return places && { rows: places.rows, reasons: Array.from(places.reasons, i => BAD_REASONS[i]) }
  }

  save(): Arrays {
    const models = this.models()
    const counts = new Float64Array(models.length * BAD_REASONS.length)
    for (const [i, model] of models.entries()) {
      counts.set(this.counts.get(model) as Float64Array, i * BAD_REASONS.length)
    }
    const inputs = [...this.places.keys()].toSorted()
    const all = inputs.map(input => (this.places.get(input) as Places).sorted())
    const sizes = Float64Array.from(all, ({ rows }) => rows.length)
    const rows = new Float64Array(sizes.reduce((sum, size) => sum + size, 0))
    const reasons = new Uint8Array(rows.length)
    let at = 0
    for (const one of all) {
      rows.set(one.rows, at)
      reasons.set(one.reasons, at)
      at += one.rows.length
    }
    const names = encoder.encode(JSON.stringify({ models, inputs }))
    return { names, counts, sizes, rows, reasons }
  }

  static load(arrays: Arrays): BadRecords {
    const { names, counts, sizes, rows, reasons } = arrays
    const { models, inputs } = JSON.parse(decoder.decode(names)) as {
      models: string[]
      inputs: string[]
    }
    const width = models.length === 0 ? BAD_REASONS.length : counts.length / models.length
    if (
      !Number.isInteger(width) ||
      width > BAD_REASONS.length ||
      sizes.length !== inputs.length ||
      rows.length !== reasons.length ||
      rows.length !== Float64Array.from(sizes).reduce((sum, size) => sum + size, 0)
    ) {
      throw new RangeError('saved bad records contradict themselves')
    }
    const loaded = new BadRecords()
    for (const [i, model] of models.entries()) {
      loaded.countsOf(model).set(counts.subarray(i * width, (i + 1) * width))
    }
    let at = 0
    for (const [i, input] of inputs.entries()) {
      const places = loaded.placesOf(input)
      for (const end = at + sizes[i]; at < end; at++) places.add(rows[at], reasons[at])
    }
    return loaded
  }

  private countsOf(model: string): Float64Array {
    let counts = this.counts.get(model)
    if (counts === undefined) this.counts.set(model, (counts = new Float64Array(BAD_REASONS.length)))
    return counts
  }

  private placesOf(input: string): Places {
    let places = this.places.get(input)
    if (places === undefined) this.places.set(input, (places = new Places()))
    return places
  }
}

/** Rows and reasons in any order, in arrays that double. */
class Places {
  rows = new Float64Array(16)
  reasons = new Uint8Array(16)
  size = 0

  add(row: number, reason: number): void {
    if (this.size === this.rows.length) {
      const { rows, reasons } = this
      this.rows = new Float64Array(2 * this.size)
      this.rows.set(rows)
      this.reasons = new Uint8Array(2 * this.size)
      this.reasons.set(reasons)
    }
    this.rows[this.size] = row
    this.reasons[this.size++] = reason
  }

  sorted(): { rows: Float64Array; reasons: Uint8Array } {
    const order = Uint32Array.from({ length: this.size }, (_, i) => i).toSorted(
      (a, b) => this.rows[a] - this.rows[b] || this.reasons[a] - this.reasons[b],
    )
    return {
      rows: Float64Array.from(order, i => this.rows[i]),
      reasons: Uint8Array.from(order, i => this.reasons[i]),
    }
  }
}
