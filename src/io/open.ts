import { constants, readdirSync, statSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { Bytes } from './bytes.js'
import { FileReader } from './file-reader.js'
import { systemMessage } from './system-error.js'

/** Opens a regular file, or one on a server by its address. Errors: `not-found`, `io`; those of `openRemote`. */
export async function openBytes(path: string): Promise<Bytes> {
  if (isRemote(path)) return (await import('./remote.js')).openRemote(path)
  let handle: FileHandle
  try {
    // Without O_NONBLOCK a named pipe waits for somebody who writes.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw openingError(error, path)
  }
  const stat = await handle.stat()
  if (stat.isDirectory()) {
    await handle.close()
    throw new DataError('not-found', 'is a directory, expected a file; give the files in it', { file: path })
  }
  if (!stat.isFile()) {
    await handle.close()
    const what = 'is a pipe or a device, which can be read once only, expected a file; write it to one first'
    throw new DataError('format', what, { file: path })
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

/** `; did you mean X?`, where X is a file of a similar name in the same folder; else nothing. */
function nearFile(path: string): string {
  try {
    return didYouMean(basename(path), readdirSync(dirname(path)))
  } catch {
    return ''
  }
}

function openingError(error: unknown, path: string): DataError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT')
    return new DataError(
      'not-found',
      `no such file${nearFile(path) || '; check the path'}`,
      { file: path },
      error,
    )
  if (code === 'EACCES' || code === 'EPERM') {
    return new DataError('io', 'may not be read; check its permissions', { file: path }, error)
  }
  return new DataError('io', `cannot be opened: ${systemMessage(error)}`, { file: path }, error)
}

/**
 * Whether a path is `-`, a named pipe, as of `<(producer)`, or anything else that can be read once and from its start only.
 */
export function isPiped(path: string): boolean {
  if (path === '-') return true
  const found = isRemote(path) ? undefined : statSync(path, { throwIfNoEntry: false })
  return found !== undefined && !found.isFile() && !found.isDirectory()
}

/** Whether a path is standard input by another name. */
export function isStandardInput(path: string): boolean {
  return path === '-' || (/^\/(dev\/stdin|(dev|proc\/self)\/fd\/0)$/.test(path) && isPiped(path))
}

/** Bytes of a file; undefined where there is none, or for a pipe. */
export async function sizeOf(path: string): Promise<number | undefined> {
  if (!isRemote(path)) {
    const found = await stat(path).catch(() => undefined)
    return found?.isFile() === true ? found.size : undefined
  }
  const bytes = await openBytes(path).catch(() => undefined)
  await bytes?.close()
  return bytes?.size
}
