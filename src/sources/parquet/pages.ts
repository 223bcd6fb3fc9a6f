import { crc32 } from 'node:zlib'
import type { Encoding } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompress, LARGEST } from '../../io/codecs.js'
import type { Chunk } from './chunk.js'
import type { ChunkBytes } from './chunk-bytes.js'
import { checkedCount, damaged, guard, unread } from './damage.js'
import { structEnd } from './thrift.js'

/** What stands in front of a page, checked: every size is one that its bytes can have. */
export interface PageHead {
  readonly kind: 'data' | 'data2' | 'dictionary' | 'other'
  /** Bytes of the page in the file and once decompressed. */
  readonly packed: number
  readonly unpacked: number
  readonly crc: number | undefined
  /** Values, nulls and empty lists included. */
  readonly values: number
  readonly encoding: Encoding
  /** Of version 2, which says them: rows, and the bytes of its levels. */
  readonly rows: number
  readonly repetitionBytes: number
  readonly definitionBytes: number
  readonly compressed: boolean
}

/** A page's levels and values, decompressed. Version 1 has the length of each kind of levels in front of them. */
export interface PageBody {
  readonly levels: Uint8Array
  readonly values: Uint8Array
}

/** The most values of a page that its bytes do not vouch for, runs of one value: 32 Mi are 128 MiB as float32. */
const MOST_VALUES = 2 ** 25

/** Heads are some 30 bytes, but for the statistics in them, which may hold whole values. */
const HEAD = 1024
const LONGEST_HEAD = 2 ** 24

/** Reads the head at the position and moves behind it. */
export async function readHead(bytes: ChunkBytes, chunk: Chunk, where: string): Promise<PageHead> {
  const position = bytes.position
  for (let size = HEAD; ; size *= 8) {
    const wanted = Math.min(size, bytes.left)
    const seen = await bytes.peek(wanted)
    const place = `the head of the page at byte ${position} of ${where}`
    const end = guard(place, () => structEnd(seen, 0))
    if (end !== undefined) {
      const head = guard(place, () => parse(seen.subarray(0, end), chunk, place))
      await bytes.skip(end)
      return head
    }
    if (wanted === bytes.left || size > LONGEST_HEAD) throw damaged(`${place} does not end`)
  }
}

function parse(bytes: Uint8Array, chunk: Chunk, place: string): PageHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const head = parquetHeader({ view, offset: 0 })
  const packed = checkedCount(head.compressed_page_size, `the compressed size in ${place}`)
  const unpacked = checkedCount(head.uncompressed_page_size, `the uncompressed size in ${place}`)
  if (unpacked > LARGEST || packed > LARGEST) {
    throw unread(
      `${place} says ${Math.max(packed, unpacked)} bytes, at most ${LARGEST} are read`,
      'write smaller pages',
    )
  }
  if (chunk.codec === undefined && packed !== unpacked) {
    throw damaged(
      `${place} says ${packed} bytes compressed and ${unpacked} uncompressed, without compression`,
    )
  }
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = head
  const common = { packed, unpacked, crc: head.crc }
  const plain = { rows: 0, repetitionBytes: 0, definitionBytes: 0, compressed: true }
  const values = (said: unknown) => {
    const number = checkedCount(said, `the number of values in ${place}`)
    if (number > Math.max(MOST_VALUES, unpacked)) {
      throw unread(
        `${place} says ${number} values, at most ${MOST_VALUES} are read from ${unpacked} bytes`,
        'write smaller pages',
      )
    }
    return number
  }
  if (head.type === 'DATA_PAGE' && v1) {
    if (v1.repetition_level_encoding === 'BIT_PACKED' || v1.definition_level_encoding === 'BIT_PACKED') {
      throw unread(
        `${place} has levels of the obsolete encoding BIT_PACKED`,
        'write it with a current library',
      )
    }
    return { kind: 'data', ...common, ...plain, values: values(v1.num_values), encoding: v1.encoding }
  }
  if (head.type === 'DATA_PAGE_V2' && v2) {
    const repetitionBytes = checkedCount(
      v2.repetition_levels_byte_length,
      `the size of the repetition levels in ${place}`,
    )
    const definitionBytes = checkedCount(
      v2.definition_levels_byte_length,
      `the size of the definition levels in ${place}`,
    )
    if (repetitionBytes + definitionBytes > Math.min(packed, unpacked)) {
      throw damaged(
        `${place} says ${repetitionBytes + definitionBytes} bytes of levels, the page has ${packed}`,
      )
    }
    const rows = checkedCount(v2.num_rows, `the number of rows in ${place}`)
    const compressed = v2.is_compressed !== false
    const sizes = { rows, repetitionBytes, definitionBytes, compressed }
    return { kind: 'data2', ...common, ...sizes, values: values(v2.num_values), encoding: v2.encoding }
  }
  if (head.type === 'DICTIONARY_PAGE' && dictionary) {
    const { num_values: number, encoding } = dictionary
    return { kind: 'dictionary', ...common, ...plain, values: values(number), encoding }
  }
  if (head.type === 'INDEX_PAGE') return { kind: 'other', ...common, ...plain, values: 0, encoding: 'PLAIN' }
  throw damaged(`${place} is of no known type`)
}

/** Reads the page behind its head and moves behind it. What it gives is valid until the next page is read. */
export async function readBody(
  bytes: ChunkBytes,
  head: PageHead,
  chunk: Chunk,
  where: string,
): Promise<PageBody> {
  const place = `the page at byte ${bytes.position} of ${where}`
  const page = (await bytes.peek(head.packed)).subarray(0, head.packed)
  if (head.crc !== undefined && crc32(page) !== head.crc >>> 0) {
    throw damaged(`${place} has the checksum ${crc32(page)}, expected ${head.crc >>> 0}`)
  }
  await bytes.skip(head.packed)
  const levels = head.repetitionBytes + head.definitionBytes
  const unpack = chunk.codec !== undefined && head.compressed
  if (!unpack && head.packed !== head.unpacked) {
    throw damaged(`${place} has ${head.packed} bytes, expected ${head.unpacked}`)
  }
  const values = unpack
    ? guard(place, () => decompress(chunk.codec!, page.subarray(levels), head.unpacked - levels))
    : page.subarray(levels)
  return { levels: head.kind === 'data2' ? page.subarray(0, levels) : values, values }
}
