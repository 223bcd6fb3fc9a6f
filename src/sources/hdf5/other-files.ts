import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { DataError } from '../../core/errors.js'
import { looksLikeHdf5 } from './signature.js'

/** What is used of the file system that the library is compiled with, which is that of Node. */
export interface FileSystem {
  open: (path: string, flags: number, ...more: unknown[]) => unknown
  ErrnoError: new (errno: number) => Error
}

/** EACCES and O_CREAT, as the library numbers them. */
const NO_ACCESS = 2
const CREATE = 64
/** Where the library writes its own messages. */
const OWN_MESSAGES = /^\/tmp\/tmpfile_/

let may: (path: string) => boolean = () => false
let refused: string[] = []

/**
 * Has the library open no file but those that it may: a file of HDF5 can lead to any other by links, virtual datasets and external
 * storage, which is raw bytes of whatever file it names.
 *
 * @param plugins Folder of the library's filters.
 */
export function guardFiles(files: FileSystem, plugins: string): void {
  const { open } = files
  files.open = (path, flags, ...more) => {
    const own = path.startsWith(plugins) || ((flags & CREATE) !== 0 && OWN_MESSAGES.test(path))
    if (!own && !may(path)) {
      if (isFile(path)) refused.push(path)
      throw new files.ErrnoError(NO_ACCESS)
    }
    return open.call(files, path, flags, ...more)
  }
}

/** Does what may open those files. Error: `format`, where another that is there was asked for. */
export function opening<T>(allowed: (path: string) => boolean, part: () => T, strict = true): T {
  may = allowed
  refused = []
  try {
    return part()
  } finally {
    may = () => false
    // oxlint-disable-next-line eslint/no-unsafe-finally -- whatever the library says is because of this
    if (strict && refused.length > 0) throw leads(refused[0])
  }
}

function leads(path: string): DataError {
  return new DataError(
    'format',
    `leads to ${path}, which is not an HDF5 file linked to or used as a source of a virtual dataset, and is not read; write the data into one file: h5repack in.h5 out.h5`,
  )
}

/** The HDF5 files that another leads to, found while its datasets are listed. */
export class OtherFiles {
  private readonly found = new Set<string>()

  constructor(private readonly main: string) {}

  /** Their real paths. */
  get paths(): string[] {
    return [...this.found].toSorted()
  }

  /** Whether a file is the main one. */
  readonly isMain = (path: string): boolean => realPath(path) === realPath(this.main)

  /** Whether a file may be opened while datasets are listed: only a link leads there, to another file of HDF5. */
  readonly isLinked = (path: string): boolean => this.isMain(path) || this.add(path)

  /** Whether a file may be opened while data is read: those that are known by then. */
  readonly isKnown = (path: string): boolean => this.isMain(path) || this.found.has(realPath(path))

  /** Adds the file that a virtual dataset names, looked for where HDF5 does; a pattern of names has none. */
  addSource(name: string): void {
    if (name === '.') return
    const places = isAbsolute(name) ? [name] : [join(dirname(realPath(this.main)), name), resolve(name)]
    for (const place of places) if (this.add(place)) return
  }

  private add(path: string): boolean {
    if (!isHdf5(path)) return false
    this.found.add(realPath(path))
    return true
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** The signature is at 0, or behind a block of the user's, whose size is a power of two from 512 on. */
const FARTHEST_SIGNATURE = 2 ** 20

function isHdf5(path: string): boolean {
  if (!isFile(path)) return false
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return false
  }
  try {
    const head = new Uint8Array(8)
    for (let at = 0; at <= FARTHEST_SIGNATURE; at = at === 0 ? 512 : 2 * at) {
      if (readSync(file, head, 0, head.length, at) < head.length) return false
      if (looksLikeHdf5(head)) return true
    }
    return false
  } finally {
    closeSync(file)
  }
}
