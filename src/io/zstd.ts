import { createRequire } from 'node:module'
import zlib from 'node:zlib'
import type { ZSTDDecoder } from 'zstddec'
import { isPortable } from './portable.js'

/**
 * Zstandard: Node's own, from 22.15 on, else native code that may be installed, else WebAssembly, which decodes only. On
 * pages of random floats native took 0.9 to 1.7 ms a MiB, WebAssembly 5.
 */
interface Native {
  readonly name: string
  readonly decode: (input: Uint8Array, size: number) => Uint8Array
  readonly encode: (bytes: Uint8Array) => Uint8Array
}

let wasm: ZSTDDecoder | undefined
let native: Native | undefined
let loaded: Promise<void> | undefined

/** Zstandard's own default. */
const LEVEL = 3

/** Await it before the first frame is made or read. */
export function loadZstd(): Promise<void> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<void> {
  if (!isPortable()) native = ofNode() ?? ofAddon()
  const { ZSTDDecoder } = await import('zstddec')
  wasm = new ZSTDDecoder()
  await wasm.init()
}

/** What decodes, by name; call `loadZstd` before. */
export const zstdName = (): string => native?.name ?? 'WebAssembly'

/** What Node 20, whose types these are, has not. */
type NewerZlib = typeof zlib & {
  zstdCompressSync?: (bytes: Uint8Array) => Buffer
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Buffer
}

function ofNode(): Native | undefined {
  const { zstdCompressSync, zstdDecompressSync } = zlib as NewerZlib
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined
  return {
    name: 'node:zlib',
    decode: (input, size) =>
      zstdDecompressSync(input, { maxOutputLength: size, chunkSize: Math.min(size + 64, 2 ** 24) }),
    encode: bytes => zstdCompressSync(bytes),
  }
}

function ofAddon(): Native | undefined {
  try {
    const { Decoder, Encoder } = createRequire(import.meta.url)('@toondepauw/node-zstd') as {
      Decoder: new () => { decodeSync(data: Buffer): Buffer }
      Encoder: new (level: number) => { encodeSync(data: Buffer): Buffer }
    }
    const decoder = new Decoder()
    const encoder = new Encoder(LEVEL)
    return {
      name: '@toondepauw/node-zstd',
      decode: input => decoder.decodeSync(bufferOf(input)),
      encode: bytes => encoder.encodeSync(bufferOf(bytes)),
    }
  } catch {
    return undefined // no binary for this platform
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

/** Makes a frame of bytes; undefined where the platform has no native encoder. Call `loadZstd` before. */
export function zstdEncoder(): ((bytes: Uint8Array) => Uint8Array) | undefined {
  return native?.encode
}

/** The `size` bytes that one or more frames hold; of another length or throwing where they are damaged. */
export function decodeZstd(input: Uint8Array, size: number): Uint8Array {
  if (native !== undefined && mostBytes(input) <= size + 2 * BLOCK) {
    return native.decode(input, size)
  }
  return wasm!.decode(input, size)
}

/** No block holds more than 128 KiB (RFC 8878, 3.1.1.2). */
const BLOCK = 2 ** 17
const MAGIC = 0xfd2fb528

/**
 * The most bytes that a single frame can hold, told from its block headers; Infinity for anything else. The native
 * decoder has no limit of its own, so what could grow beyond what is expected is not given to it.
 */
function mostBytes(input: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  if (input.length < 6 || view.getUint32(0, true) !== MAGIC) return Number.POSITIVE_INFINITY
  const descriptor = input[4]
  const singleSegment = (descriptor & 32) !== 0
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]
  let at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes
  let most = 0
  for (;;) {
    if (at + 3 > input.length) return Number.POSITIVE_INFINITY
    const header = input[at] | (input[at + 1] << 8) | (input[at + 2] << 16)
    const kind = (header >> 1) & 3
    const length = header >> 3
    most += kind === 2 ? BLOCK : length
    at += 3 + (kind === 1 ? 1 : length)
    if (header & 1) break
  }
  const checksum = descriptor & 4 ? 4 : 0
  return at + checksum === input.length ? most : Number.POSITIVE_INFINITY
}
