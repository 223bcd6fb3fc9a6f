import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { compressFrameSync, compressSync } from 'lz4-napi'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Codec, decompress, loadCodecs } from '../../src/io/codecs.js'
import { DataError } from '../../src/core/errors.js'

/** 4096 bytes: byte i is 7·⌊i/128⌋ mod 256. */
const PLAIN = Uint8Array.from({ length: 4096 }, (_, i) => (7 * (i >> 7)) & 255)

/** The same, by pyarrow's codecs. */
const SNAPPY =
  'gCAAAP4BAPoBAAAH/gEA+gEAAA7+AQD6AQAAFf4BAPoBAAAc/gEA+gEAACP+AQD6AQAAKv4BAPoBAAAx/gEA+gEAADj+AQD6AQAAP/4BAPoBAABG/gEA+gEAAE3+AQD6AQAAVP4BAPoBAABb/gEA+gEAAGL+AQD6AQAAaf4BAPoBAABw/gEA+gEAAHf+AQD6AQAAfv4BAPoBAACF/gEA+gEAAIz+AQD6AQAAk/4BAPoBAACa/gEA+gEAAKH+AQD6AQAAqP4BAPoBAACv/gEA+gEAALb+AQD6AQAAvf4BAPoBAADE/gEA+gEAAMv+AQD6AQAA0v4BAPoBAADZ/gEA+gEA'
const ZSTD =
  'KLUv/WAAD20CABQCAAAHDhUcIyoxOD9GTVRbYmlwd36FjJOaoaivtr3Ey9LZIBQAKlz4ccaFH2dc+HHGhR9nXPhxxoUfZ1z4ccaFH2dc+HHGhR9nXGws'

const raw = Uint8Array.from(compressSync(Buffer.from(PLAIN)).subarray(4))
const hadoop = Buffer.concat([Buffer.from([0, 0, 16, 0, 0, 0, raw.length >> 8, raw.length & 255]), raw])

const PACKED: Record<Codec, Uint8Array> = {
  snappy: Buffer.from(SNAPPY, 'base64'),
  zstd: Buffer.from(ZSTD, 'base64'),
  gzip: gzipSync(PLAIN),
  brotli: brotliCompressSync(PLAIN),
  'lz4-raw': raw,
  'lz4-frame': compressFrameSync(Buffer.from(PLAIN)),
  'lz4-hadoop': hadoop,
}
const CODECS = Object.keys(PACKED) as Codec[]

/** The DataError's code, or how many bytes there are where there is none; anything else thrown fails the test. */
function attempt(codec: Codec, input: Uint8Array, size: number): string | number {
  try {
    return decompress(codec, input, size).length
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return error.code
  }
}

beforeAll(() => loadCodecs(CODECS))

describe.each(CODECS)('%s', codec => {
  it('gives the bytes back, aligned for any typed array', () => {
    const output = decompress(codec, PACKED[codec], PLAIN.length)
    expect(output).toEqual(PLAIN)
    expect(output.byteOffset % 8).toBe(0)
  })

  it('reads input that starts anywhere in its buffer', () => {
    const shifted = new Uint8Array(PACKED[codec].length + 3)
    shifted.set(PACKED[codec], 3)
    expect(decompress(codec, shifted.subarray(3), PLAIN.length)).toEqual(PLAIN)
  })

  it('refuses any other length as damaged', () => {
    for (const size of [1, PLAIN.length - 1, PLAIN.length + 1, 2 * PLAIN.length, 2 ** 30, 2 ** 31, -1, 0.5]) {
      expect(attempt(codec, PACKED[codec], size)).toBe('damaged')
    }
  })

  it('refuses every truncation as damaged, and never answers short', () => {
    for (let length = 0; length < PACKED[codec].length; length++) {
      expect(['damaged', PLAIN.length]).toContain(
        attempt(codec, PACKED[codec].subarray(0, length), PLAIN.length),
      )
    }
    const half = PACKED[codec].subarray(0, PACKED[codec].length >> 1)
    expect(attempt(codec, half, PLAIN.length)).toBe('damaged')
  })

  it('answers every flipped byte with the right length or a DataError, and works on', () => {
    for (let i = 0; i < PACKED[codec].length; i++) {
      const flipped = Uint8Array.from(PACKED[codec])
      flipped[i] ^= 0xff
      expect(['damaged', PLAIN.length]).toContain(attempt(codec, flipped, PLAIN.length))
    }
    expect(decompress(codec, PACKED[codec], PLAIN.length)).toEqual(PLAIN)
  })

  it('makes nothing of a size of nothing', () => {
    expect(decompress(codec, new Uint8Array(0), 0)).toHaveLength(0)
  })
})

it('reads zlib streams where gzip is declared', () => {
  expect(decompress('gzip', deflateSync(PLAIN), PLAIN.length)).toEqual(PLAIN)
})

it('reads a raw block where the Hadoop framing is declared', () => {
  expect(decompress('lz4-hadoop', raw, PLAIN.length)).toEqual(PLAIN)
})

it('stops a bomb at the size it should have', () => {
  const bomb = gzipSync(new Uint8Array(2 ** 26))
  expect(attempt('gzip', bomb, 1000)).toBe('damaged')
  const frame = compressFrameSync(Buffer.alloc(2 ** 28))
  expect(attempt('lz4-frame', frame, 1000)).toBe('damaged')
})

it('says what is wrong, against what, and what to do', () => {
  expect(() => decompress('gzip', PACKED.gzip, 5000)).toThrow(
    'gzip data cannot be decompressed: 4096 bytes, expected 5000; the file is damaged, write it again',
  )
})
