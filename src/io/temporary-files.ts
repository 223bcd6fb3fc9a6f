import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { constants, copyFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** Where process numbers mean the same: one machine since its start, one namespace of processes. */
const MACHINE = createHash('sha256')
  .update([hostname(), tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))].join('\n'))
  .update(tryRead(() => readlinkSync('/proc/self/ns/pid')))
  .digest('hex')
  .slice(0, 8)

function tryRead(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

const NAME = /^\.(.+)\.([0-9a-f]{8})-(\d+)-([0-9a-f]{12})\.(tmp|partial)$/

/** Temporary files of processes that cannot be asked after are removed once they have been left alone for so long, in ms. */
const FORGOTTEN_MS = 7 * 24 * 3600 * 1000

/**
 * A hidden name in the same folder, which patterns such as `*.state` do not match and no other process has:
 * `.maps.arrow.<machine>-<process>-<random>.tmp`.
 */
export function temporaryPath(path: string): string {
  folders.add(dirname(path))
  return nameBeside(path, newKey(), 'tmp')
}

/** Where this process has made temporary files. */
const folders = new Set<string>()

/** Removes this process's temporary files, for an end that nothing else of it is to outlast. What cannot be removed stays. */
export function removeOwnTemporaries(): void {
  for (const folder of folders) {
    for (const name of tryRead(() => readdirSync(folder).join('\0')).split('\0')) {
      const [, , machine, owner, , ending] = NAME.exec(name) ?? []
      if (machine !== MACHINE || Number(owner) !== process.pid || ending !== 'tmp') continue
      try {
        rmSync(join(folder, name), { force: true })
      } catch {
        // It is swept by a later run.
      }
    }
  }
}

function nameBeside(path: string, key: string, ending: 'tmp' | 'partial'): string {
  return join(dirname(path), `.${stemOf(path)}.${MACHINE}-${process.pid}-${key}.${ending}`)
}

function newKey(): string {
  return randomBytes(6).toString('hex')
}

function stemOf(path: string): string {
  return basename(path).slice(0, 60)
}

/** An unfinished file that a later process can go on with. */
export interface PartialFile {
  readonly path: string
  /** What it is found by, whichever process has it. */
  readonly key: string
}

/** Partial files that this process writes to. */
const held = new Set<string>()

/** A name for a new partial file of an output, held by this process until it is let go of. */
export function newPartial(out: string): PartialFile {
  return hold(out, newKey())
}

function hold(out: string, key: string): PartialFile {
  const path = nameBeside(out, key, 'partial')
  held.add(path)
  return { path, key }
}

/** Lets another process, or a later run of this one, have a partial file. */
export function letGo({ path }: PartialFile): void {
  held.delete(path)
}

/**
 * Makes a partial file this process's own: that file itself where the process that had it has ended, else a copy of it under a new
 * key, since it may be written to still. Undefined where there is none.
 */
export async function takePartial(out: string, key: string): Promise<PartialFile | undefined> {
  for (;;) {
    const names = await readdir(dirname(out)).catch(() => [])
    const name = names.find(each => NAME.exec(each)?.[4] === key)
    if (name === undefined) return undefined
    const from = join(dirname(out), name)
    const own = isOwnerDead(from) ? hold(out, key) : newPartial(out)
    try {
      // Of several processes that would have it a rename lets one.
      if (own.key !== key) await copyFile(from, own.path, constants.COPYFILE_FICLONE)
      else if (from !== own.path) await rename(from, own.path)
      return own
    } catch (error) {
      letGo(own)
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** Whether the process that made a file is known to have ended; never so for processes of other machines. */
function isOwnerDead(path: string): boolean {
  const [, , machine, owner, , ending] = NAME.exec(basename(path)) ?? []
  if (machine !== MACHINE) return false
  if (Number(owner) === process.pid) return ending === 'partial' && !held.has(path)
  return !isAlive(Number(owner))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

const swept = new Set<string>()

/**
 * Removes the temporary files that killed runs left in a folder: of this machine where their process has ended, of others where
 * they have not been written to for a week. Once a process for each folder; what cannot be removed stays.
 */
export async function removeStale(folder: string): Promise<void> {
  if (swept.has(folder)) return
  swept.add(folder)
  await sweep(folder, name => NAME.exec(name)?.[5] === 'tmp')
}

/** The same for the partial files of one output, which no run resumes from once it is written. */
export async function removePartials(out: string): Promise<void> {
  const stem = stemOf(out)
  await sweep(dirname(out), name => {
    const [, of, , , , ending] = NAME.exec(name) ?? []
    return ending === 'partial' && of === stem
  })
}

async function sweep(folder: string, isMeant: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!isMeant(name)) continue
    const path = join(folder, name)
    if (isOwnerDead(path) || (await isForgotten(path))) await rm(path, { force: true }).catch(() => {})
  }
}

async function isForgotten(path: string): Promise<boolean> {
  const [, , machine] = NAME.exec(basename(path)) ?? []
  if (machine === MACHINE) return false
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > FORGOTTEN_MS
}
