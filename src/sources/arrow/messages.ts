import { BodyCompressionMethod } from 'apache-arrow/fb/body-compression-method'
import { Buffer as Region } from 'apache-arrow/fb/buffer'
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch'
import { FieldNode } from 'apache-arrow/fb/field-node'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Schema } from 'apache-arrow/fb/schema'
import { DataError } from '../../core/errors.js'
import { asLength, decodeChecked } from './flatbuffer.js'
import { readMetadata } from './metadata.js'
import { type ArrowSchema, checkVersion, readSchema } from './schema.js'
import type { Footprint } from './shape.js'

/** The codecs of compressed bodies. */
export type BodyCodec = 'lz4-frame' | 'zstd'

/** A message, without what its batch holds (see `readLayout`). */
export type ArrowMessage = { readonly bodyLength: number } & (
  | { readonly kind: 'schema'; readonly schema: ArrowSchema }
  | { readonly kind: 'batch'; readonly rows: number; readonly codec: BodyCodec | undefined }
  | {
      readonly kind: 'dictionary'
      readonly id: number
      readonly isDelta: boolean
      readonly rows: number
      readonly codec: BodyCodec | undefined
    }
)

/** What a record batch holds: its nodes and the places of its buffers in the body. */
export interface Layout {
  readonly rows: number
  readonly codec: BodyCodec | undefined
  readonly lengths: Float64Array
  readonly nullCounts: Float64Array
  readonly starts: Float64Array
  readonly sizes: Float64Array
  readonly variadic: readonly number[]
}

/** More rows than this in one batch are beyond what the format recommends and what arrays of rows can index. */
const MAX_ROWS = 2 ** 31 - 1

/** The message of that metadata. */
export function readMessage(metadata: Uint8Array): ArrowMessage {
  return decodeChecked(metadata, 'a message', buffer => {
    const message = Message.getRootAsMessage(buffer)
    const bodyLength = asLength(message.bodyLength(), 'the length of a message body')
    const type = message.headerType()
    if (type === MessageHeader.Schema) {
      const schema = readSchema(header(message, new Schema()), message.version(), metadata.length)
      return { kind: 'schema', bodyLength, schema }
    }
    if (type === MessageHeader.RecordBatch) {
      return { kind: 'batch', bodyLength, ...size(header(message, new RecordBatch()), message) }
    }
    if (type === MessageHeader.DictionaryBatch) {
      const dictionary = header(message, new DictionaryBatch())
      const id = Number(dictionary.id())
      const isDelta = dictionary.isDelta()
      return { kind: 'dictionary', bodyLength, id, isDelta, ...size(data(dictionary), message) }
    }
    throw new DataError(
      type > MessageHeader.SparseTensor ? 'damaged' : 'format',
      `holds a message of kind ${MessageHeader[type] ?? type}, expected a schema, record batches and dictionaries; write it as a table`,
    )
  })
}

/** The layout of a record or dictionary batch; `expected` is what its schema makes of it. */
export function readLayout(metadata: Uint8Array, bodyLength: number, expected: Footprint): Layout {
  return decodeChecked(metadata, 'a record batch', buffer => {
    const message = Message.getRootAsMessage(buffer)
    const batch =
      message.headerType() === MessageHeader.DictionaryBatch
        ? data(header(message, new DictionaryBatch()))
        : header(message, new RecordBatch())
    const variadic: number[] = []
    for (let i = 0, n = batch.variadicBufferCountsLength(); i < n; i++) {
      variadic.push(asLength(batch.variadicBufferCounts(i), 'a number of buffers'))
    }
    const buffers = expected.buffers + variadic.reduce((sum, count) => sum + count, 0)
    mustBe('nodes', batch.nodesLength(), expected.nodes)
    mustBe('buffers', batch.buffersLength(), buffers)
    mustBe('counts of view buffers', variadic.length, expected.views)
    if (buffers === 0 && bodyLength > 0) {
      throw new DataError(
        'damaged',
        `a record batch has no buffers, but a body of ${bodyLength} bytes; write the file again`,
      )
    }
    const layout = {
      ...size(batch, message),
      lengths: new Float64Array(expected.nodes),
      nullCounts: new Float64Array(expected.nodes),
      starts: new Float64Array(buffers),
      sizes: new Float64Array(buffers),
      variadic,
    }
    const node = new FieldNode()
    for (let i = 0; i < expected.nodes; i++) {
      batch.nodes(i, node)
      layout.lengths[i] = asLength(node.length(), 'the length of a column')
      layout.nullCounts[i] = asLength(node.nullCount(), 'a number of nulls')
    }
    const region = new Region()
    for (let i = 0; i < buffers; i++) {
      batch.buffers(i, region)
      const start = asLength(region.offset(), 'the place of a buffer')
      const bytes = asLength(region.length(), 'the length of a buffer')
      if (start + bytes > bodyLength) {
        throw new DataError(
          'damaged',
          `buffer ${i} ends at byte ${start + bytes} of a body of ${bodyLength}; write the file again`,
        )
      }
      layout.starts[i] = start
      layout.sizes[i] = bytes
    }
    return layout
  })
}

function mustBe(what: string, found: number, expected: number): void {
  if (found !== expected) {
    throw new DataError(
      'damaged',
      `a record batch has ${found} ${what}, its schema expects ${expected}; write the file again`,
    )
  }
}

function header<T>(message: Message, into: T): T {
  const table = message.header(into) as T | null
  if (table === null) throw new DataError('damaged', 'a message has no header; write the file again')
  return table
}

function data(dictionary: DictionaryBatch): RecordBatch {
  const batch = dictionary.data()
  if (batch === null) throw new DataError('damaged', 'a dictionary has no values; write the file again')
  return batch
}

function size(batch: RecordBatch, message: Message): { rows: number; codec: BodyCodec | undefined } {
  checkVersion(message.version())
  const rows = asLength(batch.length(), 'the number of rows')
  if (rows > MAX_ROWS) {
    throw new DataError(
      'format',
      `has ${rows} rows in one batch, expected up to ${MAX_ROWS}; write it in smaller batches`,
    )
  }
  return { rows, codec: codecOf(batch, message) }
}

function codecOf(batch: RecordBatch, message: Message): BodyCodec | undefined {
  const compression = batch.compression()
  if (compression === null) {
    // Arrow 0.17 said it here instead, and reading on would take compressed bytes for values.
    if (readMetadata(message).has('ARROW:experimental_compression')) {
      throw new DataError(
        'format',
        'is compressed in the way of Arrow 0.17; write it with Arrow 1.0 or later',
      )
    }
    return undefined
  }
  const codec = CODECS[compression.codec()]
  if (codec === undefined || compression.method() !== BodyCompressionMethod.BUFFER) {
    throw new DataError(
      'format',
      `is compressed by unknown codec ${compression.codec()}, method ${compression.method()}; write it with lz4, zstd or none`,
    )
  }
  return codec
}

const CODECS: readonly (BodyCodec | undefined)[] = ['lz4-frame', 'zstd']
