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

/** Decodes values of up to 8 bits and returns the least of them. `what` names them in messages. */
export function decodeSmall(
  bytes: Uint8Array,
  at: number,
  end: number,
  width: number,
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
      if (take > 0) {
        out.fill(value, done, done + take)
        if (value < least) least = value
      }
    } else {
      const next = packedEnd(at, end, width, take, what)
      least = Math.min(
        least,
        width === 1 ? unpackBits(bytes, at, out, done, take) : unpackSmall(bytes, at, width, out, done, take),
      )
      at = next
    }
    done += take
  }
  return least
}

function unpackBits(bytes: Uint8Array, at: number, out: Uint8Array, done: number, take: number): number {
  const end = done + take
  let least = 1
  for (; done + 8 <= end; done += 8) {
    const b = bytes[at++]
    if (b !== 255) least = 0
    out[done] = b & 1
    out[done + 1] = (b >> 1) & 1
    out[done + 2] = (b >> 2) & 1
    out[done + 3] = (b >> 3) & 1
    out[done + 4] = (b >> 4) & 1
    out[done + 5] = (b >> 5) & 1
    out[done + 6] = (b >> 6) & 1
    out[done + 7] = b >> 7
  }
  for (let bit = 0; done < end; bit++, done++) {
    const value = (bytes[at] >> bit) & 1
    if (value === 0) least = 0
    out[done] = value
  }
  return least
}

function unpackSmall(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array,
  done: number,
  take: number,
): number {
  const mask = (1 << width) - 1
  const end = done + take
  let least = 255
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
    out[done++] = value
  }
  return least
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

/** The dictionary indices of a page: their width, then a hybrid to the end. Each is below `size`. */
export function readIndices(bytes: Uint8Array, out: Uint32Array, n: number, size: number): void {
  if (bytes.length === 0) throw short(0, 1)
  decodeWide(bytes, 1, bytes.length, bytes[0], out, n, 'the dictionary indices')
  for (let i = 0; i < n; i++) {
    if (out[i] >= size) throw damaged(`a dictionary index is ${out[i]}, the dictionary has ${size} values`)
  }
}
