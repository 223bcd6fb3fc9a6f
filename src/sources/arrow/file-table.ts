import type { Block } from 'apache-arrow/fb/block'
import { Footer } from 'apache-arrow/fb/footer'
import type { Bytes } from '../../io/bytes.js'
import { DataError } from '../../core/errors.js'
import { asLength, decodeChecked } from './flatbuffer.js'
import { PagedReader, headerReaders } from './headers.js'
import { type ArrowSchema, readSchema } from './schema.js'
import { CONTINUATION, MAX_METADATA } from './signature.js'
import {
  type DictionaryEntry,
  type Entry,
  inBatch,
  messageAt,
  type Placed,
  type ArrowTable,
} from './table.js'

interface Listed {
  readonly start: number
  readonly metadataLength: number
  readonly bodyLength: number
}

/** `ARROW1`, two bytes of padding. */
const HEAD = 8
/** The length of the footer and `ARROW1`. */
const TAIL = 10

/** The table of an IPC file, from its footer; every block is compared with the message that it points to. */
export async function readFileTable(bytes: Bytes): Promise<ArrowTable> {
  const { schema, batchBlocks, dictionaryBlocks, footerStart } = await readFooter(bytes)
  const headers = new PagedReader(bytes)
  const dictionaries: DictionaryEntry[] = []
  for (const block of dictionaryBlocks) {
    const { message, entry } = await listed(headers, block, footerStart)
    if (message.kind !== 'dictionary') throw wrongKind(message.kind, 'dictionary')
    const { id, isDelta, rows, codec } = message
    if (!isDelta && dictionaries.some(each => each.id === id)) {
      throw new DataError(
        'format',
        `dictionary ${id} occurs twice, which only a stream may have; write it as a stream`,
      )
    }
    dictionaries.push({ ...entry, id, isDelta, rows, codec })
  }
  const batches: Entry[] = []
  const readers = headerReaders(bytes, batchBlocks.length)
  for (let first = 0; first < batchBlocks.length; first += readers.length) {
    const group = batchBlocks.slice(first, first + readers.length)
    const found = await Promise.allSettled(group.map((block, j) => listed(readers[j], block, footerStart)))
    for (const [j, each] of found.entries()) {
      if (each.status === 'rejected') return inBatch(first + j)(each.reason)
      const { message, entry } = each.value
      if (message.kind !== 'batch') throw wrongKind(message.kind, 'batch')
      batches.push({ ...entry, rows: message.rows, codec: message.codec })
    }
  }
  const blocks = [...batchBlocks, ...dictionaryBlocks]
  const schemaBlock = await schemaAtHead(headers, blocks, footerStart)
  await checkAllListed(headers, [...schemaBlock, ...blocks], footerStart)
  return {
    format: 'Arrow IPC file',
    schema,
    batches,
    dictionaries,
    dictionariesBefore: batches.map(() => dictionaries.length),
  }
}

interface ReadFooter {
  readonly schema: ArrowSchema
  readonly batchBlocks: Listed[]
  readonly dictionaryBlocks: Listed[]
  readonly footerStart: number
}

async function readFooter(bytes: Bytes): Promise<ReadFooter> {
  const tail = new Uint8Array(TAIL)
  if (bytes.size >= HEAD + TAIL) await bytes.read(tail, bytes.size - TAIL)
  if (String.fromCharCode(...tail.subarray(4)) !== 'ARROW1') {
    throw new DataError(
      'damaged',
      `is truncated: its ${bytes.size} bytes do not end with ARROW1; write the file again`,
    )
  }
  const length = new DataView(tail.buffer).getInt32(0, true)
  const footerStart = bytes.size - TAIL - length
  if (length <= 0 || length > MAX_METADATA || footerStart < HEAD) {
    throw new DataError(
      'damaged',
      `claims a footer of ${length} bytes in a file of ${bytes.size}; write the file again`,
    )
  }
  const footer = new Uint8Array(length)
  await bytes.read(footer, footerStart)
  return decodeChecked(footer, 'the footer', buffer => {
    const root = Footer.getRootAsFooter(buffer)
    const schema = root.schema()
    if (schema === null) throw new DataError('damaged', 'the footer has no schema; write the file again')
    return {
      schema: readSchema(schema, root.version(), length),
      batchBlocks: blocks(root.recordBatchesLength(), i => root.recordBatches(i)),
      dictionaryBlocks: blocks(root.dictionariesLength(), i => root.dictionaries(i)),
      footerStart,
    }
  })
}

function blocks(count: number, at: (index: number) => Block | null): Listed[] {
  const list: Listed[] = []
  for (let i = 0; i < count; i++) {
    const block = at(i)
    list.push({
      start: asLength(block?.offset() ?? null, 'the place of a batch'),
      metadataLength: block?.metaDataLength() ?? 0,
      bodyLength: asLength(block?.bodyLength() ?? null, 'the length of a batch'),
    })
  }
  return list
}

/** The message that a block of the footer points to, which must be as long as the block says. */
async function listed(headers: PagedReader, block: Listed, footerStart: number): Promise<Placed> {
  const placed = block.start < HEAD ? undefined : await messageAt(headers, block.start, footerStart)
  if (placed === undefined) {
    throw new DataError(
      'damaged',
      `the footer lists a batch at byte ${block.start}, which is not there; write the file again`,
    )
  }
  const { bodyStart, bodyLength } = placed.entry
  if (bodyLength !== block.bodyLength || bodyStart - block.start !== block.metadataLength) {
    throw new DataError(
      'damaged',
      `the batch at byte ${block.start} has ${bodyStart - block.start} + ${bodyLength} bytes, the footer says ${block.metadataLength} + ${block.bodyLength}; write the file again`,
    )
  }
  return placed
}

/**
 * The schema in front of the batches, if it is a message: Polars writes it without a length, apache-arrow not at all,
 * and the footer has it too.
 */
async function schemaAtHead(
  headers: PagedReader,
  blocks: readonly Listed[],
  footerStart: number,
): Promise<Listed[]> {
  if (blocks.some(({ start }) => start === HEAD)) return []
  const [marker] = await headers.read(HEAD, 1)
  const placed = marker === 0xff ? await messageAt(headers, HEAD, footerStart) : undefined
  if (placed === undefined) return []
  if (placed.message.kind !== 'schema') throw wrongKind(placed.message.kind, 'schema')
  return [{ start: HEAD, metadataLength: placed.entry.bodyStart - HEAD, bodyLength: placed.entry.bodyLength }]
}

/** A message between the blocks of the footer, or behind them, is one that the footer leaves out. */
async function checkAllListed(headers: PagedReader, listed: Listed[], footerStart: number): Promise<void> {
  const sorted = listed.toSorted((a, b) => a.start - b.start)
  for (const [i, block] of sorted.entries()) {
    const end = block.start + block.metadataLength + block.bodyLength
    const next = sorted[i + 1]?.start ?? footerStart
    if (end > next) {
      throw new DataError('damaged', `two batches share byte ${next} of the file; write the file again`)
    }
    if (next - end < 16) continue
    const at = Math.ceil(end / 8) * 8
    const words = new DataView(new Uint8Array(await headers.read(at, 8)).buffer)
    if (words.getUint32(0, true) === CONTINUATION && words.getInt32(4, true) > 0) {
      throw new DataError(
        'damaged',
        `there is a batch at byte ${at} that the footer leaves out; write the file again`,
      )
    }
  }
}

function wrongKind(found: string, expected: string): DataError {
  return new DataError('damaged', `holds a ${found} instead of a ${expected}; write the file again`)
}
