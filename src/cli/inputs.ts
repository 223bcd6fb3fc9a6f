import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { isPiped, isStandardInput } from '../io/open.js'
import type { RecordOptions } from '../sources/records/records.js'
import { isRemote, shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { sideFileKind } from '../sources/side-files.js'
import { inputNames, type Population } from '../scoring/population.js'
import { FORMATS, hasKnownEnding, isNamedAs } from '../sources/formats.js'
import { isColumnFile } from '../sources/open.js'

/**
 * Files that arguments name: a file is itself, a folder its files of a known format, a pattern what it matches; sorted.
 * Files that accompany the maps are left out, each with a note: those that options name, and files of arrays without maps
 * among several inputs.
 */
export async function expandInputs(
  inputs: readonly string[],
  note: (text: string) => void,
  records: RecordOptions = {},
): Promise<string[]> {
  const files: string[] = []
  for (const input of inputs) {
    if (input === '-') files.push(input)
    else files.push(...(await expand(input, note)))
  }
  return files.length > 1 ? withoutSides(files, note, records) : files
}

async function withoutSides(
  files: readonly string[],
  note: (text: string) => void,
  records: RecordOptions,
): Promise<string[]> {
  const named = new Set(
    Object.values(records.files ?? {}).flatMap(path => (path === undefined ? [] : resolve(path))),
  )
  const maps: string[] = []
  const others: [file: string, why: string][] = []
  for (const file of files) {
    if (named.has(resolve(file))) {
      others.push([file, 'is named by another option'])
      continue
    }
    // A file that cannot be opened is left to the run, which says what is wrong with it.
    const holds = isPiped(file) ? undefined : await sideFileKind(file, records).catch(() => undefined)
    if (holds === undefined) maps.push(file)
    else others.push([file, `holds ${holds}, but no maps (give it with --sequences or --truth-file)`])
  }
  if (maps.length === 0) return [...files]
  for (const [file, why] of others) note(`${file}: ${why}; skipped`)
  return maps
}

async function expand(input: string, note: (text: string) => void): Promise<string[]> {
  if (isRemote(input)) return [input]
  const found = await stat(input).catch(() => undefined)
  if (found?.isDirectory()) return filesOf(input, note)
  if (found !== undefined || !/[*?[{(!]/.test(input)) return [input]
  const { glob } = await import('tinyglobby')
  const matches = (await glob(input, { expandDirectories: false, onlyFiles: true })).toSorted()
  if (matches.length === 0)
    throw new DataError('not-found', 'matches no file; check the pattern', { file: input })
  return matches
}

async function filesOf(folder: string, note: (text: string) => void): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const folders: string[] = []
  for (const entry of entries) {
    const { name } = entry
    if (/^[._]/.test(name)) continue
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, name)))))
      folders.push(name)
  }
  const names = entries
    .filter(entry => !folders.includes(entry.name) && !/^[._]/.test(entry.name))
    .map(entry => entry.name)
    .toSorted()
  const known = new Map<string, boolean>()
  for (const name of names) {
    const isKnown = hasKnownEnding(name) || (await isColumnFile(join(folder, name)))
    known.set(name, isKnown)
  }
  const read = names.filter(name => known.get(name))
  // A part that died is of no format any more: left out it would make a smaller population.
  const files: string[] = []
  for (const name of names) {
    const path = join(folder, name)
    if (known.get(name) || isNamedAs(name, read)) files.push(path)
    else note(`${path}: unsupported format; skipped`)
  }
  const below =
    folders.length === 0
      ? ''
      : `${folders.toSorted().slice(0, 3).join(', ')}${folders.length > 3 ? ' ...' : ''}`
  if (files.length === 0) {
    const what =
      below === ''
        ? 'name another folder'
        : `its folders (${below}) are not searched; give them, or a pattern such as '${join(folder, '*/*.parquet')}'`
    throw new DataError('not-found', `holds no ${FORMATS} file; ${what}`, { file: folder })
  }
  if (below !== '') {
    note(
      `${folder}: its folders (${below}) are not searched; give them too, or a pattern such as '${join(folder, '**/*.parquet')}'`,
    )
  }
  return files
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

export function stemOf(file: string): string {
  const shown = shownPath(file)
  return isStandardInput(file) ? 'stdin' : basename(shown, extname(shown))
}

/** One population of all files under `model`, or each file one of its own, named by its stem (its name where stems repeat). */
export function populationsOf(files: readonly string[], model: string | undefined): Population[] {
  if (model !== undefined) return [{ model, paths: files }]
  const stems = files.map(file => stemOf(file))
  const names = inputNames(files)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new DataError('usage', `${twice} is given twice; give each file once`)
  return files.map((file, i) => {
    const unique = stems.indexOf(stems[i]) === stems.lastIndexOf(stems[i])
    return { model: unique && !names.includes(stems[i]) ? stems[i] : names[i], paths: [file] }
  })
}
