import { ITEM_BYTES } from '../columns/elements.js'
import type { Encoding } from 'hyparquet'
import type { Element } from '../columns/column.js'
import type { TypedArray } from '../../core/types.js'
import { damaged, short, unknown, unread } from './damage.js'
import { decodeDelta32, decodeDelta64 } from './delta.js'
import { decodeSmall, readIndices } from './hybrid.js'
import type { Leaf } from './schema.js'
import { decodeTexts } from './texts.js'

/** The numbers of a page that are there, as the bytes of their elements. */
export class NumberDecoder {
  readonly #leaf: Leaf
  readonly #element: Element
  /** Bytes of an element, in memory and in the file. */
  readonly #width: number
  readonly #stored: number
  #dictionary: Uint8Array | undefined
  #raw = new Uint8Array(0)
  #converted = new Uint8Array(0)
  #small = new Uint8Array(0)
  #indices = new Uint32Array(0)

  constructor(leaf: Leaf, element: Element) {
    this.#leaf = leaf
    this.#element = element
    this.#width = ITEM_BYTES[element]
    this.#stored = {
      BOOLEAN: 0,
      INT32: 4,
      INT64: 8,
      FLOAT: 4,
      DOUBLE: 8,
      BYTE_ARRAY: 0,
      FIXED_LEN_BYTE_ARRAY: leaf.width,
    }[leaf.physical]
  }

  setDictionary(encoding: Encoding, bytes: Uint8Array, n: number): void {
    if (encoding !== 'PLAIN' && encoding !== 'PLAIN_DICTIONARY') throw unknown(encoding, 'a dictionary')
    this.#dictionary = new Uint8Array(this.#decode('PLAIN', bytes, n))
  }

  /** `n` elements, dense; valid until the next call, and no longer than `bytes` are. */
  decode(encoding: Encoding, bytes: Uint8Array, n: number): Uint8Array {
    if (n === 0) return bytes.subarray(0, 0)
    if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') return this.#lookUp(bytes, n)
    return this.#decode(encoding, bytes, n)
  }

  #decode(encoding: Encoding, bytes: Uint8Array, n: number): Uint8Array {
    if (this.#leaf.physical === 'BOOLEAN') return this.#bits(encoding, bytes, n)
    return this.#convert(this.#physical(encoding, bytes, n), n)
  }

  /** The elements as the file stores them: little-endian, of their physical width. */
  #physical(encoding: Encoding, bytes: Uint8Array, n: number): Uint8Array {
    const size = n * this.#stored
    switch (encoding) {
      case 'PLAIN':
        if (bytes.length < size) throw short(bytes.length, size)
        return bytes.subarray(0, size)
      case 'BYTE_STREAM_SPLIT':
        if (bytes.length < size) throw short(bytes.length, size)
        return joinStreams(bytes, n, this.#stored, this.#scratch(size))
      case 'DELTA_BINARY_PACKED': {
        const raw = this.#scratch(size)
        if (this.#leaf.physical === 'INT32') decodeDelta32(bytes, 0, new Int32Array(raw.buffer), n)
        else if (this.#leaf.physical === 'INT64') decodeDelta64(bytes, 0, new BigInt64Array(raw.buffer), n)
        else throw unknown(encoding, this.#leaf.physical)
        return raw
      }
      case 'DELTA_BYTE_ARRAY': {
        if (this.#leaf.physical !== 'FIXED_LEN_BYTE_ARRAY') throw unknown(encoding, this.#leaf.physical)
        const texts = decodeTexts(encoding, bytes, n, 0)
        const raw = this.#scratch(size)
        for (let i = 0; i < n; i++) {
          if (texts.ends[i] - texts.starts[i] !== this.#stored) {
            throw damaged(`a value has ${texts.ends[i] - texts.starts[i]} bytes, expected ${this.#stored}`)
          }
          raw.set(texts.bytes.subarray(texts.starts[i], texts.ends[i]), i * this.#stored)
        }
        return raw
      }
      default:
        throw unknown(encoding, this.#leaf.physical)
    }
  }

  #scratch(size: number): Uint8Array<ArrayBuffer> {
    if (this.#raw.length < size) this.#raw = new Uint8Array((size + 7) & ~7)
    return this.#raw.subarray(0, size)
  }

  #output(size: number): Uint8Array<ArrayBuffer> {
    if (this.#converted.length < size) this.#converted = new Uint8Array((size + 7) & ~7)
    return this.#converted.subarray(0, size)
  }

  /** The stored values as elements: narrow integers keep their low bytes, 64-bit ones become doubles. */
  #convert(raw: Uint8Array, n: number): Uint8Array {
    const { physical } = this.#leaf
    if (physical === 'INT64') return this.#toDoubles(raw, n)
    if (physical !== 'INT32' || this.#width === 4) return raw
    const out = this.#output(n * this.#width)
    if (this.#width === 1) for (let i = 0; i < n; i++) out[i] = raw[4 * i]
    else {
      for (let i = 0; i < n; i++) {
        out[2 * i] = raw[4 * i]
        out[2 * i + 1] = raw[4 * i + 1]
      }
    }
    return out
  }

  #toDoubles(raw: Uint8Array, n: number): Uint8Array {
    const out = this.#output(8 * n)
    const doubles = new Float64Array(out.buffer, 0, n)
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length)
    const signed = this.#element === 'int64'
    for (let i = 0; i < n; i++) {
      const low = view.getUint32(8 * i, true)
      const high = signed ? view.getInt32(8 * i + 4, true) : view.getUint32(8 * i + 4, true)
      const value = high * 2 ** 32 + low
      if (!Number.isSafeInteger(value)) {
        throw unread(`an integer is beyond ±2^53 (about ${value})`, 'write the column as float64')
      }
      doubles[i] = value
    }
    return out
  }

  #bits(encoding: Encoding, bytes: Uint8Array, n: number): Uint8Array {
    const out = this.#output(n)
    if (encoding === 'PLAIN') {
      if (bytes.length < n / 8) throw short(bytes.length, Math.ceil(n / 8))
      for (let i = 0; i < n; i++) out[i] = (bytes[i >> 3] >> (i & 7)) & 1
    } else if (encoding === 'RLE') {
      if (bytes.length < 4) throw short(bytes.length, 4)
      const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
      if (end > bytes.length) throw short(bytes.length, end)
      decodeSmall(bytes, 4, end, 1, 1, out, n, 'the booleans')
    } else throw unknown(encoding, 'BOOLEAN')
    return out
  }

  #lookUp(bytes: Uint8Array, n: number): Uint8Array {
    const dictionary = this.#dictionary
    if (dictionary === undefined) throw damaged('the page refers to a dictionary, which is not there')
    if (this.#small.length < n) this.#small = new Uint8Array(n)
    const indices = readIndices(bytes, n, dictionary.length / this.#width, this.#small, () => {
      if (this.#indices.length < n) this.#indices = new Uint32Array(n)
      return this.#indices
    })
    const out = this.#output(n * this.#width)
    gather(words(dictionary, this.#width), indices, n, words(out, this.#width), this.#width === 8)
    return out
  }
}

/** Copies the values that the indices choose, each two words long where they are `double`. */
function gather(
  from: TypedArray,
  indices: Uint8Array | Uint32Array,
  n: number,
  to: TypedArray,
  double: boolean,
): void {
  if (!double) for (let i = 0; i < n; i++) to[i] = from[indices[i]]
  else {
    for (let i = 0; i < n; i++) {
      to[2 * i] = from[2 * indices[i]]
      to[2 * i + 1] = from[2 * indices[i] + 1]
    }
  }
}

/** As words that copy bit for bit, which floats need not do. */
function words(bytes: Uint8Array, width: number): TypedArray {
  if (width === 1) return bytes
  if (width === 2) return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}

/** BYTE_STREAM_SPLIT: first the first byte of every value, then the second, and so on. */
function joinStreams(
  bytes: Uint8Array,
  n: number,
  width: number,
  out: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (width !== 4) {
    for (let b = 0; b < width; b++) for (let i = 0; i < n; i++) out[i * width + b] = bytes[b * n + i]
    return out
  }
  const values = new Uint32Array(out.buffer, out.byteOffset, n)
  for (let i = 0, j = n, k = 2 * n, l = 3 * n; i < n; i++, j++, k++, l++) {
    values[i] = bytes[i] | (bytes[j] << 8) | (bytes[k] << 16) | (bytes[l] << 24)
  }
  return out
}
