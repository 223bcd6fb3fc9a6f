import { damaged, short } from './damage.js'

/**
 * Parquet's hybrid of runs and bit-packed groups of 8, in which levels, dictionary indices and booleans are stored.
 *
 * Each decoder writes `out[0]` to `out[n - 1]` from `bytes` [at, end). Fewer values than `n` are damage; the padding
 * of the last group, and what follows, is left.
 */

interface Run {
  at: number
  /** Values of the run, the padding of a packed one included. */
  count: number
  packed: boolean
}

const run: Run = { at: 0, count: 0, packed: false }

/** The head of the run at `at`, in one object for all calls. */
function readRun(bytes: Uint8Array, at: number, end: number, what: string): Run {
  let head = 0
  for (let shift = 0; ; shift += 7) {
    if (at >= end) throw damaged(`${what} end early`)
    const b = bytes[at++]
    head += (b & 127) * 2 ** shift
    if (b < 128) break
    if (shift > 28) throw damaged(`${what} have a run of no length`)
  }
  run.at = at
  run.packed = head % 2 === 1
  run.count = run.packed ? 8 * Math.floor(head / 2) : Math.floor(head / 2)
  return run
}

/** Where a packed run ends, which holds `take` values that are wanted. */
function packedEnd(at: number, end: number, width: number, take: number, what: string): number {
  if (at + Math.ceil((take * width) / 8) > end) throw damaged(`${what} end within a run`)
  return Math.min(end, at + Math.ceil((run.count * width) / 8))
}

function readRepeated(bytes: Uint8Array, at: number, end: number, width: number, what: string): number {
  const size = (width + 7) >> 3
  if (at + size > end) throw damaged(`${what} end within a run`)
  let value = 0
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]
  if (value >= 2 ** width) throw damaged(`${what} hold ${value}, beyond ${width} bits`)
  return value
}

/**
 * Decodes values of `width` bits, up to 8, none of which may be above `max`, and returns the least of them. `what` names
 * them in messages.
 */
export function decodeSmall(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  max: number,
  out: Uint8Array,
  n: number,
  what: string,
): number {
  let least = 255
  for (let done = 0; done < n; ) {
    readRun(bytes, at, end, what)
    at = run.at
    const take = Math.min(run.count, n - done)
    if (!run.packed) {
      const value = readRepeated(bytes, at, end, width, what)
      at += (width + 7) >> 3
      if (value > max) throw tooHigh(value, max, what)
      if (take > 0) {
        out.fill(value, done, done + take)
        if (value < least) least = value
      }
    } else {
      const next = packedEnd(at, end, width, take, what)
      if (width === 1) unpackBits(bytes, at, out, done, take)
      else if (width === 2) unpackPairs(bytes, at, out, done, take)
      else unpackSmall(bytes, at, width, out, done, take)
      if (range.least < least) least = range.least
      if (range.most > max) throw tooHigh(range.most, max, what)
      at = next
    }
    done += take
  }
  return least
}

function tooHigh(found: number, max: number, what: string) {
  return damaged(`${what} hold ${found}, expected up to ${max}`)
}

/** The least and the most of the values unpacked last, in one object for all calls. */
const range = { least: 0, most: 0 }

/** The four bits of a half byte, as bytes of a little-endian word. */
const BITS = Uint32Array.from({ length: 16 }, (_, b) => spread(b, 1))

/** The four 2-bit values of each byte, likewise. */
const PAIRS = Uint32Array.from({ length: 256 }, (_, b) => spread(b, 2))

function spread(b: number, width: number): number {
  return [0, 1, 2, 3].reduce((word, i) => word + ((b >> (width * i)) & (2 ** width - 1)) * 256 ** i, 0)
}

/** Levels of lists and one-hot sequences, a bit each: a word at a time, which makes such columns twice as fast. */
function unpackBits(bytes: Uint8Array, at: number, out: Uint8Array, done: number, take: number): void {
  if ((out.byteOffset + done) % 4 !== 0) return unpackSmall(bytes, at, 1, out, done, take)
  const eights = take >> 3
  const words = new Uint32Array(out.buffer, out.byteOffset + done, 2 * eights)
  let all = 255
  for (let i = 0; i < eights; i++) {
    const b = bytes[at + i]
    words[2 * i] = BITS[b & 15]
    words[2 * i + 1] = BITS[b >> 4]
    all &= b
  }
  unpackSmall(bytes, at + eights, 1, out, done + 8 * eights, take - 8 * eights)
  if (eights === 0) return
  range.least = Math.min(range.least, all === 255 ? 1 : 0)
  range.most = 1
}

/** Levels of lists in lists, 2 bits each, likewise. */
function unpackPairs(bytes: Uint8Array, at: number, out: Uint8Array, done: number, take: number): void {
  const fours = take >> 2
  if ((out.byteOffset + done) % 4 !== 0) return unpackSmall(bytes, at, 2, out, done, take)
  const words = new Uint32Array(out.buffer, out.byteOffset + done, fours)
  // Bits that are set in any value, in all values; a 3 and a 0 are what they cannot tell apart from others.
  let threes = 0
  let high = 0
  let zeros = 0
  let both = 255
  for (let i = 0; i < fours; i++) {
    const b = bytes[at + i]
    words[i] = PAIRS[b]
    threes |= b & (b >> 1) & 0x55
    high |= b & 0xaa
    zeros |= ~(b | (b >> 1)) & 0x55
    both &= b
  }
  unpackSmall(bytes, at + fours, 2, out, done + 4 * fours, take - 4 * fours)
  if (fours === 0) return
  const most = threes !== 0 ? 3 : high !== 0 ? 2 : 1
  const least = zeros !== 0 ? 0 : (both & 0xaa) === 0xaa ? 2 : 1
  if (most > range.most) range.most = most
  if (least < range.least) range.least = least
}

function unpackSmall(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array,
  done: number,
  take: number,
): void {
  const mask = (1 << width) - 1
  const end = done + take
  let least = 255
  let most = 0
  let held = 0
  let bits = 0
  while (done < end) {
    if (bits < width) {
      held |= bytes[at++] << bits
      bits += 8
    }
    const value = held & mask
    held >>= width
    bits -= width
    if (value < least) least = value
    if (value > most) most = value
    out[done++] = value
  }
  range.least = least
  range.most = most
}

/** Decodes values of up to 32 bits. */
export function decodeWide(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
  out: Uint32Array,
  n: number,
  what: string,
): void {
  if (width > 32) throw damaged(`${what} have ${width} bits, expected up to 32`)
  for (let done = 0; done < n; ) {
    readRun(bytes, at, end, what)
    at = run.at
    const take = Math.min(run.count, n - done)
    if (!run.packed) {
      if (take > 0) out.fill(readRepeated(bytes, at, end, width, what), done, done + take)
      at += (width + 7) >> 3
    } else {
      const next = packedEnd(at, end, width, take, what)
      unpackWide(bytes, at, width, out, done, take)
      at = next
    }
    done += take
  }
}

/** Values of `width` bits, up to 32, least significant first: value i from bit i·width of the bytes at `at` on. */
export function unpackWide(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint32Array,
  done: number,
  take: number,
): void {
  const mask = width === 32 ? -1 : (1 << width) - 1
  const end = done + take
  let bit = 0
  for (; done < end; done++) {
    // Up to 7 + 32 bits: four bytes and, where they do not reach, a fifth. Beyond the end, bytes count as 0.
    let value = (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> bit
    if (bit + width > 32) value |= bytes[at + 4] << (32 - bit)
    out[done] = value & mask
    bit += width
    at += bit >> 3
    bit &= 7
  }
}

/**
 * The dictionary indices of a page, each below `size`: a byte with their width, then a hybrid to the end. They are
 * decoded into `small` where they have at most 8 bits, into `wide` else, whichever is returned.
 */
export function readIndices(
  bytes: Uint8Array,
  n: number,
  size: number,
  small: Uint8Array,
  wide: () => Uint32Array,
): Uint8Array | Uint32Array {
  if (bytes.length === 0) throw short(0, 1)
  const width = bytes[0]
  const what = 'the dictionary indices'
  if (width <= 8) {
    decodeSmall(bytes, 1, bytes.length, width, Math.min(size - 1, 255), small, n, what)
    return small
  }
  const out = wide()
  decodeWide(bytes, 1, bytes.length, width, out, n, what)
  for (let i = 0; i < n; i++) {
    if (out[i] >= size) throw damaged(`a dictionary index is ${out[i]}, the dictionary has ${size} values`)
  }
  return out
}
