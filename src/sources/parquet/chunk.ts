import { ITEM_BYTES } from '../columns/elements.js'
import type { ColumnChunk } from 'hyparquet'
import type { Codec } from '../../io/codecs.js'
import type { DataError } from '../../core/errors.js'
import { checkedCount, damaged, unread } from './damage.js'
import type { Leaf } from './schema.js'

/** The values of one column in one row group: a run of pages. */
export interface Chunk {
  /** Where it lies in the file, [start, end): its dictionary page, if any, then its data pages. */
  readonly start: number
  readonly end: number
  /** Where its first data page lies. */
  readonly data: number
  /** Values of the column, nulls and empty lists included. */
  readonly values: number
  readonly codec: Codec | undefined
  /** What the file calls the codec. */
  readonly codecName: string
  /** Bytes that its values take in memory, estimated; at least what they take uncompressed. */
  readonly decoded: number
  /** Where its offset index lies: which page holds which rows. */
  readonly index: { readonly start: number; readonly length: number } | undefined
  /** Why it cannot be read, for the error if it is asked for. */
  readonly refusal: DataError | undefined
}

const CODECS: Readonly<Record<string, Codec>> = {
  SNAPPY: 'snappy',
  GZIP: 'gzip',
  BROTLI: 'brotli',
  ZSTD: 'zstd',
  LZ4: 'lz4-hadoop',
  LZ4_RAW: 'lz4-raw',
}

/** What the footer says of a chunk. A chunk that cannot be read is refused only when it is wanted. */
export function readChunk(
  chunk: ColumnChunk,
  path: readonly string[],
  leaf: Leaf | undefined,
  where: string,
  fileSize: number,
): Chunk {
  const meta = chunk.meta_data
  if (chunk.crypto_metadata !== undefined || chunk.encrypted_column_metadata !== undefined) {
    return refuse(unread(`${where} is encrypted, which is not read`, 'write it without encryption'))
  }
  if (chunk.file_path)
    return refuse(unread(`${where} is in another file (${chunk.file_path})`, 'write one file'))
  if (meta === undefined) return refuse(damaged(`${where} is not described`))
  if (meta.path_in_schema.join('\n') !== path.join('\n')) {
    return refuse(damaged(`${where} is called ${meta.path_in_schema.join('.')} in its row group`))
  }
  if (leaf !== undefined && meta.type !== leaf.physical) {
    return refuse(damaged(`${where} is of type ${meta.type}, in the schema ${leaf.physical}`))
  }
  const data = checkedCount(meta.data_page_offset, `the data page offset of ${where}`)
  // Some writers say 0 where there is no dictionary.
  const dictionary = checkedCount(meta.dictionary_page_offset ?? 0, `the dictionary page offset of ${where}`)
  const start = dictionary > 0 && dictionary < data ? dictionary : data
  const end = start + checkedCount(meta.total_compressed_size, `the compressed size of ${where}`)
  if (start < 4 || end > fileSize || data > end) {
    return refuse(damaged(`${where} lies at bytes ${start} to ${end}, the file has ${fileSize}`))
  }
  const codecName = meta.codec ?? 'unknown'
  const codec = CODECS[codecName]
  if (codec === undefined && codecName !== 'UNCOMPRESSED') {
    return refuse(
      unread(`${where} is compressed with ${codecName}, which is not read`, 'write it with zstd or snappy'),
    )
  }
  const values = checkedCount(meta.num_values, `the number of values of ${where}`)
  const uncompressed = checkedCount(meta.total_uncompressed_size, `the uncompressed size of ${where}`)
  const texts = checkedCount(
    meta.size_statistics?.unencoded_byte_array_data_bytes ?? 0,
    `the text size of ${where}`,
  )
  const width = leaf?.element === undefined ? 4 : ITEM_BYTES[leaf.element]
  const length = chunk.offset_index_length
  return {
    start,
    end,
    data,
    values,
    codec,
    codecName,
    decoded: Math.max(uncompressed, texts + width * values),
    index:
      chunk.offset_index_offset === undefined || length === undefined
        ? undefined
        : { start: checkedCount(chunk.offset_index_offset, `the offset index of ${where}`), length },
    refusal: undefined,
  }
}

function refuse(refusal: DataError): Chunk {
  const nowhere = { start: 0, end: 0, data: 0, values: 0, decoded: 0, index: undefined }
  return { ...nowhere, codec: undefined, codecName: 'UNCOMPRESSED', refusal }
}
