import { open, rename } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

const VERSION = 45 // of ZIP, from which on sizes have 64 bits
const FIRST_DAY = 0x21 // 1 January 1980
const ELSEWHERE = 0xffffffff // in a field of 32 bits: see the one of 64

/**
 * Writes a ZIP archive of stored entries, of any size, holding one piece at a time. All of it is zip64, as NumPy writes.
 *
 * `entries`: name, size in bytes and pieces, which come to that size.
 */
export async function writeZip(path, entries) {
  const file = await open(`${path}.part`, 'w')
  let at = 0
  const append = async bytes => {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten
    }
    at += bytes.length
  }
  const directory = []
  for (const { name, size, pieces } of entries) {
    const start = at
    await append(localHeader(name, size, 0))
    const first = at
    let sum = 0
    for (const piece of pieces) {
      sum = crc32(piece, sum)
      await append(piece)
    }
    if (at - first !== size) throw new Error(`${name} has ${at - first} bytes, expected ${size}`)
    const header = localHeader(name, size, sum)
    await file.write(header, 0, header.length, start)
    directory.push(directoryEntry(name, size, sum, start))
  }
  const start = at
  for (const entry of directory) await append(entry)
  await append(ending(directory.length, start, at - start))
  await file.close()
  await rename(`${path}.part`, path)
}

/** Fields one after the other, little-endian: [bytes, value] each. */
function pack(...fields) {
  const bytes = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0))
  let at = 0
  for (const [width, value] of fields) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at)
    else bytes.writeUIntLE(value, at, width)
    at += width
  }
  return bytes
}

/** What the header in front of an entry and the one in the directory share: from the version to the name's length. */
const common = (name, sum) => [
  [2, VERSION],
  [2, 0], // flags
  [2, 0], // stored
  [2, 0], // time
  [2, FIRST_DAY],
  [4, sum],
  [4, ELSEWHERE],
  [4, ELSEWHERE],
  [2, name.length],
]

/** The extra field of zip64. */
const wide = (...values) => pack([2, 1], [2, 8 * values.length], ...values.map(value => [8, value]))

function localHeader(name, size, sum) {
  const extra = wide(size, size)
  return Buffer.concat([
    pack([4, 0x04034b50], ...common(name, sum), [2, extra.length]),
    Buffer.from(name),
    extra,
  ])
}

function directoryEntry(name, size, sum, start) {
  const extra = wide(size, size, start)
  return Buffer.concat([
    pack(
      [4, 0x02014b50],
      [2, VERSION],
      ...common(name, sum),
      [2, extra.length],
      [2, 0], // comment
      [2, 0], // disk
      [2, 0], // attributes
      [4, 0],
      [4, ELSEWHERE],
    ),
    Buffer.from(name),
    extra,
  ])
}

function ending(entries, start, bytes) {
  return pack(
    [4, 0x06064b50],
    [8, 44], // bytes that follow in this record
    [2, VERSION],
    [2, VERSION],
    [4, 0],
    [4, 0],
    [8, entries],
    [8, entries],
    [8, bytes],
    [8, start],
    [4, 0x07064b50], // where that record is
    [4, 0],
    [8, start + bytes],
    [4, 1],
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries],
    [2, entries],
    [4, ELSEWHERE],
    [4, ELSEWHERE],
    [2, 0],
  )
}
