import { asDataError, DataError } from '../../core/errors.js'
import type { PagedReader } from './headers.js'
import { type ArrowMessage, type BodyCodec, readMessage } from './messages.js'
import type { ArrowSchema } from './schema.js'
import { CONTINUATION, MAX_METADATA } from './signature.js'

/** Where a record or dictionary batch lies in the file. */
export interface Entry {
  readonly metadataStart: number
  readonly metadataLength: number
  readonly bodyStart: number
  readonly bodyLength: number
  readonly rows: number
  readonly codec: BodyCodec | undefined
}

export interface DictionaryEntry extends Entry {
  readonly id: number
  readonly isDelta: boolean
}

/** All that is known of a file before values are read. */
export interface ArrowTable {
  readonly format: string
  readonly schema: ArrowSchema
  readonly batches: readonly Entry[]
  readonly dictionaries: readonly DictionaryEntry[]
  /** For each record batch, how many of the dictionaries came before it and count. */
  readonly dictionariesBefore: readonly number[]
}

/** A message, where its body starts and where the next message does. */
export interface Placed {
  readonly message: ArrowMessage
  readonly entry: Omit<Entry, 'rows' | 'codec'>
  readonly end: number
}

/** How long the metadata is and where it starts; 0 for the marker of the end. */
export function readPrefix(bytes: Uint8Array): { length: number; skip: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const marked = view.getUint32(0, true) === CONTINUATION
  const length = view.getInt32(marked ? 4 : 0, true)
  if (length < 0 || length > MAX_METADATA) {
    throw new DataError(
      'damaged',
      `a message claims ${length} bytes of metadata, expected 0 to ${MAX_METADATA}; write the file again`,
    )
  }
  return { length, skip: marked ? 8 : 4 }
}

/** The message at that position, which with its body must lie before `limit`; undefined for the marker of the end. */
export async function messageAt(
  headers: PagedReader,
  position: number,
  limit: number,
): Promise<Placed | undefined> {
  if (position + 4 > limit) throw cut(`ends at byte ${limit}`)
  const first = await headers.read(position, Math.min(8, limit - position))
  if (first.length < 8 && first[0] === 0xff) throw cut(`ends at byte ${limit}`)
  const { length, skip } = readPrefix(first)
  if (length === 0) return undefined
  const metadataStart = position + skip
  const bodyStart = metadataStart + length
  if (bodyStart > limit) throw cut(`metadata of ${length} bytes from byte ${metadataStart}`)
  const message = readMessage(await headers.read(metadataStart, length))
  const { bodyLength } = message
  if (bodyStart + bodyLength > limit) throw cut(`a body of ${bodyLength} bytes from byte ${bodyStart}`)
  const entry = { metadataStart, metadataLength: length, bodyStart, bodyLength }
  return { message, entry, end: bodyStart + bodyLength }

  function cut(what: string): DataError {
    return new DataError(
      'damaged',
      `is truncated: ${what}, but the messages go to byte ${limit}, with no marker of their end; write the file again`,
    )
  }
}

/** For `catch`: the same error, with the record batch that was being looked for. */
export function inBatch(batch: number): (error: unknown) => never {
  return error => {
    throw asDataError(error, 'damaged', { batch })
  }
}
