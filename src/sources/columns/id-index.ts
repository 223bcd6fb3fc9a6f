import { DataError } from '../../core/errors.js'
import { CHECK_MULTIPLIER, fnv1a } from '../../core/hash.js'
import type { Column, ColumnSource } from './column.js'

const encoder = new TextEncoder()
const utf8 = new TextDecoder()

/** The id of a row, as records have it: text, or a whole number as text. */
export function idAt(column: Column, row: number): string {
  if (column.kind === 'numbers') return String(column.values[row])
  return utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
}

/** Two hashes of a row's id, 32 bits each. */
export function hashes(column: Column, row: number): [hash: number, check: number] {
  if (column.kind === 'text') {
    const { bytes, offsets } = column
    const [start, end] = [offsets[row], offsets[row + 1]]
    return [fnv1a(bytes, start, end), fnv1a(bytes, start, end, CHECK_MULTIPLIER)]
  }
  return hashesOf(idAt(column, row))
}

/** The same of an id. */
export function hashesOf(id: string): [hash: number, check: number] {
  const bytes = encoder.encode(id)
  return [fnv1a(bytes), fnv1a(bytes, 0, bytes.length, CHECK_MULTIPLIER)]
}

/** Rows of a file by their ids, known by 64 bits of each: some 20 bytes a row. */
export class IdIndex {
  private readonly hashes: Uint32Array
  private readonly checks: Uint32Array
  /** Row + 1 of each slot, 0 where it is free. */
  private readonly slots: Int32Array

  private constructor(rows: number) {
    this.hashes = new Uint32Array(rows)
    this.checks = new Uint32Array(rows)
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows + 2)))
  }

  /** Reads the column of ids. Error: `pairing`, for an id that is there twice, or null. */
  static async of(source: ColumnSource, column: string): Promise<IdIndex> {
    const rows = source.batches?.reduce((sum, batch) => sum + batch.rows, 0) ?? 0
    const index = new IdIndex(rows)
    for await (const batch of source.read([column])) {
      const ids = batch.columns.get(column) as Column
      for (let i = 0, row = batch.rows.start; row < batch.rows.end; i++, row++) {
        const where = { file: source.name, row }
        if (ids.nulls?.[i]) throw new DataError('pairing', `${column} is null, expected an id`, where)
        if (!index.add(ids, i, row)) {
          const id = idAt(ids, i)
          throw new DataError('pairing', 'occurs twice, expected unique ids; leave --match id out', {
            ...where,
            id,
          })
        }
      }
    }
    return index
  }

  /** The row of an id; -1 where there is none. */
  rowOf(column: Column, row: number): number {
    const [hash, check] = hashes(column, row)
    return this.slots[this.find(hash >>> 0, check >>> 0)] - 1
  }

  private add(column: Column, i: number, row: number): boolean {
    const [hash, check] = hashes(column, i)
    const slot = this.find(hash >>> 0, check >>> 0)
    if (this.slots[slot] > 0) return false
    this.slots[slot] = row + 1
    this.hashes[row] = hash
    this.checks[row] = check
    return true
  }

  /** The slot of an id, or the free one where it would be. */
  private find(hash: number, check: number): number {
    const mask = this.slots.length - 1
    let slot = (hash ^ (check >>> 7)) & mask
    for (;;) {
      const row = this.slots[slot] - 1
      if (row < 0 || (this.hashes[row] === hash && this.checks[row] === check)) return slot
      slot = (slot + 1) & mask
    }
  }
}
