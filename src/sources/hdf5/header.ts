import type { Bytes } from '../../io/bytes.js'
import { userBlockOf } from './signature.js'

/*
 * What the library does not hand out of an object's header: the fields of its numbers, and whether values lie in other
 * files. Source: HDF5 file format specification 3.0, sections II (superblock), IV.A (object headers and messages).
 */

/** Where a number's bits are, as its type says. Positions count from the least significant bit. */
export interface NumberFields {
  readonly size: number
  readonly offset: number
  readonly precision: number
  /** Of floats alone. */
  readonly float?: {
    readonly sign: number
    readonly exponent: { readonly at: number; readonly bits: number; readonly bias: number }
    readonly mantissa: { readonly at: number; readonly bits: number }
  }
}

/** What an object's header says. */
export interface ObjectHeader {
  /** undefined for other types, and where the type is kept at a place that is not read. */
  readonly fields: NumberFields | undefined
  /** Whether the values lie in other files. */
  readonly external: boolean
}

const DATATYPE = 3
const EXTERNAL = 7
const CONTINUATION = 16
const SHARED = 2
const INTEGER = 0
const FLOAT = 1

/** More blocks of a header than this, or larger ones, are damage. */
const MOST_BLOCKS = 1024
const MOST_BYTES = 2 ** 26

/** How addresses are written in a file. */
interface Addresses {
  readonly base: number
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** Reads headers of objects by their addresses. Errors: those of `Bytes`. */
export class HeaderReader {
  private constructor(
    private readonly bytes: Bytes,
    private readonly addresses: Addresses,
  ) {}

  static async of(bytes: Bytes): Promise<HeaderReader> {
    const base = await startOf(bytes)
    const head = await piece(bytes, base, 16)
    const old = head[8] < 2
    return new HeaderReader(bytes, {
      base,
      offsetBytes: head[old ? 13 : 9],
      lengthBytes: head[old ? 14 : 10],
    })
  }

  /**
   * @param address From the superblock on, as object references have it.
   * @param isType Whether it is a type with a name of its own, which refers to no other.
   */
  async read(address: number, isType = false): Promise<ObjectHeader> {
    let fields: NumberFields | undefined
    let external = false
    for await (const { type, flags, data } of this.messages(address)) {
      if (type === EXTERNAL) external = true
      if (type !== DATATYPE) continue
      if ((flags & SHARED) === 0) fields = fieldsOf(data)
      else if (!isType && (data[0] < 3 || data[1] === 2)) {
        const at = data[0] === 1 ? 8 : 2
        fields = (await this.read(number(data, at, this.addresses.offsetBytes), true)).fields
      }
    }
    return { fields, external }
  }

  private async *messages(address: number): AsyncGenerator<Message> {
    const { bytes, addresses } = this
    const head = await piece(bytes, addresses.base + address, 32)
    const isNew = String.fromCharCode(...head.subarray(0, 4)) === 'OHDR'
    if (!isNew && head[0] !== 1) return
    const flags = isNew ? head[5] : 0
    const blocks: (readonly [start: number, size: number])[] = []
    if (isNew) {
      const at = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0)
      const width = 1 << (flags & 3)
      blocks.push([address + at + width, number(head, at, width)])
    } else blocks.push([address + 16, number(head, 8, 4)])
    for (let i = 0; i < blocks.length && i < MOST_BLOCKS; i++) {
      const [start, size] = blocks[i]
      if (size > MOST_BYTES) return
      const block = await piece(bytes, addresses.base + start, size)
      for (const message of isNew ? newMessages(block, (flags & 4) !== 0) : oldMessages(block)) {
        if (message.type === CONTINUATION) {
          const { offsetBytes, lengthBytes } = addresses
          const at = number(message.data, 0, offsetBytes)
          const length = number(message.data, offsetBytes, lengthBytes)
          // A block of the new kind has a signature before its messages and a checksum behind them.
          blocks.push(isNew ? [at + 4, length - 8] : [at, length])
        } else yield message
      }
    }
  }
}

interface Message {
  readonly type: number
  readonly flags: number
  readonly data: Uint8Array
}

function* oldMessages(block: Uint8Array): Generator<Message> {
  for (let at = 0; at + 8 <= block.length; ) {
    const size = number(block, at + 2, 2)
    yield {
      type: number(block, at, 2),
      flags: block[at + 4],
      data: block.subarray(at + 8, at + 8 + size),
    }
    at += 8 + size
  }
}

function* newMessages(block: Uint8Array, ordered: boolean): Generator<Message> {
  const head = ordered ? 6 : 4
  for (let at = 0; at + head <= block.length; ) {
    const size = number(block, at + 1, 2)
    yield { type: block[at], flags: block[at + 3], data: block.subarray(at + head, at + head + size) }
    at += head + size
  }
}

function fieldsOf(data: Uint8Array): NumberFields | undefined {
  const kind = data[0] & 15
  if ((kind !== INTEGER && kind !== FLOAT) || data.length < (kind === FLOAT ? 20 : 12)) return undefined
  const plain = { size: number(data, 4, 4), offset: number(data, 8, 2), precision: number(data, 10, 2) }
  if (kind === INTEGER) return plain
  return {
    ...plain,
    float: {
      sign: data[2],
      exponent: { at: data[12], bits: data[13], bias: number(data, 16, 4) },
      mantissa: { at: data[14], bits: data[15] },
    },
  }
}

async function startOf(bytes: Bytes): Promise<number> {
  const head = await piece(bytes, 0, 1)
  return head[0] === 0x89 ? 0 : ((await userBlockOf(bytes)) ?? 0)
}

/** Bytes from a place on, fewer where the file ends. */
async function piece(bytes: Bytes, start: number, size: number): Promise<Uint8Array> {
  const into = new Uint8Array(Math.max(0, Math.min(size, bytes.size - start)))
  await bytes.read(into, start)
  return into
}

function number(bytes: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = width - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}
