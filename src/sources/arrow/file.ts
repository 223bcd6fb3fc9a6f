import { type Bytes, fingerprintBytes } from '../../io/bytes.js'
import { openBytes } from '../../io/open.js'
import { loadCodecs } from '../../io/codecs.js'
import type { ColumnBatch, ColumnSource } from '../columns/column.js'
import { asDataError, DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'
import { borrowArena, returnArena } from './arena.js'
import { cutBatch, WINDOW_BYTES, type BatchWindow } from './cut.js'
import { readFileTable } from './file-table.js'
import { Loader } from './loader.js'
import type { BodyCodec } from './messages.js'
import { pickColumns } from './schema.js'
import { signatureOf } from './signature.js'
import { readStreamTable } from './stream-table.js'
import type { ArrowTable } from './table.js'

/** How a file is opened, for tests: anything but the defaults cuts batches that checkpoints do not know. */
export interface ArrowOptions {
  readonly windowBytes?: number
}

/**
 * The columns of an Arrow IPC file or stream on disk (Feather V2 is an IPC file). Its batches are its record batches,
 * large ones cut into windows of rows; only the columns asked for are read. Every message is looked at before the
 * first value is: a file that is truncated or contradicts itself is a DataError `damaged`.
 */
export async function openArrow(path: string, options: ArrowOptions = {}): Promise<ColumnSource> {
  const bytes = await openBytes(path)
  try {
    const table = await readTable(bytes)
    await loadCodecs(codecsOf(table))
    return sourceOf(bytes, table, options.windowBytes ?? WINDOW_BYTES)
  } catch (error) {
    await bytes.close()
    throw asDataError(error, 'damaged', { file: path })
  }
}

async function readTable(bytes: Bytes): Promise<ArrowTable> {
  const head = new Uint8Array(Math.min(8, bytes.size))
  await bytes.read(head, 0)
  const signature = signatureOf(head)
  if (signature === 'file') return readFileTable(bytes)
  if (signature === 'stream') return readStreamTable(bytes)
  throw notArrow(signature, bytes.size)
}

/** The error of a file or pipe with another signature. */
export function notArrow(signature: 'feather-v1' | undefined, size: number): DataError {
  if (signature === 'feather-v1') {
    return new DataError('format', 'is a Feather V1 file, expected V2; write it with version=2')
  }
  const found = size === 0 ? 'is empty' : 'is not Arrow IPC data'
  return new DataError('format', `${found}, expected an Arrow IPC file or stream; check what wrote it`)
}

function sourceOf(bytes: Bytes, table: ArrowTable, windowBytes: number): ColumnSource {
  const { schema, batches } = table
  const windows = batches.flatMap((batch, i) => cutBatch(i, batch.rows, batch.bodyLength, windowBytes))
  let fingerprint: Promise<string> | undefined
  return {
    name: bytes.name,
    format: table.format,
    fields: schema.columns.map(column => column.field),
    metadata: schema.metadata,
    batches: windows.map(({ recordBatch, rows, bytes: size }) => ({
      rows: rows.end - rows.start,
      bytes: size,
      continues: rows.start > 0 && batches[recordBatch].codec !== undefined,
    })),
    layout: layoutOf(table, windows.length),
    codecs: codecsOf(table),
    fingerprint: () => (fingerprint ??= fingerprintBytes(bytes, `arrow windows of ${windowBytes}`)),
    read: (columns, range, signal) => readWindows(bytes, table, windows, columns, range, signal),
    close: () => bytes.close(),
  }
}

function codecsOf({ batches, dictionaries }: ArrowTable): BodyCodec[] {
  return [...new Set([...batches, ...dictionaries].flatMap(({ codec }) => codec ?? []))]
}

function layoutOf({ batches, dictionaries }: ArrowTable, windows: number): string {
  const parts = [counted(batches.length, 'record batch', 'record batches')]
  if (dictionaries.length > 0)
    parts.push(counted(dictionaries.length, 'dictionary batch', 'dictionary batches'))
  if (windows > batches.length) parts.push(`read in ${windows} windows of rows`)
  return parts.join(', ')
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}

async function* readWindows(
  bytes: Bytes,
  table: ArrowTable,
  windows: readonly BatchWindow[],
  names: readonly string[],
  range: Range = { start: 0, end: windows.length },
  signal?: AbortSignal,
): AsyncGenerator<ColumnBatch, void, undefined> {
  const columns = pickColumns(table.schema, names, bytes.name)
  const loader = new Loader(bytes, table, columns)
  const arenas = [borrowArena(), borrowArena()]
  const load = async (index: number, row: number): Promise<ColumnBatch> => {
    const window = windows[index]
    try {
      const loaded = await loader.load(window, arenas[index % 2])
      return { index, rows: { start: row, end: row + sizeOf(window) }, columns: loaded }
    } catch (error) {
      throw asDataError(error, 'damaged', { file: bytes.name, batch: index })
    }
  }
  let row = 0
  for (const window of windows.slice(0, range.start)) row += sizeOf(window)
  // One window is read ahead while another is consumed, into the other memory.
  let ahead: Promise<ColumnBatch> | undefined
  try {
    for (let index = range.start; index < range.end; index++) {
      signal?.throwIfAborted()
      const current: ColumnBatch = await (ahead ?? load(index, row))
      row = current.rows.end
      ahead = index + 1 < range.end && worthwhile(table, windows, index) ? load(index + 1, row) : undefined
      // An error in what was read ahead belongs to the next turn.
      ahead?.catch(() => {})
      yield current
    }
  } finally {
    // Nothing may be read from a file that is about to be closed, nor into memory that is given up.
    await ahead?.catch(() => {})
    await loader.settle()
    arenas.forEach(returnArena)
  }
}

function sizeOf(window: BatchWindow): number {
  return window.rows.end - window.rows.start
}

/** Two large compressed batches in memory at once would double what reading takes. */
const MAX_INFLATED_AHEAD = 32 * 2 ** 20

/** Whether to read the window behind `index` ahead. */
function worthwhile(table: ArrowTable, windows: readonly BatchWindow[], index: number): boolean {
  const next = windows[index + 1].recordBatch
  const { codec, bodyLength } = table.batches[next]
  return next === windows[index].recordBatch || codec === undefined || bodyLength <= MAX_INFLATED_AHEAD
}
