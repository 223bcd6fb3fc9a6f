/**
 * Bit-packed values, least significant bits first. `take` values from the byte `at` on become `out[done]` and after;
 * that they are there is the caller's to know.
 */

/** The least and the most of the values unpacked last, in one object for all calls. */
export const range = { least: 0, most: 0 }

/** The four bits of a half byte, as bytes of a little-endian word. */
const BITS = Uint32Array.from({ length: 16 }, (_, b) => spread(b, 1))

/** The four 2-bit values of each byte, likewise. */
const PAIRS = Uint32Array.from({ length: 256 }, (_, b) => spread(b, 2))

function spread(b: number, width: number): number {
  return [0, 1, 2, 3].reduce((word, i) => word + ((b >> (width * i)) & (2 ** width - 1)) * 256 ** i, 0)
}

/** Levels of lists and one-hot sequences, a bit each: a word at a time, which makes such columns twice as fast. */
export function unpackBits(bytes: Uint8Array, at: number, out: Uint8Array, done: number, take: number): void {
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
export function unpackPairs(
  bytes: Uint8Array,
  at: number,
  out: Uint8Array,
  done: number,
  take: number,
): void {
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

export function unpackSmall(
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
