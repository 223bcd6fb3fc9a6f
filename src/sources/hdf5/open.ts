import { type ArrayFile, type ArrayInfo, shapeText } from '../arrays/array-file.js'
import { type Bytes, fingerprintBytes, openBytes } from '../../io/bytes.js'
import { isRemote } from '../../core/address.js'
import { asDataError, DataError } from '../../core/errors.js'
import { attempt, type Dataset, type Library, loadLibrary } from './library.js'
import { NumberRows, TextRows } from './rows.js'
import { elementOf, nameOf } from './types.js'

/** More datasets than this, or deeper groups, are no dump of maps: looking at each would take long. */
const MAX_DATASETS = 65_536
const MAX_DEPTH = 16

/** The library and its filters, measured as what a score of 609 MB took more than one of npz did. */
const LIBRARY_BYTES = 45e6

/** A chunk is unpacked as a whole, in memory that WebAssembly has little of. */
const MAX_CHUNK = 2 ** 30

/** Opens an HDF5 file. Errors: `not-found`, `io`, `format`, `damaged`. */
export async function openHdf5(path: string): Promise<ArrayFile> {
  if (isRemote(path)) {
    throw new DataError('format', 'HDF5 is not read over a network; download the file and name that', {
      file: path,
    })
  }
  const bytes = await openBytes(path)
  try {
    return openArrays(await loadLibrary(), bytes)
  } catch (error) {
    await bytes.close()
    throw asDataError(error, 'damaged', { file: path })
  }
}

function openArrays(library: Library, bytes: Bytes): ArrayFile {
  const file = attempt('the file', () => library.open(bytes.name, library.H5F_ACC_RDONLY, false, -1, -1))
  const closeFile = () => {
    // An instance that fell has nothing open any more.
    try {
      library.close_file(file)
    } catch {}
  }
  try {
    const datasets = new Map<string, Dataset>()
    for (const path of pathsOf(library, file, '/', 0)) {
      const metadata = attempt(path, () => library.get_dataset_metadata(file, path))
      datasets.set(path.slice(1), { file, path, metadata })
    }
    const filters = new Set<string>()
    const arrays = Array.from(datasets, ([name, dataset]) => {
      for (const { id, name: called } of attempt(name, () =>
        library.get_dataset_filters(file, dataset.path),
      )) {
        filters.add(FILTERS[id] ?? called)
      }
      return describe(name, dataset)
    })
    return {
      name: bytes.name,
      format: 'HDF5',
      arrays,
      metadata: new Map(),
      codecs: [...filters],
      readerBytes: LIBRARY_BYTES,
      fingerprint: cut => fingerprintBytes(bytes, `hdf5 ${cut}`),
      openRows(array, pick) {
        const dataset = datasets.get(array.name) as Dataset
        return array.element === 'text'
          ? new TextRows(library, dataset, array)
          : new NumberRows(library, dataset, array, pick)
      },
      async close() {
        closeFile()
        await bytes.close()
      },
    }
  } catch (error) {
    closeFile()
    throw error
  }
}

/** Filters by their registered numbers, as people call them. */
const FILTERS: { readonly [id: number]: string } = {
  1: 'gzip',
  2: 'shuffle',
  3: 'fletcher32',
  4: 'szip',
  307: 'bzip2',
  32000: 'lzf',
  32001: 'blosc',
  32004: 'lz4',
  32008: 'bitshuffle',
  32013: 'zfp',
  32015: 'zstd',
  32026: 'blosc2',
}

/** Paths of the datasets of a group and of the groups in it. */
function* pathsOf(
  library: Library,
  file: bigint,
  group: string,
  depth: number,
  seen: { objects: number } = { objects: 0 },
): Generator<string> {
  if (depth > MAX_DEPTH) {
    throw new DataError(
      'format',
      `has groups in groups, more than ${MAX_DEPTH} deep; keep the maps nearer to the root`,
    )
  }
  for (const name of attempt(group, () => library.get_names(file, group, false))) {
    if (++seen.objects > MAX_DATASETS) {
      throw new DataError('format', `has more than ${MAX_DATASETS} groups and datasets; split it`)
    }
    const path = `${group === '/' ? '' : group}/${name}`
    const type = attempt(path, () => library.get_type(file, path))
    if (type === library.H5G_DATASET) yield path
    else if (type === library.H5G_GROUP) yield* pathsOf(library, file, path, depth + 1, seen)
  }
}

function describe(name: string, dataset: Dataset): ArrayInfo {
  const { metadata } = dataset
  const shape = metadata.shape ?? []
  const chunks = metadata.chunks ?? undefined
  const element = elementOf(metadata)
  const chunkBytes = chunks?.reduce((product, length) => product * length, metadata.size) ?? 0
  return {
    name,
    shape,
    element: element === 'text' && shape.length !== 1 ? undefined : element,
    declared: `${nameOf(metadata)} ${shapeText(shape)}${chunks === undefined ? '' : `, chunks ${shapeText(chunks)}`}`,
    step: chunks?.[0] ?? 1,
    picks: true,
    refused:
      chunkBytes > MAX_CHUNK
        ? `is in chunks of ${chunkBytes} bytes, more than fit into memory here; repack the file: h5repack -l ${name}:CHUNK=${[1, ...shape.slice(1)].join('x')} in.h5 out.h5`
        : undefined,
  }
}
