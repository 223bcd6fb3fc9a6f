import { type ArrayFile, type ArrayInfo, itemsOfRow, type RowReader } from '../arrays/array-file.js'
import { type Bytes, fingerprintBytes } from '../../io/bytes.js'
import { openBytes } from '../../io/open.js'
import { asDataError, DataError } from '../../core/errors.js'
import { readArchive } from './archive.js'
import { headerSpan, NPY_HEAD, type NpyHeader, parseHeader } from './header.js'
import { type Member, type MemberReader, completeFile } from './member.js'
import { RowsAcross, RowsInOrder } from './rows.js'
import { looksLikeNpy } from './signature.js'

/** Array and member of one name. */
interface NumpyArray {
  readonly member: Member
  readonly header: NpyHeader
}

/** Entries up to this size are compared with their checksum before they are used; larger ones as they are read. */
const CHECKED_FIRST = 64 * 2 ** 20

/** A packed array in Fortran order has no row together: it is held whole, up to this size. */
const HELD_WHOLE = 64 * 2 ** 20

/** Other packed entries are held whole up to this size: to compare the checksum first, they would be inflated twice. */
const HELD_SMALL = 16 * 2 ** 20

/** Windows of an array in Fortran order: its runs of bytes are as long as a window has rows. */
const ACROSS_BYTES = 32 * 2 ** 20

/** Opens an `.npy` file, or an `.npz` archive of them. Errors: `not-found`, `io`, `format`, `damaged`. */
export async function openNumpy(path: string): Promise<ArrayFile> {
  const bytes = await openBytes(path)
  try {
    return await openArrays(bytes)
  } catch (error) {
    await bytes.close()
    throw asDataError(error, 'damaged', { file: path })
  }
}

async function openArrays(bytes: Bytes): Promise<ArrayFile> {
  const head = new Uint8Array(Math.min(NPY_HEAD, bytes.size))
  await bytes.read(head, 0)
  const single = looksLikeNpy(head)
  const { members, others, codecs } = single
    ? { members: [completeFile(bytes)], others: [], codecs: [] }
    : await readArchive(bytes)
  const arrays = new Map<string, NumpyArray>()
  for (const member of members) {
    if (arrays.has(member.name)) {
      throw new DataError('format', `has two entries ${member.name}.npy, expected one; save it again`)
    }
    arrays.set(member.name, { member, header: await readHeader(member, single) })
  }
  const infos = [...arrays].map(([name, array]) => describe(name, array))
  for (const name of others)
    infos.push({ name, shape: [], element: undefined, declared: 'no array', step: 1 })
  const held = new Map<string, MemberReader>()
  const idle = new Map<string, MemberReader[]>()
  const checked = new Map<string, Promise<void>>()
  return {
    name: bytes.name,
    format: single ? 'NumPy array (npy)' : 'NumPy archive (npz)',
    arrays: infos,
    metadata: new Map(),
    codecs,
    readerBytes: Array.from(arrays.values())
      .filter(array => unpackerOf(array) !== undefined)
      .reduce((bytes, { member }) => bytes + member.size, 0),
    fingerprint: cut => fingerprintBytes(bytes, `numpy ${cut}`),
    openRows(info, pick) {
      const array = arrays.get(info.name) as NumpyArray
      const unpack = unpackerOf(array)
      if (unpack !== undefined) {
        const whole = held.get(info.name) ?? heldWhole(unpack)
        held.set(info.name, whole)
        return rowsOf(array, whole, pick)
      }
      const spare = idle.get(info.name) ?? []
      idle.set(info.name, spare)
      // A reader that others gave back is further on, where the next rows are for the most part.
      const reader = spare.pop() ?? array.member.open()
      const rows = rowsOf(array, reader, pick)
      return {
        async read(range) {
          if (!single) {
            let check = checked.get(info.name)
            if (check === undefined) checked.set(info.name, (check = checkWhole(array.member)))
            await check
          }
          return rows.read(range)
        },
        close: () => spare.push(reader),
      }
    },
    async close() {
      for (const reader of [...held.values(), ...Array.from(idle.values()).flat()]) reader.close()
      await bytes.close()
    },
  }
}

function rowsOf({ header }: NumpyArray, reader: MemberReader, pick: number | undefined): RowReader {
  return header.fortran ? new RowsAcross(reader, header, pick) : new RowsInOrder(reader, header, pick)
}

/** What unpacks an array that is held whole; undefined for others. */
function unpackerOf({ member, header }: NumpyArray): Member['unpack'] {
  return member.size <= (header.fortran ? HELD_WHOLE : HELD_SMALL) ? member.unpack : undefined
}

/** A member unpacked when it is first read, and then read from memory. */
function heldWhole(unpack: NonNullable<Member['unpack']>): MemberReader {
  let whole: Promise<Uint8Array> | undefined
  return {
    async read(into, position) {
      const bytes = await (whole ??= unpack())
      into.set(bytes.subarray(position, position + into.length))
    },
    close() {
      whole = undefined
    },
  }
}

/** Reads a small entry from end to end, so that its checksum is compared. */
async function checkWhole(member: Member): Promise<void> {
  if (member.size > CHECKED_FIRST) return
  const reader = member.open()
  const piece = new Uint8Array(2 ** 20)
  try {
    for (let at = 0; at < member.size; at += piece.length) {
      await reader.read(piece.subarray(0, Math.min(piece.length, member.size - at)), at)
    }
  } finally {
    reader.close()
  }
}

async function readHeader(member: Member, single: boolean): Promise<NpyHeader> {
  const reader = member.open()
  try {
    const head = new Uint8Array(Math.min(NPY_HEAD, member.size))
    await reader.read(head, 0)
    const { start, end } = headerSpan(head)
    if (end > member.size) {
      throw new DataError(
        'damaged',
        `has ${member.size} bytes, too few for its header of ${end}; save it again`,
      )
    }
    const text = new Uint8Array(end - start)
    await reader.read(text, start)
    const header = parseHeader(new TextDecoder(head[6] === 3 ? 'utf-8' : 'latin1').decode(text), end)
    if (header.element !== undefined) assertSize(header, member.size - end)
    return header
  } catch (error) {
    if (single || !(error instanceof DataError)) throw error
    throw new DataError(error.code, `entry ${member.name}.npy ${error.what}`, error.where, error)
  } finally {
    reader.close()
  }
}

function assertSize({ bytes, declared }: NpyHeader, there: number): void {
  if (there < bytes) {
    throw new DataError(
      'damaged',
      `is cut short: ${there} bytes of values, expected ${bytes} for ${declared}; copy or save it again`,
    )
  }
  if (there > bytes) {
    throw new DataError(
      'format',
      `has ${there - bytes} bytes after its array of ${declared}, expected none; save each array to a file of its own, or all with numpy.savez`,
    )
  }
}

function describe(name: string, { member, header }: NumpyArray): ArrayInfo {
  const { shape, element, declared, fortran, bytes } = header
  const flat = element !== 'text' || shape.length === 1
  const across = fortran && itemsOfRow(shape) > 0
  const refused =
    across && member.unpack !== undefined && bytes > HELD_WHOLE
      ? `is in Fortran order and deflated, so no row of it lies together; save it with numpy.savez, or as numpy.ascontiguousarray`
      : undefined
  return {
    name,
    shape,
    element: flat ? element : undefined,
    declared,
    step: 1,
    windowBytes: across ? ACROSS_BYTES : undefined,
    inOrder: member.unpack !== undefined,
    refused,
  }
}
