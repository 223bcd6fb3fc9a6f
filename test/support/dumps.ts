import { writeFileSync } from 'node:fs'
import {
  Field,
  FixedSizeList,
  Float32,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { Compression, Table, writeParquet, WriterPropertiesBuilder } from 'parquet-wasm'

/** A made-up record, as tests write it to files. */
export interface DumpRecord {
  readonly id: string
  readonly net: string
  /** A null row where it is null. */
  readonly sequence: string | null
  /** 4·L, position by channel. */
  readonly attributions: Float32Array
}

/** Random numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number in [low, high]. */
export function between(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

export function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = between(random, 0, i)
    ;[out[i], out[j]] = [out[j], out[i]]
  }
  return out
}

/** Records of two networks with stretches of large values, so that there are runs to count; a few N and a dead map. */
export function makeRecords(count: number, length: number, seed = 1): DumpRecord[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, (_, row) => {
    const attributions = new Float32Array(4 * length)
    let sequence = ''
    let stretch = 0
    let height = 1
    for (let i = 0; i < length; i++) {
      sequence += random() < 0.002 ? 'N' : 'ACGT'[between(random, 0, 3)]
      if (stretch > 0) stretch--
      else {
        height = 1
        if (random() < 0.02) {
          stretch = between(random, 6, 20)
          height = between(random, 2, 9)
        }
      }
      for (let base = 0; base < 4; base++) attributions[4 * i + base] = height * (random() + random() - 1)
    }
    if (row === 7) attributions.fill(0)
    return { id: `chr1:${row * length}`, net: random() < 0.4 ? 'left' : 'right', sequence, attributions }
  })
}

const POSITION = new FixedSizeList(4, new Field('item', new Float32(), false))
const MAPS = new List(new Field('item', POSITION, false))

export interface FileShape {
  /** Rows of an Arrow batch or a Parquet row group. */
  readonly rows: number
  /** Whether the file has a column of ids; otherwise rows are counted. */
  readonly ids?: boolean
}

/** Writes records as an Arrow file or stream, or as Parquet, as the name ends. */
export function writeDump(
  path: string,
  records: readonly DumpRecord[],
  { rows, ids = true }: FileShape,
): void {
  const fields = [
    ...(ids ? [new Field('id', new Utf8(), false)] : []),
    new Field('net', new Utf8(), false),
    new Field('sequence', new Utf8(), true),
    new Field('attributions', MAPS, false),
  ]
  const schema = new Schema(fields)
  const parquet = path.endsWith('.parquet')
  const step = parquet ? Math.max(1, records.length) : rows
  const batches: RecordBatch[] = []
  for (let start = 0; start < records.length; start += step) {
    const part = records.slice(start, start + step)
    const children = [
      ...(ids ? [textData(part.map(({ id }) => id))] : []),
      textData(part.map(({ net }) => net)),
      textData(part.map(({ sequence }) => sequence)),
      mapsData(part),
    ]
    batches.push(
      new RecordBatch(schema, makeData({ type: new Struct(fields), length: part.length, children })),
    )
  }
  const writer = path.endsWith('.arrow') ? new RecordBatchFileWriter() : new RecordBatchStreamWriter()
  writer.reset(undefined, schema)
  for (const batch of batches) writer.write(batch)
  writer.finish()
  const bytes = writer.toUint8Array(true)
  writeFileSync(path, parquet ? toParquet(bytes, rows) : bytes)
}

function toParquet(stream: Uint8Array, rows: number): Uint8Array {
  const properties = new WriterPropertiesBuilder()
    .setMaxRowGroupSize(rows)
    .setCompression(Compression.SNAPPY)
    .build()
  return writeParquet(Table.fromIPCStream(stream), properties)
}

function mapsData(records: readonly DumpRecord[]) {
  const offsets = new Int32Array(records.length + 1)
  for (const [i, { attributions }] of records.entries()) offsets[i + 1] = offsets[i] + attributions.length / 4
  const positions = offsets[records.length]
  const values = new Float32Array(4 * positions)
  for (const [i, { attributions }] of records.entries()) values.set(attributions, 4 * offsets[i])
  const numbers = makeData({ type: new Float32(), length: values.length, data: values })
  const vectors = makeData({ type: POSITION, length: positions, child: numbers })
  return makeData({ type: MAPS, length: records.length, valueOffsets: offsets, child: vectors })
}

function textData(texts: readonly (string | null)[]) {
  const parts = texts.map(text => Buffer.from(text ?? ''))
  const nullBitmap = new Uint8Array(Math.ceil(texts.length / 8))
  for (const [i, text] of texts.entries()) if (text !== null) nullBitmap[i >> 3] |= 1 << (i & 7)
  const offsets = new Int32Array(parts.length + 1)
  for (const [i, part] of parts.entries()) offsets[i + 1] = offsets[i] + part.length
  return makeData({
    type: new Utf8(),
    length: texts.length,
    valueOffsets: offsets,
    data: Buffer.concat(parts),
    ...(texts.includes(null) ? { nullBitmap } : {}),
  })
}
