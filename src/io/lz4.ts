import { isPortable } from './portable.js'

/** LZ4: native if the platform has it, else TypeScript. The bytes are the same. */
export interface Lz4 {
  readonly name: string
  /** The `size` bytes of a block, or fewer. */
  block(input: Uint8Array, size: number): Uint8Array
  /** The bytes of a frame that holds `most` at most. */
  frame(input: Uint8Array, most: number): Uint8Array
}

let loaded: Promise<Lz4> | undefined

export function loadLz4(): Promise<Lz4> {
  loaded ??= isPortable() ? portable() : native().catch(portable) // no binary for this platform
  return loaded
}

async function native(): Promise<Lz4> {
  const { decompressFrameSync, uncompressSync } = await import('lz4-napi')
  let scratch = Buffer.alloc(0)
  return {
    name: 'lz4-napi',
    // The library wants the output's size in front of a block.
    block(input, size) {
      if (scratch.length < input.length + 4) scratch = Buffer.allocUnsafeSlow(input.length + 2 ** 16)
      scratch.writeUInt32LE(size, 0)
      scratch.set(input, 4)
      return uncompressSync(scratch.subarray(0, input.length + 4))
    },
    frame: input => decompressFrameSync(input as Buffer),
  }
}

async function portable(): Promise<Lz4> {
  const { decodeBlock, decodeFrame, loadChecksums } = await import('./lz4-portable.js')
  await loadChecksums()
  return {
    name: 'TypeScript',
    block(input, size) {
      const output = new Uint8Array(size)
      return output.subarray(0, decodeBlock(input, output))
    },
    frame: decodeFrame,
  }
}
