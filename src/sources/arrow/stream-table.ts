import type { Bytes } from '../../io/bytes.js'
import { DataError } from '../../core/errors.js'
import { PagedReader } from './headers.js'
import { type DictionaryEntry, type Entry, inBatch, messageAt, type ArrowTable } from './table.js'

/** The table of a stream on disk, from walking over its messages. The marker of the end must be there, and be the end. */
export async function readStreamTable(bytes: Bytes): Promise<ArrowTable> {
  const headers = new PagedReader(bytes)
  const first = await messageAt(headers, 0, bytes.size)
  if (first?.message.kind !== 'schema') {
    throw new DataError(
      'damaged',
      `starts with a ${first?.message.kind ?? 'marker of its end'}, expected a schema; write the file again`,
    )
  }
  const batches: Entry[] = []
  const dictionaries: DictionaryEntry[] = []
  const dictionariesBefore: number[] = []
  let position = first.end
  for (;;) {
    const placed = await messageAt(headers, position, bytes.size).catch(inBatch(batches.length))
    if (placed === undefined) break
    const { message, entry, end } = placed
    if (message.kind === 'schema') throw secondSchema()
    if (message.kind === 'batch') {
      batches.push({ ...entry, rows: message.rows, codec: message.codec })
      dictionariesBefore.push(dictionaries.length)
    } else {
      const { id, isDelta, rows, codec } = message
      dictionaries.push({ ...entry, id, isDelta, rows, codec })
    }
    position = end
  }
  const [marker] = await headers.read(position, 1)
  if (bytes.size > position + (marker === 0xff ? 8 : 4)) throw somethingFollows()
  return {
    format: 'Arrow IPC stream',
    schema: first.message.schema,
    batches,
    dictionaries,
    dictionariesBefore,
  }
}

/** The error of a stream with two schemas. */
export function secondSchema(): DataError {
  return new DataError(
    'damaged',
    'holds a second schema, expected one; give joined streams as files of their own',
  )
}

/** The error of bytes behind the marker of the end: another stream, most likely, which would be lost in silence. */
export function somethingFollows(): DataError {
  return new DataError(
    'format',
    'holds bytes after the end of the stream, expected none; give joined streams as files of their own',
  )
}
