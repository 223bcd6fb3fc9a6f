import { DataError } from '../../core/errors.js'
import type { Arrays, Range } from '../../core/types.js'
import { bringNear, doubles, isReached, kernels } from '../../kernels/kernels.js'

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

/** Bytes of a line of the cache. */
const LINE = 64

/** Cells of a chunk: those that no weight was added to are passed over, which most of a small population are. */
const CHUNK = 512

/** Limbs that a weight touches, and one above them for what is carried. */
const SPAN = 4

/**
 * Sums of non-negative doubles, one for each cell, exact to the last bit.
 *
 * A sum is kept as a whole number of the smallest double, 2^-1074, in limbs of 32 bits. Nothing is ever rounded, so
 * addition is associative and commutative and equal sums have equal bits, whatever the order and the split; nothing can
 * overflow, because limbs cover all exponents. Only the limbs in use are held, those of a cell side by side (weights of
 * similar size need four to six of the 67): an addition then touches one line of the cache, where a plane for each limb
 * took three.
 */
export class ExactSums {
  readonly cells: number
  /** Limb j of cell i is [i · width + j], and counts 2^(32 (first + j) - 1074). */
  private limbs = doubles(0)
  private first = 0
  private width = 0
  private pending = 0
  /** By chunk of cells, whether any was added to; the others are 0. */
  private readonly used: Uint8Array

  constructor(cells: number) {
    this.cells = cells
    this.used = new Uint8Array(Math.ceil(cells / CHUNK))
  }

  /** Adds a finite weight >= 0 to a cell. Errors: `record`, for any other. */
  add(cell: number, weight: number): void {
    if (weight === 0) return
    asDouble[0] = weight
    const low = asWords[0]
    const word = asWords[1]
    const exponent = word >>> 20
    if (exponent >= 2047) throw notAWeight(weight)
    const high = exponent === 0 ? word : (word & 0xfffff) | 0x100000
    const bit = exponent === 0 ? 0 : exponent - 1
    const plane = bit >>> 5
    const shift = bit & 31
    if (plane < this.first || plane + SPAN > this.first + this.width) this.cover(plane, plane + SPAN)
    this.used[Math.floor(cell / CHUNK)] = 1
    const limbs = this.limbs
    const at = cell * this.width + plane - this.first
    limbs[at] += (low << shift) >>> 0
    limbs[at + 1] += ((high << shift) | ((low >>> 1) >>> (31 - shift))) >>> 0
    limbs[at + 2] += (high >>> 1) >>> (31 - shift)
    if (++this.pending >= CARRY_EVERY) this.carry()
  }

  /**
   * Adds weights[i] to cells[i] for the first `count` of both. One after the other in a loop of their own the additions
   * wait for memory together; between other work each waited alone, 90 ns a point.
   *
   * @param near The cells that they are among: where they are many, their limbs are fetched in one go first.
   */
  addAll(cells: Int32Array, weights: Float64Array, count: number, near?: Range): void {
    let i = 0
    this.use(near)
    if (kernels !== undefined && isReached(cells) && isReached(weights)) {
      if (this.pending + count >= CARRY_EVERY) this.carry()
      if (near !== undefined) this.fetch(near, count)
      while (i < count && isReached(this.limbs)) {
        const { limbs, first, width } = this
        const added = kernels.addWeights(
          cells.byteOffset,
          weights.byteOffset,
          i,
          count,
          limbs.byteOffset,
          first,
          width,
        )
        this.pending += added - i
        i = added
        if (i < count) this.add(cells[i], weights[i++])
      }
    }
    for (; i < count; i++) this.add(cells[i], weights[i])
  }

  /** Notes that cells of a range are added to, of all if it is not known which. */
  private use({ start, end }: Range = { start: 0, end: this.cells }): void {
    this.used.fill(1, Math.floor(start / CHUNK), Math.ceil(end / CHUNK))
  }

  /** The cells [from, to) in the chunks that were added to, chunk by chunk. */
  private *chunks(from = 0, to = this.cells): Generator<Range> {
    for (let chunk = Math.floor(from / CHUNK); chunk * CHUNK < to; chunk++) {
      if (this.used[chunk] === 0) continue
      yield { start: Math.max(from, chunk * CHUNK), end: Math.min(to, (chunk + 1) * CHUNK) }
    }
  }

  private fetch({ start, end }: Range, count: number): void {
    const bytes = 8 * this.width
    if (count * LINE >= (end - start) * bytes) bringNear(this.limbs, start * bytes, end * bytes)
  }

  /** Adds every sum of `other` to the sum of the same cell. */
  merge(other: ExactSums): void {
    if (other.cells !== this.cells) {
      throw new RangeError(`${other.cells} cells cannot be added to ${this.cells}`)
    }
    this.addFolded(other)
  }

  /** Sums over blocks of `size` cells, folded onto one block: cell i of the result is the sum of cells i + j·size. */
  fold(size: number): ExactSums {
    const folded = new ExactSums(size)
    folded.addFolded(this)
    return folded
  }

  /** The sums as doubles, each within a few units in the last place; Infinity where a sum is beyond them. */
  values(): Float64Array {
    this.carry()
    const { cells, limbs, first, width } = this
    const values = new Float64Array(cells)
    const scales = Float64Array.from({ length: width }, (_, j) => 2 ** (LIMB * (first + j) + UNIT))
    for (const { start, end } of this.chunks()) {
      for (let i = start, at = start * width; i < end; i++) {
        let value = 0
        for (let j = 0; j < width; j++, at++) if (limbs[at] !== 0) value += limbs[at] * scales[j]
        values[i] = value
      }
    }
    return values
  }

  /** `planes`: numbers of the limbs that are not all zero, ascending; `limbs`: those limbs, each for all cells. */
  save(): Arrays {
    this.carry()
    const { cells, limbs, first, width } = this
    const used = new Uint8Array(width)
    for (const { start, end } of this.chunks()) {
      for (let i = start * width; i < end * width; i += width) {
        for (let j = 0; j < width; j++) if (limbs[i + j] !== 0) used[j] = 1
      }
    }
    const planes: number[] = []
    for (let j = 0; j < width; j++) if (used[j] === 1) planes.push(first + j)
    const saved = new Uint32Array(planes.length * cells)
    for (const [n, plane] of planes.entries()) {
      for (const { start, end } of this.chunks()) {
        for (let i = start; i < end; i++) saved[n * cells + i] = limbs[i * width + plane - first]
      }
    }
    return { planes: Uint8Array.from(planes), limbs: saved }
  }

  static load(arrays: Arrays, cells: number): ExactSums {
    const { planes, limbs } = arrays
    if (planes === undefined || limbs === undefined || limbs.length !== planes.length * cells) {
      throw new RangeError(`saved sums do not have ${cells} cells`)
    }
    const sums = new ExactSums(cells)
    if (planes.length > 0) sums.cover(planes[0], planes[planes.length - 1] + 1)
    for (let n = 0; n < planes.length; n++) {
      const j = planes[n] - sums.first
      for (let i = 0; i < cells; i++) {
        const limb = limbs[n * cells + i]
        if (limb === 0) continue
        sums.limbs[i * sums.width + j] = limb
        sums.used[Math.floor(i / CHUNK)] = 1
      }
    }
    return sums
  }

  private addFolded(other: ExactSums): void {
    if (other.width === 0) return
    this.carry()
    other.carry()
    this.cover(other.first, other.first + other.width)
    const shift = other.first - this.first
    for (let from = 0; from < other.cells; from += this.cells) this.addBlock(other, from, shift)
    this.pending = 1
    this.carry()
  }

  /** Adds as many cells of `other` as there are here, from number `first` on; its limbs lie `shift` further here. */
  private addBlock(other: ExactSums, first: number, shift: number): void {
    const { limbs, width } = this
    const { limbs: added, width: addedWidth } = other
    for (const { start, end } of other.chunks(first, Math.min(first + this.cells, other.cells))) {
      this.use({ start: start - first, end: end - first })
      let to = (start - first) * width + shift
      for (let from = start * addedWidth; from < end * addedWidth; to += width) {
        for (let j = 0; j < addedWidth; j++, from++) limbs[to + j] += added[from]
      }
    }
  }

  /** Makes room for limbs [from, to). */
  private cover(from: number, to: number): void {
    const first = this.width === 0 ? from : Math.min(this.first, from)
    const width = (this.width === 0 ? to : Math.max(this.first + this.width, to)) - first
    if (first === this.first && width === this.width) return
    const limbs = doubles(this.cells * width)
    for (const { start, end } of this.chunks()) {
      for (let i = start; i < end; i++) {
        for (let j = 0; j < this.width; j++) {
          limbs[i * width + this.first - first + j] = this.limbs[i * this.width + j]
        }
      }
    }
    this.limbs = limbs
    this.first = first
    this.width = width
  }

  /** Brings every limb below 2^32. Representation only: the sums stay. */
  private carry(): void {
    if (this.pending === 0 || this.width === 0) return
    this.pending = 0
    let over = true
    while (over) {
      over = false
      const { limbs, width } = this
      for (const { start, end } of this.chunks()) {
        for (let top = (start + 1) * width - 1; top < end * width; top += width) {
          for (let at = top - width + 1; at < top; at++) {
            if (limbs[at] < BASE) continue
            const carried = Math.floor(limbs[at] / BASE)
            limbs[at] -= carried * BASE
            limbs[at + 1] += carried
          }
          if (limbs[top] >= BASE) over = true
        }
      }
      if (over) this.cover(this.first, this.first + width + 1)
    }
  }
}

function notAWeight(weight: number): DataError {
  return new DataError(
    'record',
    `a weight is ${weight}, expected a finite number >= 0; normalise the maps, scale them or lower the weight option`,
  )
}
