import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'

/** What a file system says of a regular file: it changes whenever the file is written to, or another takes its place. */
export interface FileStamp {
  readonly path: string
  /** Device and inode: distinguishes the file from a copy of it on the same machine. */
  readonly identity: string
  /** Inode, bytes, and times of the last change of content and of status, in ns. */
  readonly state: string
  readonly size: number
}

/** The stamp of a file; undefined for one on a server, for a pipe, and where there is none. */
async function stampOf(path: string): Promise<FileStamp | undefined> {
  if (path === '-' || isRemote(path)) return undefined
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  if (found === undefined || !found.isFile()) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = found
  return {
    path,
    identity: `${dev}:${ino}`,
    state: `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
    size: Number(size),
  }
}

/** The stamps of those files that have one. */
export async function stampsOf(paths: readonly string[]): Promise<FileStamp[]> {
  const stamps = await Promise.all(paths.map(stampOf))
  return stamps.filter(stamp => stamp !== undefined)
}

/**
 * The first file that was written to, or replaced, since its stamp was taken. One that is gone was not: what has it open can still
 * read it.
 */
export async function changedFile(stamps: readonly FileStamp[]): Promise<string | undefined> {
  for (const { path, state } of stamps) {
    const now = await stampOf(path)
    if (now !== undefined && now.state !== state) return path
  }
  return undefined
}

/** The error for a file that was written to, or replaced, while it was read. */
export function changedWhileRead(file: string): DataError {
  return new DataError(
    'mismatch',
    'has changed while it was read; run again once nothing writes to it, with --restart if there is a checkpoint',
    { file },
  )
}

/** Stamps as one short text, equal where all of them are. */
export function stampText(stamps: readonly FileStamp[]): string {
  return shortHash(stamps.map(({ state }) => state))
}

/** Where files are, on this machine, as two short texts: by device and inode, and by device and path. */
export async function placeTexts(stamps: readonly FileStamp[]): Promise<string[]> {
  const paths = await Promise.all(
    stamps.map(async ({ path, identity }) => `${identity.split(':')[0]} ${await realpath(path)}`),
  )
  return [shortHash(stamps.map(({ identity }) => identity)), shortHash(paths)]
}

function shortHash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}
