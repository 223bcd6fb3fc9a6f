import { openBytes } from '../columns/bytes.js'
import type { ColumnSource } from '../columns/column.js'
import { type RecordOptions, type SequenceOnly, sequenceRecords } from '../columns/records.js'
import { DataError } from '../core/errors.js'
import type { Source } from '../core/types.js'
import { looksLikeArrow } from './arrow/signature.js'
import { type FastaOptions, looksLikeFasta, openFasta } from './fasta.js'
import { looksLikeParquet } from './parquet/signature.js'

// A format's reader and its libraries are loaded when a file of it is first met.
const arrow = () => import('./arrow/index.js')
const parquet = () => import('./parquet/index.js')

/**
 * Opens a file, or standard input for `-`, as what its first bytes say that it is.
 *
 * Errors: `not-found`, `io`; `empty`, for an empty file; `format`, for anything that is neither Arrow nor Parquet.
 */
export async function openColumns(path: string): Promise<ColumnSource> {
  if (path === '-') return (await arrow()).openArrowPipe(process.stdin, '-')
  const head = await readHead(path)
  if (head.length === 0)
    throw new DataError('empty', 'is an empty file, expected Arrow or Parquet', { file: path })
  if (looksLikeArrow(head)) return (await arrow()).openArrow(path)
  if (looksLikeParquet(head)) return (await parquet()).openParquet(path)
  if (looksLikeFasta(head)) {
    throw new DataError(
      'format',
      'is FASTA or gzip, which holds no attribution maps, expected Arrow or Parquet; give FASTA as --prior',
      { file: path },
    )
  }
  const found = Array.from(head.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join(' ')
  throw new DataError(
    'format',
    `starts with ${found}, expected an Arrow IPC file or stream, or Parquet; convert it to one of these`,
    { file: path },
  )
}

/**
 * Opens the sequences of a file: FASTA, plain or gzip, or a column of Arrow or Parquet.
 *
 * Errors: those of `openFasta`, `openColumns` and `sequenceRecords`.
 */
export async function openSequences(
  path: string,
  options: RecordOptions & FastaOptions = {},
): Promise<Source<SequenceOnly>> {
  if (path !== '-' && looksLikeFasta(await readHead(path))) return openFasta(path, options)
  return sequenceRecords(await openColumns(path), options)
}

/** Whether a file's first bytes are those of Arrow or Parquet. */
export async function isColumnFile(path: string): Promise<boolean> {
  const head = await readHead(path)
  return looksLikeArrow(head) || looksLikeParquet(head)
}

async function readHead(path: string): Promise<Uint8Array> {
  const bytes = await openBytes(path)
  try {
    const head = new Uint8Array(Math.min(16, bytes.size))
    await bytes.read(head, 0)
    return head
  } finally {
    await bytes.close()
  }
}
