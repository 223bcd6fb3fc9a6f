import { damaged, short } from './damage.js'
import { range, unpackBits, unpackPairs, unpackSmall, unpackWide } from './unpack.js'

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

/** Decodes values of up to 32 bits. */
function decodeWide(
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
