import { fileURLToPath } from 'node:url'
import { Dataset, File, Group, ready } from 'h5wasm/node'
import { base_url } from 'h5wasm-plugins'
import { DataError } from '../../core/errors.js'

export { Dataset, File, Group }

export type Library = Awaited<typeof ready>

let library: Promise<Library> | undefined

/**
 * The HDF5 library, compiled to WebAssembly, once for a thread, with the filters that h5py's users have from hdf5plugin.
 * Errors of the library are thrown: by default a chunk that cannot be read is zeros, and a message on standard error.
 */
export function loadLibrary(): Promise<Library> {
  library ??= ready.then(loaded => {
    loaded.activate_throwing_error_handler()
    loaded.insert_plugin_search_path(fileURLToPath(`${base_url}/plugins`), 0)
    return loaded
  })
  return library
}

/** The innermost of the messages that HDF5 stacks up, each behind the line of its source. */
const MESSAGE = /line \d+ in \w+\(\): (.*)/g

/** What the library does, with its errors as DataErrors of a line. */
export function attempt<T>(what: string, part: () => T): T {
  try {
    return part()
  } catch (error) {
    if (error instanceof DataError) throw error
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
