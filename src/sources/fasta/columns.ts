import type { BatchSize, Range } from '../../core/types.js'
import type { ColumnBatch, ColumnSource } from '../columns/column.js'
import { textColumn } from '../columns/elements.js'
import { openText, type TextFile } from '../../io/text-file.js'
import { DataError } from '../../core/errors.js'
import { LETTER_BYTES } from '../../dna/bases.js'
import { parseFasta } from './stream.js'

/** Sequences that are read at once: up to this many bytes, or this many. */
const WINDOW_BYTES = 2 ** 20
const WINDOW_ROWS = 4096

/** Longer sequences are chromosomes, not those of maps. */
const MOST_BASES = 2 ** 24

const GREATER = '>'.charCodeAt(0)
const NEWLINE = 10
const SPACE = 32

/** Bytes of the letters of base codes. */

interface Window extends BatchSize {
  readonly first: number
  /** Where it starts, in unpacked bytes. */
  readonly offset: number
}

/**
 * The sequences of a FASTA file as columns `id` and `sequence`, to accompany maps. It is read once to find where its
 * sequences begin, of which every few thousandth is kept. Errors: those of `openFasta`.
 */
export async function openFastaColumns(path: string): Promise<ColumnSource> {
  const file = await openText(path, 'FASTA')
  const windows = await findWindows(file)
  const rows = windows.reduce((sum, window) => sum + window.rows, 0)
  if (rows === 0) throw new DataError('empty', 'holds no sequence, expected FASTA', { file: path })
  let fingerprint: Promise<string> | undefined
  const text = { kind: 'text' } as const
  return {
    name: path,
    format: file.gzip ? 'FASTA, gzip' : 'FASTA',
    fields: [
      { name: 'id', type: text, declared: 'text' },
      { name: 'sequence', type: text, declared: 'text' },
    ],
    metadata: new Map(),
    batches: windows,
    layout: `${rows} sequences`,
    codecs: file.gzip ? ['gzip'] : [],
    fingerprint: () => (fingerprint ??= file.fingerprint(`fasta windows ${WINDOW_BYTES} ${WINDOW_ROWS}`)),
    close: () => Promise.resolve(),
    read: (_columns, range, signal) => readWindows(file, windows, range, signal),
  }
}

async function findWindows(file: TextFile): Promise<Window[]> {
  const windows: Window[] = []
  let start = 0
  let at = 0
  let rows = 0
  let first = 0
  let before = NEWLINE
  const cut = (end: number) => {
    if (rows > 0) windows.push({ rows, bytes: end - start, first, offset: start })
    first += rows
    start = end
    rows = 0
  }
  for await (const chunk of file.bytes()) {
    for (let i = chunk.indexOf(GREATER); i >= 0; i = chunk.indexOf(GREATER, i + 1)) {
      let last = i - 1
      while (last >= 0 && chunk[last] !== NEWLINE && chunk[last] <= SPACE) last--
      if ((last < 0 ? before : chunk[last]) !== NEWLINE) continue
      if (rows === WINDOW_ROWS || (rows > 0 && at + i - start >= WINDOW_BYTES)) cut(at + i)
      rows++
    }
    before = chunk[chunk.length - 1]
    at += chunk.length
  }
  cut(at)
  return windows
}

async function* readWindows(
  file: TextFile,
  windows: readonly Window[],
  { start, end }: Range = { start: 0, end: windows.length },
  signal?: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  if (start === end) return
  const { first, offset } = windows[start]
  let index = start
  let ids: string[] = []
  let sequences: Uint8Array[] = []
  for await (const batch of parseFasta(file.name, file.bytes(offset), { pieceBases: MOST_BASES }, first)) {
    batch.forEach(({ id, sequence, where }) => {
      if (sequence.length === MOST_BASES) {
        throw new DataError(
          'format',
          `has a sequence of more than ${MOST_BASES} bases, expected those of maps`,
          where,
        )
      }
      ids.push(id)
      sequences.push(sequence.map(code => LETTER_BYTES[code]))
    })
    if (ids.length < windows[index].rows) continue
    signal?.throwIfAborted()
    const window = windows[index]
    const rows = { start: window.first, end: window.first + window.rows }
    yield {
      index,
      rows,
      columns: new Map([
        ['id', textColumn(ids)],
        ['sequence', textColumn(sequences)],
      ]),
    }
    ids = []
    sequences = []
    if (++index === end) return
  }
  throw new DataError('damaged', 'has changed while it was read; run again', { file: file.name })
}
