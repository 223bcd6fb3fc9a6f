import type { Bytes } from '../../io/bytes.js'

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] // \x89HDF\r\n\x1a\n

export function looksLikeHdf5(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => head[i] === byte)
}

/** The smallest user block; others are this times a power of two. */
const USER_BLOCK = 512

/**
 * Where the signature lies behind a user block, as in MATLAB's files of version 7.3: at byte 512, 1024, 2048 and so on.
 * undefined where it is nowhere. Source: HDF5 file format specification, "Level 0A: Format Signature and Superblock".
 */
export async function userBlockOf(bytes: Bytes): Promise<number | undefined> {
  const head = new Uint8Array(SIGNATURE.length)
  for (let at = USER_BLOCK; at + head.length <= bytes.size; at *= 2) {
    await bytes.read(head, at)
    if (looksLikeHdf5(head)) return at
  }
  return undefined
}

/** Whether bytes that do not begin with the signature have it behind a user block. */
export async function hasUserBlock(bytes: Bytes): Promise<boolean> {
  return (await userBlockOf(bytes)) !== undefined
}
