import { ParquetRowGroupWriter } from '../sinks/parquet-writer.js'

/** A bad record in quarantine. */
export interface BadRecordRow {
  /** Name of its file, `-` for a pipe. */
  readonly file: string
  /** Row of the file, from 0. */
  readonly row: number
  /** Null where the id itself is null. */
  readonly id: string | null
  readonly reason: string
  /** What is wrong, in words. */
  readonly message: string
  /** All that was read of the row, as JSON. */
  readonly record: string
}

/** Characters of a row group, about: one map of 200,000 positions has some 10 million. */
const GROUP = 2 ** 23

const TEXTS = ['file', 'id', 'reason', 'message', 'record'] as const

const SCHEMA = [
  { name: 'schema', num_children: 6 },
  text('file', 'REQUIRED'),
  { name: 'row', type: 'INT64', repetition_type: 'REQUIRED' },
  text('id', 'OPTIONAL'),
  text('reason', 'REQUIRED'),
  text('message', 'REQUIRED'),
  text('record', 'REQUIRED'),
] as const

/** Bad records as a Parquet file, in row groups of some 8 MB. */
export async function* quarantineParquet(rows: AsyncIterable<BadRecordRow>): AsyncGenerator<Uint8Array> {
  const file = await ParquetRowGroupWriter.of(
    SCHEMA,
    new Map([['attrstream.schema', 'attrstream.quarantine/1']]),
  )
  let group: BadRecordRow[] = []
  let size = 0
  for await (const row of rows) {
    group.push(row)
    size += row.record.length
    if (size < GROUP) continue
    yield file.group(columnsOf(group))
    group = []
    size = 0
  }
  if (group.length > 0) yield file.group(columnsOf(group))
  yield file.finish()
}

function columnsOf(rows: readonly BadRecordRow[]) {
  const texts = TEXTS.map(name => ({ name, data: rows.map(row => row[name]) }))
  const numbers = { name: 'row', data: rows.map(({ row }) => BigInt(row)) }
  return [texts[0], numbers, ...texts.slice(1)]
}

function text(name: string, repetition_type: 'REQUIRED' | 'OPTIONAL') {
  return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type } as const
}
