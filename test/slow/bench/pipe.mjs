/**
 * Writes an Arrow stream of any length to standard output, as fast as it is taken, to see whether memory grows:
 *
 *     node test/slow/bench/pipe.mjs --gigabytes 100 | node dist/cli/main.js score -
 *
 * Sixteen batches of maps (of --length positions, 2,048 by default) come again and again, each time under other ids, so that
 * no two records share an id. How many maps and bytes were written is told on standard error.
 */
import { parseArgs } from 'node:util'
import { RecordBatchStreamWriter } from 'apache-arrow'
import { makeBatch, ROWS_PER_BATCH } from './maps.mjs'
import { recordBatch } from './record-batches.mjs'

const DISTINCT = 16
const DIGITS = 12

const { values: flags } = parseArgs({
  options: { gigabytes: { type: 'string' }, length: { type: 'string', default: '2048' } },
})
const gigabytes = Number(flags.gigabytes)
const length = Number(flags.length)
if (!(gigabytes > 0) || !(Number.isInteger(length) && length > 0)) {
  throw new Error('expected --gigabytes N, above 0, and --length a whole number of positions')
}

const idOf = row => `map${String(row).padStart(DIGITS, '0')}`

/** A batch as a stream of its own: its messages, and where in the batch's the ids lie. */
function encode(index) {
  const ids = Array.from({ length: ROWS_PER_BATCH }, (_, row) => idOf(row))
  const batch = recordBatch({ ...makeBatch(index, ROWS_PER_BATCH, length), ids }, length)
  const stream = Buffer.from(RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true))
  const start = 8 + stream.readInt32LE(4) // of the message after the schema's: a mark, a length and so many bytes
  const message = stream.subarray(start, -8)
  return {
    schema: stream.subarray(0, start),
    message,
    ids: message.indexOf(ids.join('')),
    end: stream.subarray(-8),
  }
}

/** The bytes are another batch's once this is done: waits until they are taken. */
const write = bytes =>
  new Promise((resolve, reject) =>
    process.stdout.write(bytes, error => (error ? reject(error) : resolve(undefined))),
  )

const batches = Array.from({ length: DISTINCT }, (_, index) => encode(index))
const [{ schema, end }] = batches
let written = schema.length
let records = 0
await write(schema)
for (let i = 0; written < gigabytes * 1e9; i++) {
  const { message, ids } = batches[i % DISTINCT]
  let at = ids
  for (let row = 0; row < ROWS_PER_BATCH; row++) at += message.write(idOf(records++), at, 'latin1')
  await write(message)
  written += message.length
}
await write(end)
console.error(`${records} maps, ${((written + end.length) / 1e9).toFixed(2)} GB`)
