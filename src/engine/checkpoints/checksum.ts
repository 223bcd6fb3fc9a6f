import { createHash } from 'node:crypto'

/** What the checksum of a file is before it is sealed. */
export const BLANK = `sha256:${'0'.repeat(64)}`

/**
 * How BLANK's like begins in a flatbuffer: with its length of 71. No text can hold these bytes, as none holds zeros, so
 * the last place in an Arrow file is the one in its footer.
 */
const MARK = Buffer.from([71, 0, 0, 0, ...Buffer.from('sha256:')])
const DIGITS = 64
const ZEROS = Buffer.from('0'.repeat(DIGITS))

/**
 * Replaces the blank checksum in the footer of an Arrow file by the SHA-256 of the whole file, the blank included: to
 * check one by other means, put 64 zeros for its digits and hash.
 */
export function embedChecksum(file: Uint8Array): void {
  const bytes = asBuffer(file)
  const place = placeOf(bytes)
  if (place === undefined || !digitsAt(bytes, place).equals(ZEROS)) {
    throw new Error('the file has no blank checksum in its footer')
  }
  bytes.write(checksumOf(bytes, place), place, 'latin1')
}

/** Whether a file bears its own checksum. A bit changed anywhere in it, or an end cut off, gives false. */
export function hasValidChecksum(file: Uint8Array): boolean {
  const bytes = asBuffer(file)
  const place = placeOf(bytes)
  return place !== undefined && digitsAt(bytes, place).equals(Buffer.from(checksumOf(bytes, place)))
}

function placeOf(bytes: Buffer): number | undefined {
  const mark = bytes.lastIndexOf(MARK)
  return mark < 0 ? undefined : mark + MARK.length
}

function digitsAt(bytes: Buffer, place: number): Buffer {
  return bytes.subarray(place, place + DIGITS)
}

function checksumOf(bytes: Buffer, place: number): string {
  return createHash('sha256')
    .update(bytes.subarray(0, place))
    .update(ZEROS)
    .update(bytes.subarray(place + DIGITS))
    .digest('hex')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
