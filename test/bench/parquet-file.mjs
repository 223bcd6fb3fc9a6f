import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { makeBatch, ROWS_PER_BATCH } from './maps.mjs'

/**
 * Rows in a row group: DuckDB holds a whole one while it writes, so not its default of 122,880, which would be 4 GB at
 * L = 2,048.
 */
const ROW_GROUP_BYTES = 128 * 2 ** 20

/** Parquet twins of the dump, one a codec: a plain file, written page by page, that DuckDB writes again compressed. */
export async function writeParquet(paths, batches, length) {
  const plain = `${Object.values(paths)[0]}.plain`
  await writePlain(plain, batches, length)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run('SET preserve_insertion_order = true')
  await connection.run('SET threads = 1')
  const rows = Math.max(2048, Math.round(ROW_GROUP_BYTES / (16 * length) / 2048) * 2048)
  for (const [codec, path] of Object.entries(paths)) {
    await connection.run(
      `COPY (SELECT * FROM read_parquet('${plain}')) TO '${path}.part' (FORMAT parquet, COMPRESSION ${codec},` +
        ` ROW_GROUP_SIZE ${rows}, KV_METADATA {'attrstream.axes': 'L4'})`,
    )
    await rename(`${path}.part`, path)
  }
  connection.closeSync()
  await rm(plain)
}

/** An uncompressed Parquet file with one page a column and batch of rows: id, sequence, attributions (list of float). */
async function writePlain(path, batches, length) {
  const file = createWriteStream(path)
  let position = 0
  const write = async (...parts) => {
    for (const part of parts) {
      position += part.length
      if (!file.write(part)) await once(file, 'drain')
    }
  }
  const rows = ROWS_PER_BATCH
  const groups = []
  await write(Buffer.from('PAR1'))
  for (let index = 0; index < batches; index++) {
    const { ids, letters, values } = makeBatch(index, rows, length)
    const texts = Array.from({ length: rows }, (_, row) => letters.subarray(row * length, (row + 1) * length))
    const columns = [
      { path: ['id'], type: BYTE_ARRAY, count: rows, body: byteArrays(ids.map(id => Buffer.from(id))) },
      { path: ['sequence'], type: BYTE_ARRAY, count: rows, body: byteArrays(texts) },
      {
        path: ['attributions', 'list', 'element'],
        type: FLOAT,
        count: values.length,
        body: Buffer.concat([...listLevels(rows, 4 * length), new Uint8Array(values.buffer)]),
      },
    ]
    for (const column of columns) {
      column.offset = position
      const head = pageHeader(column)
      column.size = head.length + column.body.length
      await write(head, column.body)
      delete column.body
    }
    groups.push({ rows, columns })
  }
  const footer = fileMetadata(groups)
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(footer.length)
  tail.write('PAR1', 4)
  await write(footer, tail)
  file.end()
  await finished(file)
}

const FLOAT = 4
const BYTE_ARRAY = 6

function byteArrays(parts) {
  const sizes = parts.map(part => {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(part.length)
    return size
  })
  return Buffer.concat(parts.flatMap((part, i) => [sizes[i], part]))
}

/** Repetition and definition levels of full lists: runs of a 0 and then 1s, and all 1s. */
function listLevels(rows, size) {
  const row = [...varint(1 << 1), 0, ...varint((size - 1) * 2), 1]
  const repetition = Buffer.from(Array.from({ length: rows }, () => row).flat())
  return [repetition, Buffer.from([...varint(rows * size * 2), 1])].flatMap(levels => {
    const head = Buffer.alloc(4)
    head.writeUInt32LE(levels.length)
    return [head, levels]
  })
}

// Thrift's compact protocol, as far as a footer and page heads need it: a struct is a list of [field id, value].

function varint(value) {
  const bytes = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  bytes.push(value)
  return bytes
}

const i32 = value => ({ type: 5, bytes: varint(value * 2) })
const i64 = value => ({ type: 6, bytes: varint(value * 2) })
const text = value => ({ type: 8, bytes: [...varint(Buffer.byteLength(value)), ...Buffer.from(value)] })
const list = values => ({
  type: 9,
  bytes: [
    ...(values.length < 15 ? [(values.length << 4) | values[0].type] : [0xf0 | values[0].type, ...varint(values.length)]),
    ...values.flatMap(value => value.bytes),
  ],
})
const struct = fields => ({
  type: 12,
  bytes: [...fields.flatMap(([id, value], i) => [((id - (fields[i - 1]?.[0] ?? 0)) << 4) | value.type, ...value.bytes]), 0],
})

function pageHeader({ count, body }) {
  // DATA_PAGE; PLAIN values, RLE levels.
  const data = struct([[1, i32(count)], [2, i32(0)], [3, i32(3)], [4, i32(3)]])
  return Buffer.from(struct([[1, i32(0)], [2, i32(body.length)], [3, i32(body.length)], [5, data]]).bytes)
}

function fileMetadata(groups) {
  const required = 0
  const repeated = 2
  const schema = [
    struct([[4, text('schema')], [5, i32(3)]]),
    struct([[1, i32(BYTE_ARRAY)], [3, i32(required)], [4, text('id')], [6, i32(0)]]),
    struct([[1, i32(BYTE_ARRAY)], [3, i32(required)], [4, text('sequence')], [6, i32(0)]]),
    struct([[3, i32(required)], [4, text('attributions')], [5, i32(1)], [6, i32(3)]]),
    struct([[3, i32(repeated)], [4, text('list')], [5, i32(1)]]),
    struct([[1, i32(FLOAT)], [3, i32(required)], [4, text('element')]]),
  ]
  const chunk = ({ path, type, count, offset, size }) =>
    struct([
      [2, i64(offset)],
      [
        3,
        struct([
          [1, i32(type)],
          [2, list([i32(0), i32(3)])],
          [3, list(path.map(text))],
          [4, i32(0)],
          [5, i64(count)],
          [6, i64(size)],
          [7, i64(size)],
          [9, i64(offset)],
        ]),
      ],
    ])
  const group = ({ rows, columns }) =>
    struct([
      [1, list(columns.map(chunk))],
      [2, i64(columns.reduce((sum, { size }) => sum + size, 0))],
      [3, i64(rows)],
    ])
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  return Buffer.from(struct([[1, i32(1)], [2, list(schema)], [3, i64(rows)], [4, list(groups.map(group))]]).bytes)
}
