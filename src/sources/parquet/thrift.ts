/**
 * The shape of a struct in Thrift's compact protocol, checked before a parser that trusts it sees it: depth, lengths
 * and varints, none of which may promise more than the bytes there are. Nothing is built while checking.
 */

/** Parquet's own structs nest 5 deep; deeper ones are bombs. */
const DEEPEST = 16

/** Where the struct that starts at `at` ends, or undefined where it is longer than the bytes. Throws where it is none. */
export function structEnd(bytes: Uint8Array, at: number): number | undefined {
  const cursor: Cursor = { bytes, at }
  try {
    skipStruct(cursor, 0)
  } catch (error) {
    if (error === ENDS) return undefined
    throw error
  }
  return cursor.at
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

const ENDS = new Error('ends within a struct')

function byte(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) throw ENDS
  return cursor.bytes[cursor.at++]
}

/** At most 10 bytes, of which those that matter to a length fit a number. */
function varint(cursor: Cursor): number {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const b = byte(cursor)
    value += (b & 127) * 2 ** (7 * i)
    if (b < 128) return value
  }
  throw new Error('a number of more than 10 bytes')
}

function skipStruct(cursor: Cursor, depth: number): void {
  if (depth > DEEPEST) throw new Error(`structs nested more than ${DEEPEST} deep`)
  for (;;) {
    const head = byte(cursor)
    if ((head & 15) === 0) return
    if (head >> 4 === 0) varint(cursor)
    skipValue(cursor, head & 15, depth, false)
  }
}

function skipValue(cursor: Cursor, type: number, depth: number, inList: boolean): void {
  switch (type) {
    case 1: // true and false: the type is the value, but in a list each is a byte
    case 2:
      if (inList) byte(cursor)
      return
    case 3:
      byte(cursor)
      return
    case 4:
    case 5:
    case 6:
      varint(cursor)
      return
    case 7:
      return skipBytes(cursor, 8)
    case 8:
      return skipBytes(cursor, varint(cursor))
    case 9:
      return skipList(cursor, depth)
    case 12:
      return skipStruct(cursor, depth + 1)
    default:
      throw new Error(`a field of type ${type}`)
  }
}

function skipBytes(cursor: Cursor, length: number): void {
  // A length beyond what an int32 holds is read as negative by parsers, which then run in circles.
  if (length > 0x7fffffff) throw new Error(`a length of ${length}`)
  if (cursor.at + length > cursor.bytes.length) throw ENDS
  cursor.at += length
}

function skipList(cursor: Cursor, depth: number): void {
  const head = byte(cursor)
  const long = head >> 4 === 15
  const count = long ? varint(cursor) : head >> 4
  if (count > 0x7fffffff) throw new Error(`a list of ${count}`)
  if (count > cursor.bytes.length - cursor.at) throw ENDS
  for (let i = 0; i < count; i++) skipValue(cursor, head & 15, depth + 1, true)
}
