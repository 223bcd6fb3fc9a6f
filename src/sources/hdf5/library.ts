import { fileURLToPath } from 'node:url'
import type { Metadata, ready } from 'h5wasm/node'
import { DataError } from '../../core/errors.js'
import { type FileSystem, guardFiles, type OtherFiles } from './other-files.js'

/** The functions of HDF5, as h5wasm compiles them to WebAssembly. */
export type Library = Awaited<typeof ready>

/** Makes an instance with memory of its own. */
type Factory = (options: object) => Promise<Library>

let library: Promise<Library> | undefined

/**
 * The library, one for a thread as long as it lives, with the filters that h5py's users have from hdf5plugin. Its errors
 * are thrown: by default a chunk that cannot be read is zeros, and a message on standard error.
 */
export function loadLibrary(): Promise<Library> {
  library ??= start()
  return library
}

async function start(): Promise<Library> {
  // The package's entry keeps one instance for ever, also once it is dead; the factory of instances lies next to it.
  const url = new URL('hdf5_util.js', import.meta.resolve('h5wasm/node')).href
  const { default: make } = (await import(url)) as { default: Factory }
  const made = await make({ noInitialRun: true, print: () => {}, printErr: () => {} })
  made.activate_throwing_error_handler()
  const plugins = fileURLToPath(new URL('plugins', import.meta.resolve('h5wasm-plugins')))
  made.insert_plugin_search_path(plugins, 0)
  guardFiles(made.FS as unknown as FileSystem, plugins)
  return made
}

/** A dataset of an open file. */
export interface Dataset {
  /** The files that its data may lie in besides. */
  readonly others: OtherFiles
  readonly file: bigint
  /** From the root, with its slash. */
  readonly path: string
  readonly metadata: Metadata
  /** Whether its items are bfloat16: the upper halves of float32, as which they are handed over. */
  readonly bfloat16: boolean
  /** Why it cannot be read, and what to do about it. */
  readonly refused: string | undefined
}

/** The innermost of the messages that HDF5 stacks up, each behind the line of its source. */
const MESSAGE = /line \d+ in \w+\(\): (.*)/g

/** What the library does, with its errors as DataErrors of a line. An instance that fell is not used again. */
export function callLibrary<T>(what: string, part: () => T): T {
  try {
    return part()
  } catch (error) {
    if (error instanceof DataError) throw error
    if (error instanceof Error && error.name === 'RuntimeError') library = undefined
    const said = error instanceof Error ? error.message : String(error)
    const inner = [...said.matchAll(MESSAGE)].at(-1)?.[1] ?? said.split('\n')[0]
    if (/filter '.*' is not registered|required filter/.test(said)) {
      throw new DataError(
        'format',
        `${what} is packed by a filter that is not known here (${inner}); repack the file: h5repack -f GZIP=4 in.h5 out.h5`,
        {},
        error,
      )
    }
    throw new DataError('damaged', `${what} cannot be read (HDF5: ${inner}); write the file again`, {}, error)
  }
}
