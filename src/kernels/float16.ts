import type { TypedArray } from '../core/types.js'
import { isReached, kernels } from './kernels.js'

/** Every half-precision number by its 16 bits: looking one up is several times faster than taking it apart. */
let table: Float32Array | undefined

/** The value of IEEE 754 half-precision bits. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The 65,536 half-precision numbers as singles, which hold each of them exactly. */
export function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => decodeHalf(bits))
  return table
}

/**
 * Writes the singles of the float16 numbers from `start` on, as many as there are singles. Where kernels can reach the
 * singles, they lie in room for whole eights.
 */
export function decodeHalves(halves: TypedArray, start: number, singles: Float32Array): void {
  const { length } = singles
  if (kernels !== undefined && isReached(halves) && isReached(singles)) {
    kernels.decodeHalves(halves.byteOffset + 2 * start, length, singles.byteOffset)
    return
  }
  const half = halfTable()
  for (let i = 0; i < length; i++) singles[i] = half[halves[start + i]]
}

const single = new Float32Array(1)
const singleBits = new Uint32Array(single.buffer)

/**
 * Bits of the float16 nearest to a number, ties to even, as NumPy rounds; from 65520 on infinity. Singles of usual size,
 * as most maps hold, are rounded by their bits, many times faster than by logarithms.
 */
export function halfBits(value: number): number {
  single[0] = value
  const bits = singleBits[0]
  const size = bits & 0x7fffffff
  if (single[0] === value && size >= 0x38800000 && size < 0x47800000) {
    return ((bits >>> 16) & 0x8000) | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
  }
  return anyHalf(value)
}

function anyHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  if (size < 2 ** -14) return sign | evenly(size * 2 ** 24) // subnormal; 1024 of them are the least normal one
  let exponent = Math.floor(Math.log2(size))
  if (2 ** exponent > size) exponent--
  else if (2 ** (exponent + 1) <= size) exponent++
  // A mantissa that rounds up to 2048 carries into the exponent, as the bits do.
  return sign | (((exponent + 15) << 10) + evenly(size * 2 ** (10 - exponent)) - 1024)
}

/** The nearest whole number, ties to even. */
function evenly(value: number): number {
  const whole = Math.floor(value)
  const rest = value - whole
  return rest > 0.5 || (rest === 0.5 && (whole & 1) === 1) ? whole + 1 : whole
}
