import type { TypedArray } from '../../core/types.js'
import type { Column, NumberColumn, Offsets, TextColumn } from './column.js'

/** Collects rows of columns of one type into a column of its own memory, which is used again after `clear`. */
export interface ColumnBuilder {
  add(column: Column, row: number): void
  /** What was collected since the last `clear`; valid until it. */
  column(): Column
  clear(): void
}

/** A gatherer for columns like this one. */
export function columnBuilder(column: Column): ColumnBuilder {
  return column.kind === 'text' ? new TextGatherer() : new NumberGatherer(column)
}

class TextGatherer implements ColumnBuilder {
  private bytes = new Uint8Array(4096)
  private offsets = new Float64Array(64)
  private rows = 0
  private nulls: number[] = []
  private anyNull = false

  add(column: TextColumn, row: number): void {
    const start = column.offsets[row]
    const end = column.offsets[row + 1]
    const to = this.offsets[this.rows]
    this.bytes = roomFor(this.bytes, to, to + end - start)
    this.bytes.set(column.bytes.subarray(start, end), to)
    this.offsets = roomFor(this.offsets, this.rows + 1, this.rows + 2)
    this.offsets[++this.rows] = to + end - start
    this.nulls.push(column.nulls?.[row] ?? 0)
    this.anyNull ||= this.nulls[this.rows - 1] !== 0
  }

  column(): TextColumn {
    const nulls = this.anyNull ? Uint8Array.from(this.nulls) : undefined
    return { kind: 'text', bytes: this.bytes, offsets: this.offsets.subarray(0, this.rows + 1), nulls }
  }

  clear(): void {
    this.rows = 0
    this.nulls = []
    this.anyNull = false
  }
}

class NumberGatherer implements ColumnBuilder {
  private values: TypedArray
  /** For each level its offsets, where they vary, from 0. */
  private readonly levels: (Float64Array | number)[]
  /** Lists on each level, and values behind the last. */
  private readonly counts: number[]
  private rows = 0
  private nulls: number[] = []
  private anyNull = false

  constructor(private readonly like: NumberColumn) {
    this.values = like.values.slice(0, 0)
    this.levels = like.levels.map(level => (typeof level === 'number' ? level : new Float64Array(64)))
    this.counts = [0, ...like.levels.map(() => 0)]
  }

  add(column: NumberColumn, row: number): void {
    let start = row
    let end = row + 1
    for (const [i, level] of column.levels.entries()) {
      this.append(i, level, start, end)
      start = bound(level, start)
      end = bound(level, end)
    }
    const to = this.counts[this.levels.length]
    this.values = roomFor(this.values, to, to + end - start)
    this.values.set(column.values.subarray(start, end), to)
    this.counts[this.levels.length] = to + end - start
    this.nulls.push(column.nulls?.[row] ?? 0)
    this.anyNull ||= this.nulls[this.rows] !== 0
    this.rows++
  }

  private append(i: number, level: Offsets, start: number, end: number): void {
    const offsets = this.levels[i]
    if (typeof offsets === 'number') {
      this.counts[i] += end - start
      return
    }
    const grown = roomFor(offsets, this.counts[i] + 1, this.counts[i] + 1 + end - start)
    this.levels[i] = grown
    for (let j = start; j < end; j++) {
      const length = bound(level, j + 1) - bound(level, j)
      grown[this.counts[i] + 1] = grown[this.counts[i]] + length
      this.counts[i]++
    }
  }

  column(): NumberColumn {
    const levels = this.levels.map((level, i) =>
      typeof level === 'number' ? level : level.subarray(0, this.counts[i] + 1),
    )
    const nulls = this.anyNull ? Uint8Array.from(this.nulls) : undefined
    return { kind: 'numbers', element: this.like.element, values: this.values, levels, nulls }
  }

  clear(): void {
    this.counts.fill(0)
    this.rows = 0
    this.nulls = []
    this.anyNull = false
  }
}

function bound(offsets: Offsets, i: number): number {
  return typeof offsets === 'number' ? i * offsets : offsets[i]
}

/** The array, or a larger one with its first `used` items, so that it holds `size`. */
export function roomFor<A extends TypedArray>(array: A, used: number, size: number): A {
  if (array.length >= size) return array
  const Larger = array.constructor as new (length: number) => A
  const larger = new Larger(Math.max(size, 2 * array.length))
  larger.set(array.subarray(0, used))
  return larger
}
