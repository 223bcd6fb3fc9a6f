import type { Arrays } from '../core/types.js'
import { ExactSums } from './sums/exact-sums.js'

/** Bits of a limb of saved sums. */
const LIMB = 32n
/** Bits of a double's fraction and more: what lies below decides no more than a tie. */
const KEPT = 64
/** Exponent of the unit of exact sums. */
export const UNIT = -1074

/**
 * Sums of any finite doubles, one for each cell, exact to the last bit: the positive and the negative ones are added apart,
 * without rounding, and rounded once, in their difference. Equal multisets give equal sums, whatever their order and split.
 */
export class SignedSums {
  private constructor(
    readonly cells: number,
    /** Of cell i the positive values are added up in i, magnitudes of the negative ones in cells + i. */
    private readonly sums: ExactSums,
  ) {}

  static of(cells: number): SignedSums {
    return new SignedSums(cells, new ExactSums(2 * cells))
  }

  /** Errors: `record`, for a value that is not finite. */
  add(cell: number, value: number): void {
    this.sums.add(value < 0 ? this.cells + cell : cell, Math.abs(value))
  }

  merge(other: SignedSums): void {
    this.sums.merge(other.sums)
  }

  /** Each sum as the nearest double. */
  values(): Float64Array {
    return Float64Array.from(this.units(), units => toDouble(units, UNIT))
  }

  /** Each sum as a whole number of units of 2^-1074. */
  units(): bigint[] {
    const { cells } = this
    const { planes, limbs } = this.sums.save()
    const of = (cell: number) => {
      let sum = 0n
      for (let n = 0; n < planes.length; n++) {
        sum += BigInt(limbs[n * 2 * cells + cell]) << (LIMB * BigInt(planes[n]))
      }
      return sum
    }
    return Array.from({ length: cells }, (_, cell) => of(cell) - of(cells + cell))
  }

  save(): Arrays {
    return this.sums.save()
  }

  /** Error: `RangeError`, for arrays of another number of cells. */
  static load(arrays: Arrays, cells: number): SignedSums {
    return new SignedSums(cells, ExactSums.load(arrays, 2 * cells))
  }
}

/** The double nearest to value · 2^exponent, ties to even. */
export function toDouble(value: bigint, exponent: number): number {
  if (value < 0n) return -toDouble(-value, exponent)
  const drop = Math.max(0, 4 * value.toString(16).length - KEPT)
  let head = value >> BigInt(drop)
  // A bit that stands for all that is dropped.
  if (head << BigInt(drop) !== value) head |= 1n
  const scale = drop + exponent
  const half = Math.trunc(scale / 2)
  return Number(head) * 2 ** half * 2 ** (scale - half)
}
