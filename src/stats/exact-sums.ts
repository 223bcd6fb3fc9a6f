import { DataError } from '../core/errors.js'
import type { Arrays } from '../core/types.js'

/** Bits of a limb. */
const LIMB = 32
const BASE = 2 ** LIMB
/** Exponent of the unit: every double is a whole multiple of 2^-1074. */
const UNIT = -1074
/** An addition puts less than 2^32 on a limb, so that 2^20 of them stay far below 2^53, where doubles count exactly. */
const CARRY_EVERY = 2 ** 20

const bits = new DataView(new ArrayBuffer(8))
const asDouble = new Float64Array(bits.buffer)
const asWords = new Uint32Array(bits.buffer) // little-endian: [low, high]
if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1)
  throw new Error('attrstream needs a little-endian machine')

/**
 * Sums of non-negative doubles, one for each cell, exact to the last bit.
 *
 * A sum is kept as a whole number of the smallest double, 2^-1074, in limbs of 32 bits. Nothing is ever rounded, so
 * addition is associative and commutative and equal sums have equal bits, whatever the order and the split; nothing can
 * overflow, because limbs cover all exponents. Limb p of all cells is one plane, made when first needed: weights of
 * similar size touch three to six of the 67.
 */
export class ExactSums {
  readonly cells: number
  private readonly planes: (Float64Array | undefined)[] = []
  private pending = 0

  constructor(cells: number) {
    this.cells = cells
  }

  /** Adds a finite weight >= 0 to a cell. Errors: `record`, for any other. */
  add(cell: number, weight: number): void {
    asDouble[0] = weight
    const low = asWords[0]
    const word = asWords[1]
    const exponent = word >>> 20
    if (exponent >= 2047) {
      throw new DataError(
        'record',
        `a weight is ${weight}, expected a finite number >= 0; normalise the maps, scale them or lower the weight option`,
      )
    }
    const high = exponent === 0 ? word : (word & 0xfffff) | 0x100000
    const bit = exponent === 0 ? 0 : exponent - 1
    const plane = bit >>> 5
    const shift = bit & 31
    const up = LIMB - shift
    this.plane(plane)[cell] += (low << shift) >>> 0
    if (shift === 0) {
      this.plane(plane + 1)[cell] += high
    } else {
      this.plane(plane + 1)[cell] += ((high << shift) | (low >>> up)) >>> 0
      if (shift > 11) this.plane(plane + 2)[cell] += high >>> up
    }
    if (++this.pending >= CARRY_EVERY) this.carry()
  }

  /** Adds every sum of `other` to the sum of the same cell. */
  merge(other: ExactSums): void {
    if (other.cells !== this.cells)
      throw new RangeError(`${other.cells} cells cannot be added to ${this.cells}`)
    this.carry()
    for (const [p, from] of other.carried().entries()) {
      if (from === undefined) continue
      const into = this.plane(p)
      for (let i = 0; i < from.length; i++) into[i] += from[i]
    }
    this.carry()
  }

  /** Sums over blocks of `size` cells, folded onto one block: cell i of the result is the sum of cells i + j·size. */
  fold(size: number): ExactSums {
    const folded = new ExactSums(size)
    for (const [p, from] of this.carried().entries()) {
      if (from === undefined) continue
      const into = folded.plane(p)
      for (let i = 0; i < from.length; i++) into[i % size] += from[i]
    }
    folded.carry()
    return folded
  }

  /** The sums as doubles, each within a few units in the last place; Infinity where a sum is beyond them. */
  values(): Float64Array {
    const values = new Float64Array(this.cells)
    for (const [p, plane] of this.carried().entries()) {
      if (plane === undefined) continue
      const scale = 2 ** (LIMB * p + UNIT)
      for (let i = 0; i < plane.length; i++) if (plane[i] !== 0) values[i] += plane[i] * scale
    }
    return values
  }

  /** `planes`: numbers of the limbs that are not all zero, ascending; `limbs`: those limbs, each for all cells. */
  save(): Arrays {
    const used: number[] = []
    const planes = this.carried()
    for (const [p, plane] of planes.entries()) if (plane?.some(limb => limb !== 0)) used.push(p)
    const limbs = new Uint32Array(used.length * this.cells)
    for (const [i, p] of used.entries()) limbs.set(planes[p] as Float64Array, i * this.cells)
    return { planes: Uint8Array.from(used), limbs }
  }

  static load(arrays: Arrays, cells: number): ExactSums {
    const { planes, limbs } = arrays
    if (planes === undefined || limbs === undefined || limbs.length !== planes.length * cells) {
      throw new RangeError(`saved sums do not have ${cells} cells`)
    }
    const sums = new ExactSums(cells)
    for (let i = 0; i < planes.length; i++) {
      sums.plane(planes[i]).set(limbs.subarray(i * cells, (i + 1) * cells))
    }
    return sums
  }

  private plane(p: number): Float64Array {
    return (this.planes[p] ??= new Float64Array(this.cells))
  }

  private carried(): readonly (Float64Array | undefined)[] {
    if (this.pending > 0) this.carry()
    return Array.from(this.planes)
  }

  /** Brings every limb below 2^32. Representation only: the sums stay. */
  private carry(): void {
    this.pending = 0
    for (let p = 0; p < this.planes.length; p++) {
      const plane = this.planes[p]
      if (plane === undefined) continue
      for (let i = 0; i < plane.length; i++) {
        if (plane[i] >= BASE) {
          const carried = Math.floor(plane[i] / BASE)
          plane[i] -= carried * BASE
          this.plane(p + 1)[i] += carried
        }
      }
    }
  }
}
