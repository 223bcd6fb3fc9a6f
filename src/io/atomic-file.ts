import { copyFile, link, open, readlink, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DataError } from '../core/errors.js'
import { systemCode, systemMessage } from './system-error.js'
import { removeStale, temporaryPath } from './temporary-files.js'

/** A file's content: at once, or piece by piece. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

export interface WriteOptions {
  /** Keeps the file that stood at the path until now, as `<path>.previous`. */
  readonly keepPrevious?: boolean
}

/**
 * Writes a file that appears whole or not at all, and outlasts a power cut once this resolves. At every instant the old
 * or the new file stands at the path, however many processes write it at once.
 *
 * Error: `io`; the file that stood there then stands there still, and nothing else is left behind.
 */
export async function writeAtomically(
  path: string,
  content: Content,
  options: WriteOptions = {},
): Promise<void> {
  // A link stays, and what it leads to is replaced.
  const target = await linkTarget(path)
  const temporary = temporaryPath(target)
  try {
    await assertReplaceable(path)
    await removeStale(dirname(target))
    await writeNew(temporary, content)
    if (options.keepPrevious) await keepAs(target, previousOf(target))
    await rename(temporary, target)
    await flushFolder(dirname(target))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw writingError(error, path)
  }
}

/** The path that symbolic links at `path` lead to, whether or not there is a file; itself if it is none. */
export async function linkTarget(path: string): Promise<string> {
  let target = path
  for (let links = 0; links < 40; links++) {
    const next = await readlink(target).catch(() => undefined)
    if (next === undefined) return target
    target = resolve(dirname(target), next)
  }
  return path
}

/** Removes a file, if there is one; of a link what it leads to, so that the next file is written there too. */
export async function removeFile(path: string): Promise<void> {
  await rm(await linkTarget(path), { force: true })
}

/** Where the file before the one at `path` is kept, which is no link. */
export function previousOf(path: string): string {
  return `${path}.previous`
}

/** A device or a folder must not be replaced. Error: `io`. */
export async function assertReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && !found.isFile()) {
    throw new DataError('io', 'is not a regular file and would be replaced; give another', { file: path })
  }
}

async function writeNew(path: string, content: Content): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await writeFile(handle, content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives a file, if any, a second name, replacing what has it: by a hard link, or by a copy where there are none. */
async function keepAs(path: string, name: string): Promise<void> {
  const temporary = temporaryPath(name)
  try {
    await link(path, temporary).catch(async (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return
      await copyFile(path, temporary)
      await flush(temporary)
    })
    await rename(temporary, name)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  } finally {
    // A rename onto another name of the same file does nothing at all.
    await rm(temporary, { force: true })
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a rename last. Some file systems cannot flush a folder; there it lasts as it may. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined)
  try {
    await handle?.sync()
  } catch (error) {
    if (systemCode(error) === 'EIO') throw error
  } finally {
    await handle?.close()
  }
}

const CAUSES: { readonly [code: string]: string } = {
  ENOSPC: 'no space left on the disk (ENOSPC); free some',
  EDQUOT: 'the disk quota is used up (EDQUOT); free some',
  EACCES: 'its folder may not be written to (EACCES); check its permissions',
  EPERM: 'its folder may not be written to (EPERM); check its permissions',
  EROFS: 'its file system is read-only (EROFS); give another folder',
  ENOENT: 'its folder does not exist (ENOENT); make it first',
  ENOTDIR: 'its folder is a file (ENOTDIR); give another folder',
}

/** An error of the system while a file is written, as a DataError; any other as it is. */
export function writingError(error: unknown, path: string): unknown {
  const code = systemCode(error)
  if (error instanceof DataError || code === undefined) return error
  return new DataError('io', `cannot be written: ${writingCause(error)}`, { file: path }, error)
}

/** Why something cannot be written, and what to do. */
export function writingCause(error: unknown): string {
  return CAUSES[systemCode(error) ?? ''] ?? systemMessage(error)
}
