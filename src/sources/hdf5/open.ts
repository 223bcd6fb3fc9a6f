import { createHash } from 'node:crypto'
import type { Metadata } from 'h5wasm/node'
import { type ArrayFile, type ArrayInfo, shapeText } from '../arrays/array-file.js'
import { type Bytes, fingerprintBytes } from '../../io/bytes.js'
import { openBytes } from '../../io/open.js'
import { isRemote } from '../../core/address.js'
import { asDataError, DataError } from '../../core/errors.js'
import { callLibrary, type Dataset, type Library, loadLibrary } from './library.js'
import { HeaderReader } from './header.js'
import { addressOf, follow, missingSource, type Target } from './links.js'
import { opening, OtherFiles } from './other-files.js'
import { NumberRows, TextRows } from './rows.js'
import { elementOf, fieldsOf, nameOf } from './types.js'

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
    return await openArrays(await loadLibrary(), bytes)
  } catch (error) {
    await bytes.close()
    throw asDataError(error, 'damaged', { file: path })
  }
}

async function openArrays(library: Library, bytes: Bytes): Promise<ArrayFile> {
  const others = new OtherFiles(bytes.name)
  const file = callLibrary('the file', () =>
    opening(others.isMain, () => library.open(bytes.name, library.H5F_ACC_RDONLY, false, -1, -1)),
  )
  const closeFile = () => {
    // An instance that fell has nothing open any more.
    try {
      library.close_file(file)
    } catch {}
  }
  try {
    const datasets = new Map<string, Dataset>()
    const gone: ArrayInfo[] = []
    const headers = await HeaderReader.of(bytes)
    const targets = opening(
      others.isLinked,
      () => [...targetsOf(library, file, '/', new Set([addressOf(library, file, '/') ?? 0]))],
      false,
    )
    for (const { path, kind, leads, outside } of targets) {
      const name = path.slice(1)
      if (kind === 'gone') gone.push(goneInfo(name, leads ?? ''))
      else
        datasets.set(name, await datasetOf(library, file, path, headers, { outside, of: bytes.name, others }))
    }
    const filters = new Set<string>()
    const arrays = Array.from(datasets, ([name, dataset]) => {
      const packed = () => callLibrary(name, () => library.get_dataset_filters(file, dataset.path))
      for (const { id, name: called } of opening(others.isLinked, packed, false)) {
        filters.add(FILTERS[id] ?? called)
      }
      return describe(name, dataset)
    })
    return {
      name: bytes.name,
      format: 'HDF5',
      arrays: [...arrays, ...gone],
      metadata: new Map(),
      codecs: [...filters],
      readerBytes: LIBRARY_BYTES,
      elsewhere: others.paths,
      fingerprint: cut => fingerprintAll(bytes, others.paths, `hdf5 ${cut}`),
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

/** What a virtual dataset is made of; nothing for any other. */
function sourcesOf(metadata: Metadata): readonly { readonly file_name: string }[] {
  return (metadata as { virtual_sources?: readonly { readonly file_name: string }[] }).virtual_sources ?? []
}

/** The fingerprint of a file, and of those that it leads to. */
async function fingerprintAll(bytes: Bytes, others: readonly string[], cut: string): Promise<string> {
  const own = await fingerprintBytes(bytes, cut)
  if (others.length === 0) return own
  const hash = createHash('sha256').update(own)
  for (const path of others) {
    const other = await openBytes(path)
    try {
      hash.update(`\n${await fingerprintBytes(other, '')}`)
    } finally {
      await other.close()
    }
  }
  return hash.digest('hex')
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

/** The datasets of a group and of the groups in it, and the links that lead nowhere. */
function* targetsOf(
  library: Library,
  file: bigint,
  group: string,
  within: ReadonlySet<number>,
  seen: { objects: number } = { objects: 0 },
  from: { readonly outside: boolean } = { outside: false },
): Generator<Target> {
  if (within.size > MAX_DEPTH + 1) {
    throw new DataError(
      'format',
      `has groups in groups, more than ${MAX_DEPTH} deep; keep the maps nearer to the root`,
    )
  }
  for (const name of callLibrary(group, () => library.get_names(file, group, false))) {
    if (++seen.objects > MAX_DATASETS) {
      throw new DataError('format', `has more than ${MAX_DATASETS} groups and datasets; split it`)
    }
    const found = follow(library, file, `${group === '/' ? '' : group}/${name}`)
    const target = { ...found, outside: found.outside || from.outside }
    if (found.kind === 'dataset' || found.kind === 'gone') yield target
    if (found.kind !== 'group') continue
    const address = target.outside ? undefined : addressOf(library, file, found.path)
    // A link back to a group that it is in makes a circle.
    if (address !== undefined && within.has(address)) continue
    const inside = new Set([...within, address ?? -seen.objects])
    yield* targetsOf(library, file, found.path, inside, seen, target)
  }
}

/** A link that leads nowhere, as an array that cannot be read. */
function goneInfo(name: string, leads: string): ArrayInfo {
  const refused = `is a link to ${leads}, which is not there; write it into the file`
  return { name, shape: [], element: undefined, declared: `link to ${leads}`, step: 1, refused }
}

async function datasetOf(
  library: Library,
  file: bigint,
  path: string,
  headers: HeaderReader,
  { outside, of, others }: { readonly outside: boolean; readonly of: string; readonly others: OtherFiles },
): Promise<Dataset> {
  const linked = <T>(part: () => T) => opening(others.isLinked, () => callLibrary(path, part), false)
  const metadata = linked(() => library.get_dataset_metadata(file, path))
  for (const { file_name: source } of sourcesOf(metadata)) others.addSource(source)
  const refuse = (refused?: string): Dataset => ({ file, path, others, metadata, bfloat16: false, refused })
  const missing = linked(() => missingSource(library, file, of, path))
  if (missing !== undefined) {
    return refuse(
      `is a virtual dataset, and ${missing}; put all its sources in the same folder, or copy the values`,
    )
  }
  const address = outside ? undefined : linked(() => addressOf(library, file, path))
  if (address === undefined) return refuse()
  const { fields, external } = await headers.read(address)
  if (external) return refuse(`has its values in other files, which are not read; ${REPACK}`)
  const found = fieldsOf(metadata, fields)
  if (found === 'usual') return refuse()
  if (found === 'bfloat16') return { file, path, others, metadata, bfloat16: true, refused: undefined }
  return refuse(`is of ${found.other}, expected IEEE float16, float32 or float64; store it as float32`)
}

const REPACK = 'copy it by h5repack in.h5 out.h5'

function describe(name: string, dataset: Dataset): ArrayInfo {
  const { metadata, bfloat16 } = dataset
  const shape = metadata.shape ?? []
  const chunks = metadata.chunks ?? undefined
  const element = bfloat16 ? 'float32' : elementOf(metadata)
  const called = bfloat16 ? 'bfloat16' : nameOf(metadata)
  const chunkBytes = chunks?.reduce((product, length) => product * length, metadata.size) ?? 0
  const tooLarge =
    chunkBytes > MAX_CHUNK
      ? `is in chunks of ${chunkBytes} bytes, more than fit into memory here; repack the file: h5repack -l ${name}:CHUNK=${[1, ...shape.slice(1)].join('x')} in.h5 out.h5`
      : undefined
  return {
    name,
    shape,
    element: element === 'text' && shape.length !== 1 ? undefined : element,
    declared: `${called} ${shapeText(shape)}${chunks === undefined ? '' : `, chunks ${shapeText(chunks)}`}`,
    step: chunks?.[0] ?? 1,
    picks: true,
    refused: dataset.refused ?? tooLarge,
  }
}
