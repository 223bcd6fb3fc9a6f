import { roomFor } from '../columns/column-builder.js'

/** Ids that rows of several models have, known by 64 bits of each: 16 bytes an id, and 4 for each model. */
export class IdTable {
  /** Ids met so far. */
  count = 0
  private hashes = new Uint32Array(1024)
  private checks = new Uint32Array(1024)
  /** By model: row + 1 of each id, 0 where it has none. */
  private readonly rows: Int32Array[]
  /** Number + 1 of the id in each slot, 0 where it is free; at least twice as many as there are ids. */
  private slots = new Int32Array(4096)

  constructor(models: number) {
    this.rows = Array.from({ length: models }, () => new Int32Array(1024))
  }

  /** Notes the row of a model that has an id: the number of the id, or -1 if another row of the model has it. */
  add(model: number, [hash, check]: readonly [number, number], row: number): number {
    const slot = this.find(hash >>> 0, check >>> 0)
    let id = this.slots[slot] - 1
    if (id < 0) {
      id = this.count
      this.makeRoom(id + 1)
      this.hashes[id] = hash
      this.checks[id] = check
      this.count++
      if (this.slots.length >= 2 * this.count) this.slots[slot] = id + 1
      else this.spread()
    }
    if (this.rows[model][id] > 0) return -1
    this.rows[model][id] = row + 1
    return id
  }

  /** Number of an id; -1 if no model has it. */
  idOf([hash, check]: readonly [number, number]): number {
    return this.slots[this.find(hash >>> 0, check >>> 0)] - 1
  }

  /** Row of a model that has an id; -1 if none has. */
  rowOf(model: number, id: number): number {
    return this.rows[model][id] - 1
  }

  /** Ids that all models have. */
  common(): number {
    let common = 0
    for (let id = 0; id < this.count; id++) if (this.rows.every(rows => rows[id] > 0)) common++
    return common
  }

  private makeRoom(ids: number): void {
    this.hashes = roomFor(this.hashes, this.count, ids)
    this.checks = roomFor(this.checks, this.count, ids)
    for (const [model, rows] of this.rows.entries()) this.rows[model] = roomFor(rows, this.count, ids)
  }

  /** Puts all ids into twice as many slots. */
  private spread(): void {
    this.slots = new Int32Array(2 * this.slots.length)
    for (let id = 0; id < this.count; id++) this.slots[this.find(this.hashes[id], this.checks[id])] = id + 1
  }

  private find(hash: number, check: number): number {
    const mask = this.slots.length - 1
    let slot = (hash ^ (check >>> 7)) & mask
    for (;;) {
      const id = this.slots[slot] - 1
      if (id < 0 || (this.hashes[id] === hash && this.checks[id] === check)) return slot
      slot = (slot + 1) & mask
    }
  }
}
