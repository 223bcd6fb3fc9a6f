import { compressFrameSync, compressSync, decompressFrameSync, uncompressSync } from 'lz4-napi'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeBlock, decodeFrame, loadChecksums } from '../../src/io/lz4-portable.js'

/** By lz4.frame of Python's lz4 4.4.5: linked blocks of 64 KiB, with a checksum. */
const LINKED =
  'BCJNGExA8EkCAAAAAAAaCQIAAP/sAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1' +
  'Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+A' +
  'gYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrL' +
  'zM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7AP//////////////////////////////////' +
  '////////////////////////////////////////////////////////////////////////////////////////////////////' +
  '////////////////////////////////////////////////////////////////////////////////////////////////////' +
  '////////////////////////////////////////////////////////////////////////////////////////////////////' +
  '///XD+38//8CUB0eHyAhDgEAAA/e////////////////////////////////////////////////////////////////////////' +
  '////////////////////////////////////////////////////////////////////////////////////////////////////' +
  '////////////////////////////////////////////////////////////////////////////////////////////////////' +
  '/////////////////////////////////////////////////////////////////7kP6P3/////HFA/QEFCQ1QAAAAP+wD/////' +
  '/////////////////////////////////////////////////////////////////////////////////////////////yJQpqeo' +
  'qaoAAAAAFIWQEg=='

/** Bytes of some kinds, from a generator of Park and Miller: noise, text with repeats, runs, floats. */
function samples(): Uint8Array[] {
  let seed = 42
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647
  const of = (size: number, byte: (i: number) => number) =>
    Uint8Array.from({ length: size }, (_, i) => byte(i))
  return [
    of(1, () => 7),
    of(12, i => i),
    of(100_000, () => 256 * random()),
    of(300_000, () => 'ACGT'.charCodeAt(4 * random())),
    of(300_000, i => (i >> 10) & 255),
    of(70_000, () => 0),
    new Uint8Array(Float32Array.from({ length: 50_000 }, (_, i) => Math.fround(Math.sin(i))).buffer),
  ]
}

/** The result, or undefined if it throws. */
function attempt(part: () => Uint8Array): Uint8Array | undefined {
  try {
    return Uint8Array.from(part())
  } catch {
    return undefined
  }
}

const blockOf = (input: Uint8Array, size: number) => {
  const output = new Uint8Array(size)
  return output.subarray(0, decodeBlock(input, output))
}

beforeAll(loadChecksums)

describe('LZ4 without native code', () => {
  it('decodes blocks of the native library', () => {
    for (const plain of samples()) {
      const packed = compressSync(Buffer.from(plain)).subarray(4)
      expect(Buffer.compare(blockOf(packed, plain.length), plain)).toBe(0)
      expect(attempt(() => blockOf(packed, plain.length - 1))).toBeUndefined()
    }
  })

  it('decodes frames of the native library, with checksums or without', () => {
    for (const plain of samples()) {
      for (const options of [
        {},
        { contentChecksum: true },
        { blockChecksums: true, contentChecksum: true },
      ]) {
        const packed = compressFrameSync(Buffer.from(plain), options)
        expect(Buffer.compare(decodeFrame(packed, plain.length), plain)).toBe(0)
      }
    }
  })

  it('decodes frames whose blocks refer to those before them', () => {
    const plain = Uint8Array.from({ length: 150_000 }, (_, i) => (i % 65_000) % 251)
    const linked = Buffer.from(LINKED, 'base64')
    expect(linked[4] & 32).toBe(0)
    expect(Buffer.compare(decodeFrame(linked, plain.length), plain)).toBe(0)
  })

  it('accepts no damage that the native library refuses, and reads the rest as it does', () => {
    const plain = samples()[3].subarray(0, 2_000)
    const block = compressSync(Buffer.from(plain)).subarray(4)
    const frame = compressFrameSync(Buffer.from(plain), { contentChecksum: true })
    let refused = 0
    for (let i = 0; i < 400; i++) {
      const at = (i * 37) % block.length
      const broken = Buffer.from(block)
      broken[at] ^= 1 + (i % 255)
      const sized = Buffer.concat([Buffer.from(Uint32Array.of(plain.length).buffer), broken])
      const native = attempt(() => uncompressSync(sized))
      if (native === undefined) refused++
      expect(attempt(() => blockOf(broken, plain.length))).toEqual(native)
      const brokenFrame = Buffer.from(frame)
      brokenFrame[(i * 41) % frame.length] ^= 1 + (i % 255)
      if (attempt(() => decompressFrameSync(brokenFrame)) === undefined) {
        expect(attempt(() => decodeFrame(brokenFrame, plain.length))).toBeUndefined()
      }
    }
    expect(refused).toBeGreaterThan(20)
  })

  it('refuses what is cut off, anywhere', () => {
    const plain = samples()[3].subarray(0, 500)
    const frame = compressFrameSync(Buffer.from(plain), { contentChecksum: true })
    for (let size = 0; size < frame.length; size++) {
      expect(attempt(() => decodeFrame(frame.subarray(0, size), plain.length))).toBeUndefined()
    }
  })
})
