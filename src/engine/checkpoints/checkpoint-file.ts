import { decodeArrays, encodeArrays } from './arrow-arrays.js'
import { openBytes } from '../../io/open.js'
import { DataError } from '../../core/errors.js'
import { type Checkpoint, FORMAT_VERSION } from './checkpoint.js'
import { decodeHeader, encodeHeader } from './header.js'
import { BLANK, hasValidChecksum, embedChecksum } from './checksum.js'
import { linkTarget, previousOf, type WriteOptions, writeAtomically } from '../../io/atomic-file.js'

/** Keys of the schema's metadata. */
const FORMAT = 'attrstream.format'
const VERSION = 'attrstream.version'
const HEADER = 'attrstream.header'
const CHECKSUM = 'attrstream.checksum'

/** A buffer of Node 20 holds no more. */
const MAX_BYTES = 4 * 2 ** 30
/** Left for all but the arrays: 10,000 inputs take about 2 MB. */
const HEADER_ROOM = 2 ** 28

/**
 * A checkpoint as an Arrow IPC file: one row, a list column for each array, and the rest as JSON in the schema's
 * metadata. Equal checkpoints give equal bytes. Nothing of the arrays is kept, so they may change afterwards.
 * Error: `usage`, for a state of 4 GiB.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const size = Object.values(checkpoint.arrays).reduce((sum, array) => sum + array.byteLength, 0)
  if (size > MAX_BYTES - HEADER_ROOM) {
    throw new DataError('usage', `the state has ${size} bytes, more than a checkpoint of 4 GiB can hold`)
  }
  const metadata = new Map([
    [FORMAT, 'checkpoint'],
    [VERSION, String(checkpoint.version)],
    [HEADER, encodeHeader(checkpoint)],
    [CHECKSUM, BLANK],
  ])
  const bytes = encodeArrays({ arrays: checkpoint.arrays, metadata })
  embedChecksum(bytes)
  return bytes
}

/**
 * A checkpoint from the bytes of its file; its arrays are views of them.
 *
 * Errors: `format`, not a checkpoint; `damaged`, one that is cut short or changed; `mismatch`, one of another version.
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  if (!hasValidChecksum(bytes)) throw strangerError(bytes, file)
  let metadata: ReadonlyMap<string, string>
  let arrays: Checkpoint['arrays']
  try {
    ;({ arrays, metadata } = decodeArrays(bytes))
  } catch (error) {
    throw new DataError('damaged', 'is not laid out as a checkpoint', { file }, error)
  }
  const format = metadata.get(FORMAT)
  if (format !== 'checkpoint')
    throw new DataError('format', `holds a ${format}, expected a checkpoint`, { file })
  const version = Number(metadata.get(VERSION))
  if (version !== FORMAT_VERSION) {
    throw new DataError(
      'mismatch',
      `has checkpoint format version ${version}, expected ${FORMAT_VERSION}; use the version of attrstream that wrote it, or make it again`,
      { file },
    )
  }
  try {
    return { ...decodeHeader(metadata.get(HEADER) ?? ''), arrays }
  } catch (error) {
    throw new DataError('damaged', 'has a header that contradicts itself', { file }, error)
  }
}

/** Why bytes without a valid checksum are no checkpoint. */
function strangerError(bytes: Uint8Array, file: string): DataError {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = Buffer.from('ARROW1')
  if (content.length === 0) return new DataError('damaged', 'is empty, expected a checkpoint', { file })
  if (content.includes(HEADER) || content.includes(CHECKSUM)) {
    return new DataError('damaged', 'is a damaged checkpoint: its bytes do not give its checksum', { file })
  }
  const start = content.subarray(0, magic.length)
  if (!start.equals(magic.subarray(0, start.length))) {
    return new DataError('format', 'is not a checkpoint; give another file', { file })
  }
  return content.subarray(-magic.length).equals(magic) && content.length > 2 * magic.length
    ? new DataError('format', 'is an Arrow file but not a checkpoint; give another file', { file })
    : new DataError('damaged', 'is truncated: it has the beginning of an Arrow file only', { file })
}

/**
 * Writes a checkpoint, whole or not at all; the one that stood there is kept next to it as `<path>.previous`, by
 * default. Its arrays may change as soon as this has returned its promise. Error: `io`.
 */
export async function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
  options: WriteOptions = { keepPrevious: true },
): Promise<void> {
  await writeAtomically(path, encodeCheckpoint(checkpoint), options)
}

/**
 * The checkpoint in a file, or undefined where there is no such file. Errors: those of `decodeCheckpoint`, where one
 * for a damaged file names the previous checkpoint if that is good; `io`.
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFileIfAny(path)
  if (bytes === undefined) return undefined
  try {
    return decodeCheckpoint(bytes, path)
  } catch (error) {
    if (!(error instanceof DataError) || error.code !== 'damaged') throw error
    throw new DataError('damaged', `${error.what}; ${await wayOn(path)}`, { file: path }, error.cause)
  }
}

async function wayOn(path: string): Promise<string> {
  const previous = previousOf(await linkTarget(path))
  try {
    const bytes = await readFileIfAny(previous)
    if (bytes !== undefined && decodeCheckpoint(bytes, previous)) {
      return `the previous checkpoint ${previous} is intact: rename it to resume from there`
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
  }
  return 'move it away to start over'
}

/** Files are read in pieces of 1 GiB: a read call takes less than 2 GiB. */
const PIECE = 2 ** 30

async function readFileIfAny(path: string): Promise<Uint8Array | undefined> {
  let bytes: Awaited<ReturnType<typeof openBytes>>
  try {
    bytes = await openBytes(path)
  } catch (error) {
    if (error instanceof DataError && (error.cause as NodeJS.ErrnoException)?.code === 'ENOENT')
      return undefined
    throw error
  }
  try {
    if (bytes.size > MAX_BYTES) {
      throw new DataError('format', `has ${bytes.size} bytes, a checkpoint at most ${MAX_BYTES}`, {
        file: path,
      })
    }
    const content = new Uint8Array(bytes.size)
    for (let at = 0; at < content.length; at += PIECE) await bytes.read(content.subarray(at, at + PIECE), at)
    return content
  } finally {
    await bytes.close()
  }
}
