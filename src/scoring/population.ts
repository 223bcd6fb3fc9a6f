import { basename, dirname, relative, resolve, sep } from 'node:path'
import { isPiped } from '../io/open.js'
import { FULLY_HASHED_BYTES } from '../io/bytes.js'
import { type ColumnSource, filesOf } from '../sources/columns/column.js'
import { changedFile, changedWhileRead, stampsOf, stampText } from '../io/file-stamps.js'
import { findLayout } from '../sources/records/record-columns.js'
import { filterOf, type RecordOptions } from '../sources/records/records.js'
import { scalarColumns } from '../sources/columns/scalars.js'
import { isRemote, shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { OpenedInput } from '../engine/fold-options.js'
import { openColumns } from '../sources/open.js'

/** The maps of one model, or of several where a column distinguishes them: one or many files. */
export interface Population {
  readonly model: string
  readonly paths: readonly string[]
}

/** Ids are a column's, or made up: of the row in a lone file, else of file and row, or path and row where file names repeat. */
export type IdOrigin = 'column' | 'row' | 'file and row' | 'path and row'

/** What one or more opened inputs are as a whole. */
export interface OpenedPopulation {
  readonly inputs: readonly OpenedInput[]
  readonly ids: IdOrigin
}

/**
 * Opens each input of a population once, to learn its batches and check its columns, and reports each file. `look` is called with the
 * columns of each while it is open.
 */
export async function openPopulation(
  population: Population,
  records: RecordOptions,
  onOpened?: (input: OpenedInput) => void,
  look?: (columns: ColumnSource) => void,
): Promise<OpenedPopulation> {
  const { model, paths } = population
  const names = inputNames(paths)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw new DataError('usage', `model ${model} has ${twice} twice; give each file once`)
  const { prefixes, origin } = rowIds(names)
  const inputs: OpenedInput[] = []
  let ids: IdOrigin = 'column'
  for (const [i, path] of paths.entries()) {
    const name = names[i]
    const idPrefix = prefixes[i]
    if (isPiped(path)) {
      inputs.push({ name, path, idPrefix, batches: undefined, fingerprint: undefined })
      continue
    }
    const opened = await openedFile(path, records, look)
    try {
      if (!opened.hasIds) ids = records.join === undefined ? origin : 'row'
      const stamps = await stampsOf(opened.files)
      const fingerprint = await opened.fingerprint()
      const isSampled = stamps.some(({ size }) => size > FULLY_HASHED_BYTES)
      const input = {
        name,
        path,
        idPrefix,
        batches: opened.batches,
        fingerprint,
        stamp: isSampled ? stampText(stamps) : undefined,
        files: stamps,
        async check() {
          const changed = await changedFile(stamps)
          if (changed === undefined) return
          // Every byte tells whether it was only touched.
          if (isSampled || (await fingerprintOf(path, records)) !== fingerprint)
            throw changedWhileRead(changed)
        },
      }
      inputs.push(input)
      onOpened?.(input)
    } finally {
      await opened.close()
    }
  }
  return { inputs, ids }
}

/** What a population needs to know of a file. */
type OpenedFile = Pick<ColumnSource, 'batches' | 'fingerprint' | 'close'> & {
  readonly files: readonly string[]
  readonly hasIds: boolean
}

/** Opens a file and checks its columns. */
async function openedFile(
  path: string,
  records: RecordOptions,
  look?: (columns: ColumnSource) => void,
): Promise<OpenedFile> {
  if (records.join !== undefined) {
    return (await import('../sources/joined/open-joined.js')).openJoined(path, records)
  }
  const columns = await openColumns(path, records)
  try {
    const { id } = findLayout(columns, records, 'maps')
    await filterOf(columns, records)
    scalarColumns(columns, records.extra ?? [])
    look?.(columns)
    return {
      batches: columns.batches,
      files: filesOf(columns),
      hasIds: id !== undefined,
      fingerprint: () => columns.fingerprint(),
      close: () => columns.close(),
    }
  } catch (error) {
    await columns.close()
    throw error
  }
}

/** The fingerprint of a file as it is now; undefined where it cannot be opened any more. */
async function fingerprintOf(path: string, records: RecordOptions): Promise<string | undefined> {
  const opened = await openedFile(path, records).catch(() => undefined)
  try {
    return await opened?.fingerprint().catch(() => undefined)
  } finally {
    await opened?.close()
  }
}

/** What leads row numbers in the ids of files that have none, by name of the file, and what such ids are made of. */
export function rowIds(names: readonly string[]): { prefixes: string[]; origin: IdOrigin } {
  if (names.length === 1) return { prefixes: [''], origin: 'row' }
  const files = names.map(name => basename(name))
  return new Set(files).size === files.length
    ? { prefixes: files.map(file => `${file}:`), origin: 'file and row' }
    : { prefixes: names.map(name => `${name}:`), origin: 'path and row' }
}

/** The deepest folder that holds all of the files of this machine. */
export function commonFolder(paths: readonly string[]): string {
  const folders = paths
    .filter(path => !isPiped(path) && !isRemote(path))
    .map(path => dirname(resolve(path)).split(sep))
  const [first = [], ...others] = folders
  let common = 0
  while (common < first.length && others.every(folder => folder[common] === first[common])) common++
  return first.slice(0, common).join(sep) || sep
}

/**
 * Paths relative to the deepest folder that holds all of the files, with `/`, and addresses without what may be secret:
 * what checkpoints and plans call them.
 */
export function inputNames(paths: readonly string[]): string[] {
  const folder = commonFolder(paths)
  return paths.map(path => {
    if (isPiped(path) || isRemote(path)) return shownPath(path)
    return relative(folder, resolve(path)).split(sep).join('/')
  })
}
