import type { Message } from 'apache-arrow/fb/message'
import { DataError } from '../../core/errors.js'

/** What apache-arrow's generated accessors read from. */
export type ByteBuffer = Parameters<typeof Message.getRootAsMessage>[0]

/**
 * The bytes of one flatbuffer, for apache-arrow's generated accessors.
 *
 * Their own buffer answers zero outside of its bytes and believes any length, so that a damaged file would read as an
 * empty one or as one of billions of fields. Here every read is checked: what lies outside throws a RangeError
 * (`decodeChecked` makes it a DataError).
 */
class CheckedBytes {
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  position(): number {
    return 0
  }
  readInt8(at: number): number {
    return this.#view.getInt8(at)
  }
  readUint8(at: number): number {
    return this.#view.getUint8(at)
  }
  readInt16(at: number): number {
    return this.#view.getInt16(at, true)
  }
  readInt32(at: number): number {
    return this.#view.getInt32(at, true)
  }
  readInt64(at: number): bigint {
    return this.#view.getBigInt64(at, true)
  }
  __offset(table: number, entry: number): number {
    const vtable = table - this.readInt32(table)
    return entry < this.readInt16(vtable) ? this.readInt16(vtable + entry) : 0
  }
  __indirect(at: number): number {
    return at + this.readInt32(at)
  }
  __union<T extends { bb: unknown; bb_pos: number }>(table: T, at: number): T {
    table.bb_pos = this.__indirect(at)
    table.bb = this
    return table
  }
  __vector(at: number): number {
    return this.__indirect(at) + 4
  }
  __vector_len(at: number): number {
    const start = this.__indirect(at)
    const length = this.readInt32(start)
    if (length < 0 || start + 4 + length > this.#bytes.length)
      throw new RangeError(`it has a vector of ${length} items, more than its bytes`)
    return length
  }
  __string(at: number): string {
    const length = this.__vector_len(at)
    const start = this.__vector(at)
    return decoder.decode(this.#bytes.subarray(start, start + length))
  }
}

const decoder = new TextDecoder()

/** `decode` of a flatbuffer; whatever it throws is a DataError `damaged` that calls the flatbuffer `what`. */
export function decodeChecked<T>(bytes: Uint8Array, what: string, decode: (buffer: ByteBuffer) => T): T {
  try {
    return decode(new CheckedBytes(bytes) as unknown as ByteBuffer)
  } catch (error) {
    if (error instanceof DataError) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new DataError('damaged', `${what} cannot be decoded: ${said}; write the file again`, {}, error)
  }
}

/** A length or position as a number; one that is negative or beyond 2^53 is a DataError `damaged`. */
export function asLength(value: bigint | null, what: string): number {
  const length = Number(value ?? -1n)
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new DataError('damaged', `${what} is ${value}, expected 0 or more; write the file again`)
  }
  return length
}
