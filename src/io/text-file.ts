import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { isRemote } from '../core/address.js'
import { asDataError, DataError } from '../core/errors.js'
import { fingerprintBytes } from './bytes.js'
import { openBytes } from './open.js'

/** A file of text, plain or gzip (by its signature; bgzip too), read forwards. */
export interface TextFile {
  readonly name: string
  readonly gzip: boolean
  /** @param cut Whatever decides how the file is cut into batches. */
  fingerprint(cut: string): Promise<string>
  /**
   * Its bytes, unpacked, from an offset on. Of gzip all before is unpacked too. Errors: `damaged`, for gzip that is cut
   * short or broken; `io`.
   */
  bytes(offset?: number): AsyncGenerator<Uint8Array>
}

const READ_BYTES = 2 ** 18

/** @param expected What it should hold, for messages. Errors: `not-found`, `io`; `empty`, for an empty file. */
export async function openText(path: string, expected: string): Promise<TextFile> {
  const bytes = await openBytes(path)
  const head = new Uint8Array(Math.min(2, bytes.size))
  try {
    await bytes.read(head, 0)
  } finally {
    await bytes.close()
  }
  if (head.length === 0)
    throw new DataError('empty', `is an empty file, expected ${expected}`, { file: path })
  const gzip = isGzip(head)
  return {
    name: path,
    gzip,
    async fingerprint(cut) {
      const file = await openBytes(path)
      try {
        return await fingerprintBytes(file, cut)
      } finally {
        await file.close()
      }
    },
    bytes: (offset = 0) => (gzip ? unpacked(path, offset) : plain(path, offset)),
  }
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

async function* plain(path: string, start: number): AsyncGenerator<Uint8Array> {
  if (isRemote(path)) {
    yield* pieces(path, start)
    return
  }
  const file = createReadStream(path, { highWaterMark: READ_BYTES, start })
  try {
    for await (const chunk of file) yield chunk as Uint8Array
  } catch (error) {
    throw asDataError(error, 'io', { file: path }, 'cannot be read')
  } finally {
    file.destroy()
  }
}

/** A file on a server, by ranges. */
async function* pieces(path: string, start: number): AsyncGenerator<Uint8Array> {
  const bytes = await openBytes(path)
  try {
    for (let at = start; at < bytes.size; at += READ_BYTES) {
      const piece = new Uint8Array(Math.min(READ_BYTES, bytes.size - at))
      await bytes.read(piece, at)
      yield piece
    }
  } finally {
    await bytes.close()
  }
}

async function* unpacked(path: string, offset: number): AsyncGenerator<Uint8Array> {
  const file = Readable.from(plain(path, 0), { objectMode: false })
  const stream = file.pipe(createGunzip({ chunkSize: READ_BYTES }))
  file.on('error', (error: Error) => stream.destroy(error))
  let left = offset
  try {
    for await (const read of stream) {
      const chunk = read as Uint8Array
      if (left < chunk.length) yield chunk.subarray(left)
      left = Math.max(0, left - chunk.length)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      const what = 'gzip is cut short or broken; copy the file again'
      throw new DataError('damaged', what, { file: path }, error)
    }
    throw asDataError(error, 'io', { file: path }, 'cannot be read')
  } finally {
    file.destroy()
    stream.destroy()
  }
}
