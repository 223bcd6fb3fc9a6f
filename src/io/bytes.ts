import { createHash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { systemMessage } from './system-error.js'
import { FileReader } from './file-reader.js'

/** Bytes that can be read at any place: a file, here or on a server. */
export interface Bytes {
  /** What messages call it. */
  readonly name: string
  readonly size: number
  /** What a server calls this state of the file, if anything: it changes when the content does. */
  readonly version?: string | undefined
  /** Fills `into` with the bytes from `position` on; fewer than asked for is a DataError, never a short answer. */
  read(into: Uint8Array, position: number): Promise<void>
  close(): Promise<void>
}

/** Opens a regular file, or one on a server by its address. Errors: `not-found`, `io`; those of `openRemote`. */
export async function openBytes(path: string): Promise<Bytes> {
  if (isRemote(path)) return (await import('./remote.js')).openRemote(path)
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    throw openingError(error, path)
  }
  const stat = await handle.stat()
  if (stat.isDirectory()) {
    await handle.close()
    throw new DataError('not-found', 'is a directory, expected a file; name the files in it', { file: path })
  }
  const reader = new FileReader(handle)
  return {
    name: path,
    size: stat.size,
    async read(into, position) {
      let done = 0
      while (done < into.length) {
        let bytesRead: number
        try {
          const reading = reader.read(done === 0 ? into : into.subarray(done), position + done)
          bytesRead = typeof reading === 'number' ? reading : await reading
        } catch (error) {
          throw new DataError('io', `cannot read: ${systemMessage(error)}`, { file: path }, error)
        }
        if (bytesRead === 0) {
          throw new DataError(
            'damaged',
            `ends at byte ${position + done}, expected ${into.length} bytes from byte ${position}; the file is truncated, write it again`,
            { file: path },
          )
        }
        done += bytesRead
      }
    },
    close: () => handle.close(),
  }
}

function openingError(error: unknown, path: string): DataError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT')
    return new DataError('not-found', 'no such file; check the path', { file: path }, error)
  if (code === 'EACCES' || code === 'EPERM') {
    return new DataError('io', 'may not be read; check its permissions', { file: path }, error)
  }
  return new DataError('io', `cannot be opened: ${systemMessage(error)}`, { file: path }, error)
}

/** Bytes of a file; undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  if (!isRemote(path)) return (await stat(path).catch(() => undefined))?.size
  const bytes = await openBytes(path).catch(() => undefined)
  await bytes?.close()
  return bytes?.size
}

/** Up to this size a fingerprint covers every byte: 64 MB hash in about 40 ms, unnoticed beside the start of a run. */
export const WHOLE = 64 * 2 ** 20
const SAMPLES = 256
const SAMPLE_BYTES = 64 * 1024
/** Reads under way at once: one after the other, each waits for a thread to wake (22 ms for 256 pieces, 15 ms so). */
const AT_ONCE = 16

/**
 * SHA-256, in hex, over the size and the content: every byte of a file of up to 64 MiB, else 256 evenly spread pieces
 * of 64 KiB, the first and last bytes among them. `extra` enters too: whatever decides how the file is cut into batches.
 * A file on a server that tells its version is not read for it.
 */
export async function fingerprintBytes(bytes: Bytes, extra: string): Promise<string> {
  const hash = createHash('sha256').update(`${bytes.size}\n${extra}\n`)
  if (bytes.version !== undefined) return hash.update(`version ${bytes.version}`).digest('hex')
  const pieces = bytes.size <= WHOLE ? Math.ceil(bytes.size / SAMPLE_BYTES) : SAMPLES
  const pieceAt = async (i: number, buffer: Uint8Array): Promise<Uint8Array> => {
    const position =
      bytes.size <= WHOLE ? i * SAMPLE_BYTES : Math.floor(((bytes.size - SAMPLE_BYTES) / (SAMPLES - 1)) * i)
    const piece = buffer.subarray(0, Math.min(SAMPLE_BYTES, bytes.size - position))
    await bytes.read(piece, position)
    return piece
  }
  const buffers = Array.from({ length: Math.min(AT_ONCE, pieces) }, () => new Uint8Array(SAMPLE_BYTES))
  for (let i = 0; i < pieces; i += AT_ONCE) {
    const group = buffers.slice(0, pieces - i).map((buffer, j) => pieceAt(i + j, buffer))
    for (const piece of await Promise.all(group)) hash.update(piece)
  }
  return hash.digest('hex')
}

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
