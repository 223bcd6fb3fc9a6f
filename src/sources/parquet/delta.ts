import { damaged } from './damage.js'
import { unpackWide } from './unpack.js'

/**
 * DELTA_BINARY_PACKED: blocks of a least difference and, in miniblocks of their own width, what each difference is
 * beyond it. Arithmetic wraps around, as the format says. Decodes `n` values from `at` on and returns where they end.
 */

interface Head {
  readonly at: number
  /** Values of a miniblock, and miniblocks of a block. */
  readonly size: number
  readonly minis: number
  readonly first: bigint
}

function readHead(bytes: Uint8Array, at: number, n: number): Head {
  const [block, a] = readVarint(bytes, at)
  const [minis, b] = readVarint(bytes, a)
  const [total, c] = readVarint(bytes, b)
  const [first, d] = readZigzag(bytes, c)
  const size = Number(block) / Number(minis)
  if (!Number.isInteger(size) || size <= 0 || size % 8 !== 0 || block > 2n ** 24n) {
    throw damaged(`differences come in blocks of ${block} in ${minis} parts`)
  }
  if (total !== BigInt(n)) throw damaged(`there are ${total} differences, expected ${n}`)
  return { at: d, size, minis: Number(minis), first }
}

/** A varint of at most 64 bits, and where it ends. */
function readVarint(bytes: Uint8Array, at: number): [bigint, number] {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (at >= bytes.length) throw damaged('differences end early')
    const b = bytes[at++]
    value |= BigInt(b & 127) << shift
    if (b < 128) return [BigInt.asUintN(64, value), at]
  }
  throw damaged('differences hold a number of more than 64 bits')
}

function readZigzag(bytes: Uint8Array, at: number): [bigint, number] {
  const [value, end] = readVarint(bytes, at)
  return [(value >> 1n) ^ -(value & 1n), end]
}

/** Where a miniblock ends; the values that are wanted of it, `take`, must be there, its padding need not. */
function miniEnd(bytes: Uint8Array, at: number, width: number, size: number, take: number): number {
  if (at + Math.ceil((take * width) / 8) > bytes.length) throw damaged('differences end within a block')
  return Math.min(bytes.length, at + (size * width) / 8)
}

let part = new Uint32Array(0)

/** Values of 32 bits. */
export function decodeDelta32(bytes: Uint8Array, at: number, out: Int32Array, n: number): number {
  const head = readHead(bytes, at, n)
  at = head.at
  if (n === 0) return at
  let value = Number(BigInt.asIntN(32, head.first))
  out[0] = value
  if (part.length < head.size) part = new Uint32Array(head.size)
  for (let done = 1; done < n; ) {
    const [wide, widths] = readZigzag(bytes, at)
    const least = Number(BigInt.asIntN(32, wide))
    at = widths + head.minis
    if (at > bytes.length) throw damaged('differences end within a block')
    for (let m = 0; m < head.minis && done < n; m++) {
      const width = bytes[widths + m]
      if (width > 32) throw damaged(`differences have ${width} bits, expected up to 32`)
      const take = Math.min(head.size, n - done)
      const end = miniEnd(bytes, at, width, head.size, take)
      unpackWide(bytes, at, width, part, 0, take)
      for (let i = 0; i < take; i++) {
        value = (value + least + part[i]) | 0
        out[done++] = value
      }
      at = end
    }
  }
  return at
}

/** Values of 64 bits. */
export function decodeDelta64(bytes: Uint8Array, at: number, out: BigInt64Array, n: number): number {
  const head = readHead(bytes, at, n)
  at = head.at
  if (n === 0) return at
  let value = head.first
  out[0] = value
  for (let done = 1; done < n; ) {
    const [least, widths] = readZigzag(bytes, at)
    at = widths + head.minis
    if (at > bytes.length) throw damaged('differences end within a block')
    for (let m = 0; m < head.minis && done < n; m++) {
      const width = bytes[widths + m]
      if (width > 64) throw damaged(`differences have ${width} bits, expected up to 64`)
      const take = Math.min(head.size, n - done)
      const end = miniEnd(bytes, at, width, head.size, take)
      for (let i = 0; i < take; i++) {
        value = BigInt.asIntN(64, value + least + readBits(bytes, at, i * width, width))
        out[done++] = value
      }
      at = end
    }
  }
  return at
}

/** The bits [bit, bit + width) from `at` on. */
function readBits(bytes: Uint8Array, at: number, bit: number, width: number): bigint {
  let value = 0n
  let got = 0
  for (let byte = at + (bit >> 3), skip = bit & 7; got < width; byte++, skip = 0) {
    value |= BigInt((bytes[byte] ?? 0) >> skip) << BigInt(got)
    got += 8 - skip
  }
  return BigInt.asUintN(width, value)
}
