import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { callLibrary, type Library } from './library.js'

/** A dataset or a group as a path leads to it. */
export interface Target {
  readonly path: string
  /** `gone` for a link that leads nowhere, such as one to what was moved away, or in a circle. */
  readonly kind: 'dataset' | 'group' | 'gone' | 'other'
  /** What the link says, where it leads to another place: `/old/maps`, `other.h5:/maps`. */
  readonly leads: string | undefined
  /** Whether it leads out of the file. */
  readonly outside: boolean
}

/** Where a path leads. Errors: `damaged`, where what it leads to cannot be read though it is in the file. */
export function follow(library: Library, file: bigint, path: string): Target {
  const soft = library.get_symbolic_link(file, path) as string | null
  const { filename, obj_path: there } = library.get_external_link(file, path) as {
    filename?: string
    obj_path?: string
  }
  const outside = filename !== undefined
  const leads = outside ? `${filename}:${there ?? ''}` : (soft ?? undefined)
  const kindOf = () => {
    const type = library.get_type(file, path)
    if (type === library.H5G_DATASET) return 'dataset'
    if (type === library.H5G_GROUP) return 'group'
    return type === library.H5G_LINK || type === library.H5G_UDLINK ? 'gone' : 'other'
  }
  if (leads === undefined) return { path, kind: callLibrary(path, kindOf), leads, outside }
  try {
    return { path, kind: kindOf(), leads, outside }
  } catch {
    return { path, kind: 'gone', leads, outside }
  }
}

/** The address of an object in its file, by which it is the same under any name; undefined where there is none. */
export function addressOf(library: Library, file: bigint, path: string): number | undefined {
  try {
    const reference = Uint8Array.from(library.create_object_reference(file, path))
    return Number(new DataView(reference.buffer).getBigUint64(0, true))
  } catch {
    return undefined
  }
}

/** Virtual datasets over virtual ones, deeper than this, are a circle. */
const MAX_DEPTH = 8

/**
 * Why the values of a virtual dataset are not all there: HDF5 itself gives fill values, zeros for the most part, for those
 * of files and datasets that are gone. undefined where nothing is missing.
 *
 * @param path Of the file.
 */
export function missingSource(
  library: Library,
  file: bigint,
  path: string,
  dataset: string,
  depth = 0,
): string | undefined {
  const { virtual_sources: sources, shape } = library.get_dataset_metadata(file, dataset)
  if (sources === undefined || sources === null || sources.length === 0) return undefined
  if (depth > MAX_DEPTH) return `${dataset} of ${path} is a virtual dataset of virtual datasets, too deep`
  let values = 0
  for (const { file_name: pattern, dset_name: source } of sources) {
    // Numbered datasets of one file are not counted through.
    if (source.includes('%b')) return undefined
    const names = numbered(pattern, dirname(path))
    if (typeof names === 'string') return names
    for (const name of names) {
      const isSame = name === '.'
      const beside = isSame ? path : resolve(dirname(path), name)
      const there = isSame || existsSync(beside) ? beside : resolve(name)
      const found = inFile(library, isSame ? file : undefined, there, other => {
        if (!hasDataset(library, other, source)) return `${name} has no dataset ${source}`
        values += items(library.get_dataset_metadata(other, source).shape)
        return missingSource(library, other, there, source, depth + 1)
      })
      if (found !== undefined) return found === GONE ? `${name} is not there or cannot be opened` : found
    }
  }
  const all = items(shape)
  return values < all ? `its sources have ${values} of its ${all} values` : undefined
}

/** The files of a name in which %b stands for 0, 1, 2 and so on; in words, which of them is missing. */
function numbered(pattern: string, folder: string): string[] | string {
  const at = pattern.indexOf('%b')
  if (at < 0) return [pattern]
  const [head, tail] = [pattern.slice(0, at), pattern.slice(at + 2)]
  const path = resolve(folder, head)
  const [parent, start] = head === '' || head.endsWith('/') ? [path, ''] : [dirname(path), basename(path)]
  const numbers = (existsSync(parent) ? readdirSync(parent) : [])
    .filter(name => name.startsWith(start) && name.endsWith(tail))
    .map(name => name.slice(start.length, name.length - tail.length))
    .filter(number => /^\d+$/.test(number))
    .map(Number)
  if (numbers.length === 0) return `${pattern} is not there`
  const gap = Array.from({ length: Math.max(...numbers) }, (_, i) => i).find(i => !numbers.includes(i))
  if (gap !== undefined) return `${head}${gap}${tail} is not there`
  return numbers.map(number => `${head}${number}${tail}`)
}

function hasDataset(library: Library, file: bigint, path: string): boolean {
  try {
    return library.get_type(file, path) === library.H5G_DATASET
  } catch {
    return false
  }
}

const GONE = 'gone'

function inFile(
  library: Library,
  open: bigint | undefined,
  path: string,
  look: (file: bigint) => string | undefined,
): string | undefined {
  if (open !== undefined) return look(open)
  let file: bigint
  try {
    file = library.open(path, library.H5F_ACC_RDONLY, false, -1, -1)
  } catch {
    return GONE
  }
  try {
    return look(file)
  } finally {
    library.close_file(file)
  }
}

function items(shape: readonly number[] | null): number {
  return (shape ?? []).reduce((product, length) => product * length, 1)
}
