import type { XXHashAPI } from 'xxhash-wasm'

/*
 * LZ4 as its block and frame formats define it (github.com/lz4/lz4/tree/dev/doc), for platforms without the native
 * library, and as strict: input that does not fit the format throws.
 */

let checksums: XXHashAPI | undefined

/** Await it before the first frame is decoded. */
export async function loadChecksums(): Promise<void> {
  checksums ??= await (await import('xxhash-wasm')).default()
}

/** The shortest match that the format can express. */
const SHORTEST = 4

/**
 * Decodes a block into `output` from `start` on, and returns where it ends. Matches reach back to `from` at most: 0, or the
 * place where the frame's history begins.
 */
export function decodeBlock(input: Uint8Array, output: Uint8Array, start = 0, from = start): number {
  let to = start
  let at = 0
  const lengthBeyond = (length: number): number => {
    let total = length
    if (length !== 15) return total
    for (;;) {
      if (at >= input.length) throw new Error('a length ends too soon')
      const byte = input[at++]
      total += byte
      if (byte !== 255) return total
    }
  }
  while (at < input.length) {
    const token = input[at++]
    const literals = lengthBeyond(token >> 4)
    if (literals > input.length - at || literals > output.length - to)
      throw new Error('literals go beyond the end')
    output.set(input.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === input.length) return to
    if (at + 2 > input.length) throw new Error('an offset ends too soon')
    const offset = input[at] | (input[at + 1] << 8)
    at += 2
    if (offset === 0 || offset > to - from) throw new Error(`an offset of ${offset} reaches before the data`)
    const end = to + lengthBeyond(token & 15) + SHORTEST
    if (end > output.length) throw new Error('a match goes beyond the end')
    if (offset >= end - to) output.copyWithin(to, to - offset, end - offset)
    else for (let i = to; i < end; i++) output[i] = output[i - offset]
    to = end
  }
  throw new Error('it ends with a match')
}

const MAGIC = 0x184d2204
/** Bits of the frame's flags. */
const INDEPENDENT = 32
const BLOCK_CHECKSUM = 16
const CONTENT_SIZE = 8
const CONTENT_CHECKSUM = 4
const DICTIONARY = 1

/** Decodes one frame of at most `most` bytes. Checksums are checked. Call `loadChecksums` before. */
export function decodeFrame(input: Uint8Array, most: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.length)
  if (view.getUint32(0, true) !== MAGIC) throw new Error('it is not a frame')
  const flags = input[4]
  if (flags >> 6 !== 1) throw new Error(`version ${flags >> 6} of frames, expected 1`)
  if (flags & DICTIONARY) throw new Error('it needs a dictionary')
  let at = 6 + (flags & CONTENT_SIZE ? 8 : 0)
  if (input[at] !== ((checksums!.h32Raw(input.subarray(4, at)) >> 8) & 255))
    throw new Error('the header is damaged')
  const stated = flags & CONTENT_SIZE ? Number(view.getBigUint64(6, true)) : undefined
  at++
  const output = new Uint8Array(most)
  let to = 0
  for (;;) {
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) break
    const length = word & 0x7fffffff
    if (at + length > input.length) throw new Error('a block ends too soon')
    const block = input.subarray(at, at + length)
    at += length
    if (flags & BLOCK_CHECKSUM) {
      if (view.getUint32(at, true) !== checksums!.h32Raw(block))
        throw new Error('the checksum of a block differs')
      at += 4
    }
    if (word >>> 31) {
      if (length > most - to) throw new Error('a block goes beyond the end')
      output.set(block, to)
      to += length
    } else to = decodeBlock(block, output, to, flags & INDEPENDENT ? to : 0)
  }
  const content = output.subarray(0, to)
  if (stated !== undefined && stated !== to) throw new Error(`${to} bytes, expected ${stated}`)
  if (flags & CONTENT_CHECKSUM && view.getUint32(at, true) !== checksums!.h32Raw(content)) {
    throw new Error('the checksum of the content differs')
  }
  return content
}
