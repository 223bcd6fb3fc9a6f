import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Field, FixedSizeList, Float32, Schema } from 'apache-arrow'
import * as metadata from 'apache-arrow/ipc/metadata/message'
import { afterAll, expect, test } from 'vitest'
import { openArrow } from '../../../src/sources/arrow/index.js'

/** 800,000 bytes a row: positions of 200,000 bases with one value each. */
const WIDTH = 200_000
const ROWS = 4000
const COLUMN = ROWS * WIDTH * 4

const folders: string[] = []
afterAll(() => Promise.all(folders.map(folder => rm(folder, { recursive: true, force: true }))))

/** A stream of one record batch of two columns of 3.2 GB each, all zeros but for the last value of each: a sparse file. */
async function writeSparse(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'arrow-large-'))
  folders.push(folder)
  const path = join(folder, 'one-batch.arrows')
  const type = new FixedSizeList(WIDTH, new Field('item', new Float32()))
  const schema = new Schema([new Field('first', type), new Field('second', type)])
  const lengths = [ROWS, ROWS * WIDTH, ROWS, ROWS * WIDTH]
  const nodes = lengths.map(length => new metadata.FieldNode(length, 0))
  const buffers = [0, COLUMN].flatMap(at => [0, 0, COLUMN].map(size => new metadata.BufferRegion(at, size)))
  const batch = new metadata.RecordBatch(ROWS, nodes, buffers, null)
  const file = await open(path, 'w')
  let position = 0
  const write = async (message: metadata.Message) => {
    const bytes = metadata.Message.encode(message)
    const padded = Math.ceil(bytes.length / 8) * 8
    const head = Buffer.alloc(8 + padded)
    head.writeInt32LE(-1, 0)
    head.writeInt32LE(padded, 4)
    head.set(bytes, 8)
    await file.write(head, 0, head.length, position)
    position += head.length
  }
  await write(metadata.Message.from(schema))
  await write(metadata.Message.from(batch, 2 * COLUMN))
  const value = Buffer.alloc(4)
  for (const column of [1, 2]) {
    value.writeFloatLE(column + 0.5)
    await file.write(value, 0, 4, position + column * COLUMN - 4)
  }
  const end = Buffer.alloc(8)
  end.writeInt32LE(-1, 0)
  await file.write(end, 0, 8, position + 2 * COLUMN)
  await file.close()
  return path
}

test('a batch of 6.4 GB is read by windows, from beyond 4 GiB too', async () => {
  const source = await openArrow(await writeSparse())
  const batches = source.batches ?? []
  expect(batches.reduce((sum, batch) => sum + batch.rows, 0)).toBe(ROWS)
  expect(Math.max(...batches.map(batch => batch.bytes))).toBeLessThan(4e6)
  let last = 0
  for await (const batch of source.read(['first', 'second'], {
    start: batches.length - 3,
    end: batches.length,
  })) {
    last = batch.rows.end
    const ends = ['first', 'second'].map(name => {
      const column = batch.columns.get(name)
      return column?.kind === 'numbers' ? column.values.at(-1) : undefined
    })
    expect(ends).toEqual(last === ROWS ? [1.5, 2.5] : [0, 0])
  }
  expect(last).toBe(ROWS)
  await source.close()
})
