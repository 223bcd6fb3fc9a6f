import yauzl, { type Entry, type ZipFile } from 'yauzl'
import type { Bytes } from '../../io/bytes.js'
import { asDataError, DataError } from '../../core/errors.js'
import { Checksum } from './checksum.js'
import { inflateAll } from './deflated.js'
import { Inflater } from './inflater.js'
import type { Member } from './member.js'

/** More arrays than this are no dump of maps: reading the list alone would take long. */
const MAX_ENTRIES = 65_536

/** No deflate stream is longer than this many times its packed size (zlib's technical notes). */
const MOST_DEFLATED = 1032

const STORED = 0
const DEFLATED = 8

export interface Archive {
  readonly members: readonly Member[]
  /** Names of the entries that are no `.npy` file. */
  readonly others: readonly string[]
  readonly codecs: readonly string[]
}

/** What macOS and Windows put into archives besides the files: copies of attributes, and settings of folders. */
const LITTER = /(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/

/** The entries of a ZIP archive, zip64 too, none of them read. Errors: `damaged`; `format`, for what is not read. */
export async function readArchive(bytes: Bytes): Promise<Archive> {
  const members: Member[] = []
  const others: string[] = []
  const folders = new Set<string>()
  const codecs = new Set<string>()
  let zip: ZipFile | undefined
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(new ArchiveReader(bytes), bytes.size, {
      autoClose: false,
    })
    if (zip.entryCount > MAX_ENTRIES) {
      throw new DataError(
        'format',
        `has ${zip.entryCount} entries, expected at most ${MAX_ENTRIES}; split it`,
      )
    }
    for await (const entry of zip.eachEntry()) {
      const { fileDataStart, fileName } = await zip.readLocalFileHeaderPromise(entry)
      if (!fileName.equals(entry.fileNameRaw)) {
        throw new DataError(
          'damaged',
          `calls an entry ${entry.fileName} in one place and ${fileName.toString()} in another; copy or save it again`,
        )
      }
      const { fileName: name } = entry
      if (LITTER.test(name)) continue
      if (name.endsWith('/')) {
        folders.add(name)
        continue
      }
      if (!name.endsWith('.npy')) {
        others.push(name)
        continue
      }
      members.push(memberOf(bytes, entry, fileDataStart))
      if (entry.compressionMethod === DEFLATED) codecs.add('deflate')
    }
  } catch (error) {
    throw asDataError(error, 'damaged', {}, 'is a damaged ZIP archive')
  }
  if (members.length === 0) throw new DataError('format', withoutArrays(others))
  return { members: outOfFolder(members, folders), others, codecs: [...codecs] }
}

/** What an archive without an array is, and what to do. */
function withoutArrays(others: readonly string[]): string {
  if (others.some(name => /(^|\/)data\.pkl$/.test(name))) {
    return 'is a PyTorch file (torch.save), expected arrays; save them with numpy.savez, in Python: d = torch.load(FILE, map_location="cpu"); numpy.savez("maps.npz", attributions=d["attributions"], sequence=d["sequence"])'
  }
  const found = others.slice(0, 3).join(', ') || 'nothing'
  return `is a ZIP archive without an array, found ${found}, expected .npy entries; save it with numpy.savez`
}

/** The members by their names in the folder that all are in, as where a folder was packed, which is an entry itself then. */
function outOfFolder(members: readonly Member[], folders: ReadonlySet<string>): readonly Member[] {
  const folder = [...folders]
    .toSorted((a, b) => b.length - a.length)
    .find(path => members.every(({ name }) => name.startsWith(path)))
  if (folder === undefined) return members
  return members.map(member => ({ ...member, name: member.name.slice(folder.length) }))
}

function memberOf(bytes: Bytes, entry: Entry, start: number): Member {
  const {
    fileName,
    compressedSize: packedSize,
    uncompressedSize: size,
    compressionMethod: method,
    crc32,
  } = entry
  const name = fileName.slice(0, -'.npy'.length)
  const damaged = (what: string) =>
    new DataError('damaged', `entry ${fileName} ${what}; copy or save the file again`)
  if (entry.isEncrypted()) {
    throw new DataError(
      'format',
      `entry ${fileName} is encrypted, which is not read; save it without a password`,
    )
  }
  if (start + packedSize > bytes.size) {
    throw damaged(`should end at byte ${start + packedSize}, but the file has ${bytes.size}`)
  }
  if (method === STORED) {
    if (packedSize !== size) throw damaged(`is stored in ${packedSize} bytes, expected its ${size}`)
    return {
      name,
      size,
      open() {
        const checksum = new Checksum(size, crc32, fileName)
        return {
          async read(into, position) {
            if (position + into.length > size) throw damaged(`has ${size} bytes, too few for its array`)
            await bytes.read(into, start + position)
            checksum.add(into, position)
          },
          close: () => {},
        }
      },
    }
  }
  if (method !== DEFLATED) {
    throw new DataError(
      'format',
      `entry ${fileName} is packed by ZIP method ${method}, expected 0 (stored) or 8 (deflated); save it with numpy.savez`,
    )
  }
  if (size > packedSize * MOST_DEFLATED + 64) {
    throw damaged(`claims ${size} bytes of ${packedSize} packed ones, more than deflate can hold`)
  }
  const deflated = { name: fileName, start, packedSize, size, crc: crc32 }
  return {
    name,
    size,
    unpack: () => inflateAll(bytes, deflated),
    open: () => new Inflater(bytes, deflated),
  }
}

/** Bytes as yauzl reads them. */
class ArchiveReader extends yauzl.RandomAccessReader {
  constructor(private readonly bytes: Bytes) {
    super()
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.bytes.read(buffer.subarray(offset, offset + length), position).then(
      () => callback(null),
      (error: unknown) => callback(error as Error),
    )
  }
}
