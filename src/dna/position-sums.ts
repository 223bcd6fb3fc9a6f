import { addressOf, doubles, kernels } from '../kernels/kernels.js'
import type { Basis } from './basis.js'
import type { CorrectedArrays } from './corrected-map.js'
import { N } from './bases.js'

/** Unit of the coordinates, so that their sums are whole numbers, which add up the same in any order. */
export const COORDINATE_UNIT = 2 ** 30
/** Adding and subtracting it rounds a double below 2^51 to a whole number. */
const ROUND = 1.5 * 2 ** 52

/** Sums over maps of one length, by position: of the unit map's three coordinates in the basis, in whole units of 2^-30, and of maps whose magnitude is 0 there. */
export class PositionSums {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  readonly zeros: Float64Array
  /** The four, each with room for whole pairs. What the memory belongs to: it is given back once this is gone. */
  private readonly planes: Float64Array
  private readonly stride: number

  constructor(readonly length: number) {
    this.stride = (length + 1) & ~1
    this.planes = doubles(4 * this.stride)
    const plane = (i: number) => this.planes.subarray(i * this.stride, i * this.stride + length)
    this.x = plane(0)
    this.y = plane(1)
    this.z = plane(2)
    this.zeros = plane(3)
  }

  /** Adds a map, not dead, of that length; `unknown` of its positions are N. The published basis lacks a term of e2: (-x - y + 2z)/√6 is 3 times it, less e3/√2. */
  add(
    { e1, e2, e3, squares, at }: CorrectedArrays,
    sequence: Uint8Array,
    { square, unknown }: { readonly square: number; readonly unknown: number },
    basis: Basis,
  ): void {
    const { length, stride } = this
    const address = addressOf(this.planes)
    const scale = COORDINATE_UNIT / Math.sqrt(square)
    const isPublished = basis === 'published'
    if (kernels !== undefined && at !== undefined && address !== 0 && unknown === 0) {
      kernels.addPositions(
        at.e1,
        at.e2,
        at.e3,
        squares.address,
        length,
        scale,
        isPublished ? 1 : 0,
        address,
        8 * stride,
      )
      return
    }
    for (let i = 0; i < length; i++) {
      if (sequence[i] === N) continue
      const y = isPublished ? 3 * e2[i] - e3[i] * Math.SQRT1_2 : e2[i]
      this.x[i] += e1[i] * scale + ROUND - ROUND
      this.y[i] += y * scale + ROUND - ROUND
      this.z[i] += e3[i] * scale + ROUND - ROUND
      if (squares.values[i] === 0) this.zeros[i]++
    }
  }

  merge(other: PositionSums): void {
    for (const plane of ['x', 'y', 'z', 'zeros'] as const) {
      const [into, from] = [this[plane], other[plane]]
      for (let i = 0; i < from.length; i++) into[i] += from[i]
    }
  }

  /** The coordinates, [3 i + coordinate]. */
  coordinates(): Float64Array {
    const { x, y, z } = this
    const sums = new Float64Array(3 * this.length)
    for (let i = 0; i < this.length; i++) {
      sums[3 * i] = x[i]
      sums[3 * i + 1] = y[i]
      sums[3 * i + 2] = z[i]
    }
    return sums
  }

  static load(sums: Float64Array, zeros: Float64Array): PositionSums {
    const all = new PositionSums(zeros.length)
    for (let i = 0; i < zeros.length; i++) {
      all.x[i] = sums[3 * i]
      all.y[i] = sums[3 * i + 1]
      all.z[i] = sums[3 * i + 2]
    }
    all.zeros.set(zeros)
    return all
  }
}
