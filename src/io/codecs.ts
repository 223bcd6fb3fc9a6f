import { brotliDecompressSync, unzipSync } from 'node:zlib'
import { DataError } from '../core/errors.js'
import { type Lz4, loadLz4 } from './lz4.js'
import { decodeZstd, loadZstd } from './zstd.js'

export type Codec = 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4-raw' | 'lz4-frame' | 'lz4-hadoop'

/** No page and no buffer is larger than this; writers cut theirs near 1 MiB, and a size beyond 1 GiB is a lie. */
export const LARGEST = 2 ** 30

/**
 * What one compressed byte can become at most, by the format of each codec: a size beyond it is refused before memory
 * is taken for it. snappy: a 3-byte copy makes 64; lz4: a length byte makes 255; deflate: 1032; zstd: a 4-byte run
 * block makes 128 KiB; brotli: a command of a few bytes makes up to 16 MiB.
 */
const RATIO: Readonly<Record<Codec, number>> = {
  snappy: 22,
  gzip: 1032,
  brotli: 2 ** 22,
  zstd: 2 ** 15,
  'lz4-raw': 255,
  'lz4-frame': 255,
  'lz4-hadoop': 255,
}

/** Room for the first bytes of an output, which headers make appear out of proportion. */
const SLACK = 1024

let snappy: ((input: Uint8Array, size: number) => Uint8Array) | undefined
let lz4: Lz4 | undefined

/** Loads what some codecs need: native code and WebAssembly take 10 to 20 ms each. Await it before a `decompress` by them. */
export async function loadCodecs(codecs: Iterable<Codec>): Promise<void> {
  for (const codec of new Set(codecs)) {
    if (codec === 'snappy') snappy ??= (await import('hyparquet-compressors')).compressors.SNAPPY!
    else if (codec === 'zstd') await loadZstd()
    else if (codec.startsWith('lz4')) lz4 ??= await loadLz4()
  }
}

/**
 * The `size` bytes that `input` holds compressed. Any other length, or damaged input, is a DataError `damaged`.
 *
 * The bytes are the caller's own, and start at a multiple of 8 of their buffer, so that any typed array fits over them.
 */
export function decompress(codec: Codec, input: Uint8Array, size: number): Uint8Array {
  if (size === 0) return new Uint8Array(0)
  if (!Number.isInteger(size) || size < 0 || size > LARGEST) {
    throw damaged(codec, `a size of ${size} bytes, expected 0 to ${LARGEST}`)
  }
  if (size > input.length * RATIO[codec] + SLACK) {
    throw damaged(codec, `${input.length} bytes said to hold ${size}, more than they can`)
  }
  let output: Uint8Array
  try {
    output = decoders[codec](input, size)
  } catch (error) {
    if (error instanceof DataError) throw error
    throw damaged(codec, error instanceof Error ? error.message : String(error), error)
  }
  if (output.length !== size) throw damaged(codec, `${output.length} bytes, expected ${size}`)
  if (output.byteOffset % 8 !== 0) return new Uint8Array(output)
  return new Uint8Array(output.buffer, output.byteOffset, size)
}

function damaged(codec: Codec, what: string, cause?: unknown): DataError {
  return new DataError(
    'damaged',
    `${codec} data cannot be decompressed: ${what}; the file is damaged, write it again`,
    {},
    cause,
  )
}

const decoders: Readonly<Record<Codec, (input: Uint8Array, size: number) => Uint8Array>> = {
  snappy(input, size) {
    const said = snappySize(input)
    if (said !== size) throw damaged('snappy', `${said} bytes, expected ${size}`)
    return snappy!(input, size)
  },
  // One chunk a little larger than the output spares node:zlib a second one; a lie about a large size costs 16 MiB.
  gzip: (input, size) => unzipSync(input, { maxOutputLength: size, chunkSize: Math.min(size + 64, 2 ** 24) }),
  brotli: (input, size) =>
    brotliDecompressSync(input, { maxOutputLength: size, chunkSize: Math.min(size + 64, 2 ** 24) }),
  zstd: decodeZstd,
  'lz4-raw': lz4Raw,
  'lz4-frame'(input, size) {
    const most = lz4FrameBound(input)
    if (most > 4 * size + 2 ** 26) throw damaged('lz4-frame', `up to ${most} bytes, expected ${size}`)
    return lz4!.frame(input, Math.min(most, size + SLACK))
  },
  'lz4-hadoop': (input, size) => lz4Hadoop(input, size) ?? lz4Raw(input, size),
}

/** The length that starts a snappy block: a varint. */
function snappySize(input: Uint8Array): number {
  let size = 0
  for (let i = 0; i < 5 && i < input.length; i++) {
    size += (input[i] & 127) * 2 ** (7 * i)
    if (input[i] < 128) return size
  }
  throw damaged('snappy', 'it has no length')
}

function lz4Raw(input: Uint8Array, size: number): Uint8Array {
  return lz4!.block(input, size)
}

/**
 * Hadoop's framing, which the deprecated LZ4 of Parquet may have: blocks, each after its two big-endian sizes
 * (uncompressed, compressed). Undefined where the input has no such form: then it is a raw block.
 */
function lz4Hadoop(input: Uint8Array, size: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.length)
  const blocks: { from: number; to: number; size: number }[] = []
  let total = 0
  for (let at = 0; at < input.length; ) {
    if (at + 8 > input.length) return undefined
    const block = { from: at + 8, to: at + 8 + view.getUint32(at + 4), size: view.getUint32(at) }
    total += block.size
    if (block.to > input.length || total > size) return undefined
    blocks.push(block)
    at = block.to
  }
  if (total !== size) return undefined
  const output = new Uint8Array(size)
  let at = 0
  for (const block of blocks) {
    const part = block.size === 0 ? undefined : lz4Raw(input.subarray(block.from, block.to), block.size)
    if (part !== undefined) {
      if (part.length !== block.size) return undefined
      output.set(part, at)
      at += block.size
    }
  }
  return output
}

/** The most that an LZ4 frame can hold, from the sizes of its blocks: the library itself knows no limit. */
function lz4FrameBound(input: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.length)
  if (input.length < 7 || view.getUint32(0, true) !== 0x184d2204)
    throw damaged('lz4-frame', 'it is not a frame')
  const flags = input[4]
  const blockMost = 2 ** (8 + 2 * ((input[5] >> 4) & 7))
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0)
  let most = 0
  while (at + 4 <= input.length) {
    const word = view.getUint32(at, true)
    if (word === 0) return most
    const length = word & 0x7fffffff
    most += word >>> 31 ? length : Math.min(blockMost, 255 * length)
    at += 4 + length + (flags & 16 ? 4 : 0)
  }
  throw damaged('lz4-frame', 'it ends within a block')
}
