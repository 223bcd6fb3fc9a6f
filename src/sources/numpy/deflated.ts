import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import type { Bytes } from '../../io/bytes.js'
import { asDataError, DataError } from '../../core/errors.js'
import { Checksum } from './checksum.js'

/** Where a deflated entry lies in its archive, and what it should come to. */
export interface Deflated {
  readonly name: string
  readonly start: number
  readonly packedSize: number
  readonly size: number
  readonly crc: number
}

const inflate = promisify(inflateRaw)

/** No writer packs an entry into more than this multiple of its size, and a constant: a flush after each byte takes seven. */
const MOST_TIMES = 8
const SOME = 2 ** 16

/** All of an entry at once, its checksum compared. Errors: `damaged`, `io`. */
export async function inflateAll(bytes: Bytes, entry: Deflated): Promise<Uint8Array> {
  const { name, start, packedSize, size, crc } = entry
  if (packedSize > MOST_TIMES * size + SOME) {
    throw new DataError(
      'damaged',
      `entry ${name} is packed in ${packedSize} bytes, too many for its ${size}; copy or save the file again`,
    )
  }
  const packed = new Uint8Array(packedSize)
  await bytes.read(packed, start)
  let whole: Uint8Array
  try {
    // Room for a little more than there is, so that all of it comes as one piece.
    whole = await inflate(packed, { chunkSize: size + 64, maxOutputLength: size + 63 })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? goesOn(entry)
      : cannotInflate(entry, error)
  }
  if (whole.length > size) throw goesOn(entry)
  if (whole.length < size) throw endsEarly(entry, whole.length)
  new Checksum(size, crc, name).add(whole, 0)
  return whole
}

/** The error of an entry that ends after this many bytes. */
export function endsEarly({ name, size }: Deflated, bytes: number): DataError {
  return new DataError(
    'damaged',
    `entry ${name} ends after ${bytes} bytes, expected ${size}; copy or save the file again`,
  )
}

/** The error of an entry that is longer than it says. */
export function goesOn({ name, size }: Deflated): DataError {
  return new DataError(
    'damaged',
    `entry ${name} goes on after its ${size} bytes; copy or save the file again`,
  )
}

/** What zlib threw as an error of the entry. */
export function cannotInflate({ name }: Deflated, error: unknown): Error {
  const what = `entry ${name} cannot be inflated; copy or save the file again`
  return error instanceof DataError ? error : asDataError(error, 'damaged', {}, what)
}
