import type { Readable } from 'node:stream'
import { loadCodecs } from '../../io/codecs.js'
import type { ColumnBatch, ColumnSource, TextColumn } from '../columns/column.js'
import { asDataError, DataError } from '../../core/errors.js'
import { Arena } from './arena.js'
import { type Body, DiskBody, HeldBody } from './body.js'
import { cutBatch, WINDOW_BYTES } from './cut.js'
import { decodeColumns } from './decode.js'
import {
  appendTexts,
  DICTIONARY_FOOTPRINT,
  decodeDictionary,
  dictionaryForms,
  NO_TEXTS,
} from './dictionaries.js'
import { notArrow } from './file.js'
import { InflatedBody } from './inflate.js'
import { type ArrowMessage, type Layout, readLayout, readMessage } from './messages.js'
import { HeldBytes, MAX_HELD, spool } from './pipe-body.js'
import { PipeReader } from './pipe-reader.js'
import { type ArrowColumn, type ArrowSchema, pickColumns } from './schema.js'
import { signatureOf } from './signature.js'
import { somethingFollows, secondSchema } from './stream-table.js'
import { readPrefix } from './table.js'
import type { Footprint } from './shape.js'

/** How a pipe is opened. */
export interface ArrowPipeOptions {
  readonly windowBytes?: number
  /** Bodies longer than this go through a temporary file. */
  readonly maxHeld?: number
  /** The error for first bytes that are none of Arrow's, where they tell of something else. */
  readonly other?: (head: Uint8Array) => DataError | undefined
}

/**
 * The columns of an Arrow IPC stream that comes through a pipe, called `name` in messages. It can be read once; how
 * many batches there are is not known, and there is no fingerprint. The pipe must end with the stream's own marker.
 */
export async function openArrowPipe(
  stream: Readable,
  name: string,
  options: ArrowPipeOptions = {},
): Promise<ColumnSource> {
  const pipe = new PipeReader(stream)
  const close = async () => pipe.stop()
  try {
    const schema = await readPipeSchema(pipe, options)
    const codecs: string[] = []
    let started = false
    return {
      name,
      format: 'Arrow IPC stream',
      fields: schema.columns.map(column => column.field),
      metadata: schema.metadata,
      batches: undefined,
      layout: 'record batches as they come',
      codecs,
      fingerprint: () => Promise.resolve(undefined),
      read(names, range, signal) {
        if (started || (range && range.start !== 0)) {
          throw new DataError('usage', 'can be read once, from its start; write it to a file first', {
            file: name,
          })
        }
        started = true
        const columns = pickColumns(schema, names, name)
        const end = range?.end ?? Number.POSITIVE_INFINITY
        return new PipeBatches(pipe, schema, columns, codecs, name, options).read(end, signal)
      },
      close,
    }
  } catch (error) {
    await close()
    throw asDataError(error, 'damaged', { file: name })
  }
}

async function readPipeSchema(pipe: PipeReader, { other }: ArrowPipeOptions): Promise<ArrowSchema> {
  const prefix = new Uint8Array(8)
  let got = 0
  while (got < 8) {
    const bytes = await pipe.some(8 - got)
    if (bytes === undefined) break
    prefix.set(bytes, got)
    got += bytes.length
  }
  const signature = signatureOf(prefix.subarray(0, got))
  if (signature === 'file') {
    throw new DataError(
      'format',
      'is an Arrow IPC file, expected a stream in a pipe; give it by its path, or write it as a stream',
    )
  }
  if (signature !== 'stream') throw other?.(prefix.subarray(0, got)) ?? notArrow(signature, got)
  const { message } = (await readPipeMessage(pipe, prefix)) ?? {}
  if (message?.kind !== 'schema') {
    throw new DataError(
      'damaged',
      `starts with a ${message?.kind ?? 'marker of its end'}, expected a schema; check what writes to the pipe`,
    )
  }
  await new HeldBytes().read(pipe, message.bodyLength)
  return message.schema
}

interface Received {
  readonly message: ArrowMessage
  readonly metadata: Uint8Array
}

/** The next message without its body; undefined for the marker of the end. `prefix` are its first 8 bytes, if read. */
async function readPipeMessage(pipe: PipeReader, prefix?: Uint8Array): Promise<Received | undefined> {
  const head = prefix ?? new Uint8Array(8)
  if (!prefix) await pipe.fill(head.subarray(0, 4))
  const marked = head[0] === 0xff && head[1] === 0xff && head[2] === 0xff && head[3] === 0xff
  if (!prefix && marked) await pipe.fill(head.subarray(4))
  const { length, skip } = readPrefix(head)
  if (length === 0) return undefined
  const early = prefix ? 8 - skip : 0
  const rest = await new HeldBytes().read(pipe, length - early)
  if (early === 0) {
    return { message: readMessage(rest), metadata: rest }
  }
  const metadata = new Uint8Array(length)
  metadata.set(head.subarray(skip))
  metadata.set(rest, early)
  return { message: readMessage(metadata), metadata }
}

/** The batches of a pipe, as they come. */
class PipeBatches {
  readonly #pipe: PipeReader
  readonly #schema: ArrowSchema
  readonly #columns: readonly ArrowColumn[]
  readonly #codecs: string[]
  readonly #name: string
  readonly #windowBytes: number
  readonly #maxHeld: number
  readonly #held = new HeldBytes()
  readonly #scratch = new Arena()
  readonly #dictionaries = new Map<number, TextColumn>()
  #index = 0
  #row = 0

  constructor(
    pipe: PipeReader,
    schema: ArrowSchema,
    columns: readonly ArrowColumn[],
    codecs: string[],
    name: string,
    { windowBytes = WINDOW_BYTES, maxHeld = MAX_HELD }: ArrowPipeOptions,
  ) {
    this.#pipe = pipe
    this.#schema = schema
    this.#columns = columns
    this.#codecs = codecs
    this.#name = name
    this.#windowBytes = windowBytes
    this.#maxHeld = maxHeld
  }

  async *read(end: number, signal?: AbortSignal): AsyncGenerator<ColumnBatch, void, undefined> {
    const stop = () => this.#pipe.stop()
    signal?.addEventListener('abort', stop)
    try {
      while (this.#index < end) {
        signal?.throwIfAborted()
        const received = await readPipeMessage(this.#pipe)
        if (received === undefined) {
          if ((await this.#pipe.some(1)) !== undefined) throw somethingFollows()
          return
        }
        yield* this.#message(received, end, signal)
      }
    } catch (error) {
      signal?.throwIfAborted()
      throw asDataError(error, 'damaged', { file: this.#name, batch: this.#index })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async *#message({ message, metadata }: Received, end: number, signal?: AbortSignal) {
    if (message.kind === 'schema') throw secondSchema()
    if (message.codec && !this.#codecs.includes(message.codec)) {
      await loadCodecs([message.codec])
      this.#codecs.push(message.codec)
    }
    const form = message.kind === 'dictionary' ? dictionaryForms(this.#columns).get(message.id) : undefined
    const { body, layout, close } = await this.#body(
      metadata,
      message.bodyLength,
      message.kind === 'batch' ? this.#schema.total : form && DICTIONARY_FOOTPRINT[form],
    )
    try {
      if (layout === undefined || body === undefined) return
      if (message.kind === 'batch') {
        yield* this.#windows(body, layout, message.bodyLength, end, signal)
      } else if (form) {
        const texts = await decodeDictionary(body, layout, form)
        const known = message.isDelta ? this.#dictionaries.get(message.id) : undefined
        // In memory of its own: the body's is used again.
        this.#dictionaries.set(message.id, appendTexts(known ?? NO_TEXTS, texts))
      }
    } finally {
      await close()
    }
  }

  async *#windows(body: Body, layout: Layout, bodyLength: number, end: number, signal?: AbortSignal) {
    const arena = new Arena()
    for (const { rows } of cutBatch(0, layout.rows, bodyLength, this.#windowBytes)) {
      if (this.#index >= end) return
      signal?.throwIfAborted()
      arena.reset()
      const columns = await decodeColumns(
        body,
        { layout, rows, arena },
        this.#columns,
        id => this.#dictionaries.get(id) ?? NO_TEXTS,
      )
      const start = this.#row
      this.#row += rows.end - rows.start
      yield { index: this.#index, rows: { start, end: this.#row }, columns } satisfies ColumnBatch
      this.#index += 1
    }
  }

  /** The body of a message, taken from the pipe, and its layout where the message is `expected` to hold something. */
  async #body(metadata: Uint8Array, length: number, expected: Footprint | undefined) {
    const layout = expected && readLayout(metadata, length, expected)
    const spooled = length > this.#maxHeld ? await spool(this.#pipe, length, this.#name) : undefined
    const held = spooled ? undefined : await this.#held.read(this.#pipe, length)
    const close = async () => spooled?.close()
    if (layout === undefined) return { body: undefined, layout, close }
    let body: Body | undefined
    if (spooled) body = new DiskBody(spooled, 0, layout)
    else if (held) body = HeldBody.of(held, layout)
    if (body && layout.codec) body = new InflatedBody(body, layout.codec, layout, this.#scratch)
    return { body, layout, close }
  }
}
