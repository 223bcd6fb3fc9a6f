import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bytes } from '../../io/bytes.js'
import { DataError } from '../../core/errors.js'
import type { PipeReader } from './pipe-reader.js'

/** Bodies up to this length stay in memory; a pipe of larger batches goes through a temporary file. */
export const MAX_HELD = 256 * 2 ** 20

/** What a body in memory grows by at least, and how much of a file is written at once. */
const STEP = 2 ** 20

/** Memory for one body after another. */
export class HeldBytes {
  #memory = new Uint8Array(0)

  /** The next `length` bytes of the pipe; valid until the next call. Memory grows as they come, whatever is claimed. */
  async read(pipe: PipeReader, length: number): Promise<Uint8Array> {
    let done = 0
    while (done < length) {
      if (done === this.#memory.length || this.#memory.length === 0) {
        const larger = new Uint8Array(Math.min(Math.max(2 * done, STEP), Math.max(length, STEP)))
        larger.set(this.#memory.subarray(0, done))
        this.#memory = larger
      }
      const end = Math.min(length, this.#memory.length)
      try {
        await pipe.fill(this.#memory.subarray(done, end))
      } catch (error) {
        if (error instanceof DataError && error.code === 'damaged') throw pipe.cut(length - done)
        throw error
      }
      done = end
    }
    return this.#memory.subarray(0, length)
  }
}

/** The next `length` bytes of the pipe in a temporary file, which is gone when closed. */
export async function spool(pipe: PipeReader, length: number, name: string): Promise<Bytes> {
  const folder = await mkdtemp(join(tmpdir(), 'attrstream-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = await open(join(folder, 'batch'), 'w+').catch(async error => {
    await remove()
    throw error
  })
  // Where the system allows it, the file loses its name at once, so that even a killed run leaves nothing behind.
  if (process.platform !== 'win32') await remove()
  const close = async () => {
    await file.close()
    await remove()
  }
  try {
    const buffer = new Uint8Array(STEP)
    for (let done = 0; done < length; ) {
      const piece = buffer.subarray(0, Math.min(STEP, length - done))
      await pipe.fill(piece)
      await writeAll(file, piece, done)
      done += piece.length
    }
  } catch (error) {
    await close()
    if (error instanceof DataError) throw error
    throw new DataError(
      'io',
      `cannot be kept in ${tmpdir()}: ${(error as Error).message}; set TMPDIR`,
      {},
      error,
    )
  }
  return {
    name,
    size: length,
    async read(into, position) {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await file.read(into, done, into.length - done, position + done)
        if (bytesRead === 0) throw new DataError('io', 'a temporary file was cut short; start again')
        done += bytesRead
      }
    },
    close,
  }
}

type Handle = Awaited<ReturnType<typeof open>>

async function writeAll(file: Handle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
