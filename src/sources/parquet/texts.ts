import type { Encoding } from 'hyparquet'
import { LARGEST } from '../../io/codecs.js'
import { damaged, short, unknown, unread } from './damage.js'
import { decodeDelta32 } from './delta.js'
import { readIndices } from './hybrid.js'

/** Texts of a page that are there: text i is `bytes` from `starts[i]` to `ends[i]`. */
export interface Texts {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** Decodes `n` texts; `width` is that of FIXED_LEN_BYTE_ARRAY, else 0. They may be views of `bytes`. */
export function decodeTexts(encoding: Encoding, bytes: Uint8Array, n: number, width: number): Texts {
  switch (encoding) {
    case 'PLAIN':
      return width > 0 ? fixed(bytes, n, width) : plain(bytes, n)
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return afterLengths(bytes, n)
    case 'DELTA_BYTE_ARRAY':
      return afterPrefixes(bytes, n)
    case 'BYTE_STREAM_SPLIT': {
      if (width === 0) throw unknown(encoding, 'BYTE_ARRAY')
      if (bytes.length < n * width) throw short(bytes.length, n * width)
      const joined = new Uint8Array(n * width)
      for (let b = 0; b < width; b++) for (let i = 0; i < n; i++) joined[i * width + b] = bytes[b * n + i]
      return fixed(joined, n, width)
    }
    default:
      throw unknown(encoding, width > 0 ? 'FIXED_LEN_BYTE_ARRAY' : 'BYTE_ARRAY')
  }
}

/** The texts that the indices of a page choose from a dictionary. */
export function lookUpTexts(dictionary: Texts, bytes: Uint8Array, n: number): Texts {
  const wide = () => new Uint32Array(n)
  const indices = n === 0 ? [] : readIndices(bytes, n, dictionary.starts.length, new Uint8Array(n), wide)
  const starts = new Int32Array(n)
  const ends = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    starts[i] = dictionary.starts[indices[i]]
    ends[i] = dictionary.ends[indices[i]]
  }
  return { bytes: dictionary.bytes, starts, ends }
}

function fixed(bytes: Uint8Array, n: number, width: number): Texts {
  if (bytes.length < n * width) throw short(bytes.length, n * width)
  return {
    bytes,
    starts: Int32Array.from({ length: n }, (_, i) => i * width),
    ends: Int32Array.from({ length: n }, (_, i) => (i + 1) * width),
  }
}

function plain(bytes: Uint8Array, n: number): Texts {
  if (bytes.length < 4 * n) throw short(bytes.length, 4 * n)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const starts = new Int32Array(n)
  const ends = new Int32Array(n)
  let at = 0
  for (let i = 0; i < n; i++) {
    if (at + 4 > bytes.length) throw short(bytes.length, at + 4)
    const end = at + 4 + view.getUint32(at, true)
    if (end > bytes.length) throw short(bytes.length, end)
    starts[i] = at + 4
    ends[i] = end
    at = end
  }
  return { bytes, starts, ends }
}

function afterLengths(bytes: Uint8Array, n: number): Texts {
  const starts = new Int32Array(n)
  const ends = new Int32Array(n)
  let at = decodeDelta32(bytes, 0, ends, n)
  for (let i = 0; i < n; i++) {
    const length = ends[i]
    if (length < 0) throw damaged(`a text has ${length} bytes`)
    starts[i] = at
    at += length
    if (at > bytes.length) throw short(bytes.length, at)
    ends[i] = at
  }
  return { bytes, starts, ends }
}

function afterPrefixes(bytes: Uint8Array, n: number): Texts {
  const prefixes = new Int32Array(n)
  const suffixes = afterLengths(bytes.subarray(decodeDelta32(bytes, 0, prefixes, n)), n)
  let total = 0
  for (let i = 0, last = 0; i < n; i++) {
    if (prefixes[i] < 0 || prefixes[i] > last) {
      throw damaged(`a text starts with ${prefixes[i]} bytes of one of ${last} bytes`)
    }
    last = prefixes[i] + suffixes.ends[i] - suffixes.starts[i]
    total += last
  }
  if (total > LARGEST)
    throw unread(
      `the texts of a page have ${total} bytes, at most ${LARGEST} are read`,
      'write smaller pages',
    )
  const joined = new Uint8Array(total)
  const starts = new Int32Array(n)
  const ends = new Int32Array(n)
  for (let i = 0, at = 0; i < n; i++) {
    const last = i === 0 ? 0 : starts[i - 1]
    starts[i] = at
    joined.copyWithin(at, last, last + prefixes[i])
    at += prefixes[i]
    joined.set(suffixes.bytes.subarray(suffixes.starts[i], suffixes.ends[i]), at)
    at += suffixes.ends[i] - suffixes.starts[i]
    ends[i] = at
  }
  return { bytes: joined, starts, ends }
}
