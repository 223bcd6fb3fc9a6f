import { createHash } from 'node:crypto'
import { openBytes } from './open.js'

/** Read at once where every byte of a file is hashed. */
const HASHED_BYTES = 2 ** 22

/** SHA-256, in hex, of every byte of some files, one after the other. Errors: those of `openBytes` and of reading. */
export async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  const buffers = [new Uint8Array(HASHED_BYTES), new Uint8Array(HASHED_BYTES)]
  for (const path of paths) {
    const bytes = await openBytes(path)
    try {
      hash.update(`${bytes.size}\n`)
      const read = async (at: number, turn: number): Promise<Uint8Array> => {
        const piece = buffers[turn].subarray(0, Math.min(HASHED_BYTES, bytes.size - at))
        await bytes.read(piece, at)
        return piece
      }
      let next = read(0, 0)
      for (let at = 0, turn = 0; at < bytes.size; at += HASHED_BYTES, turn = 1 - turn) {
        const piece = await next
        if (at + HASHED_BYTES < bytes.size) next = read(at + HASHED_BYTES, 1 - turn)
        hash.update(piece)
      }
    } finally {
      await bytes.close()
    }
  }
  return hash.digest('hex')
}
