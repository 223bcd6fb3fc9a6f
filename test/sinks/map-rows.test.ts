import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readParquet } from 'parquet-wasm'
import { tableFromIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import type { MapElement, MapRows, MapTable, MapValues, MapWriter } from '../../src/core/map-table.js'
import { encodeBases } from '../../src/dna/bases.js'
import { openMaps } from '../../src/sources/open-maps.js'
import { mapRowsArrow } from '../../src/sinks/map-rows-arrow.js'
import { mapRowsParquet } from '../../src/sinks/map-rows-parquet.js'
import { temporaryFolder } from '../support/cli.js'

const folder = temporaryFolder()

const ARRAYS = { float16: Uint16Array, float32: Float32Array, float64: Float64Array }
/** Bits of the halves 1, 2, 0.25 and -0.5. */
const HALVES = [0x3c00, 0x4000, 0x3400, 0xb800]
const NUMBERS = [1, 2, 0.25, -0.5]

/** Rows of these sequences; value p of a map is the p-th of four numbers in turn, from `shift` on. */
function rowsOf(element: MapElement, ids: string[], sequences: string[], shift = 0): MapRows {
  const offsets = new Int32Array(sequences.length + 1)
  for (const [row, text] of sequences.entries()) offsets[row + 1] = offsets[row] + text.length
  const size = 4 * offsets[sequences.length]
  const values = (start: number): MapValues => {
    const array = new ARRAYS[element](size)
    const numbers = element === 'float16' ? HALVES : NUMBERS
    for (let p = 0; p < size; p++) array[p] = numbers[(p + start) % 4]
    return array
  }
  return {
    ids,
    offsets,
    letters: Buffer.from(sequences.join('')),
    attributions: values(shift),
    truth: { offsets: offsets.map(at => 4 * at), values: values(1) },
  }
}

type MakeWriter = (table: MapTable) => MapWriter | Promise<MapWriter>

async function encode(make: MakeWriter, table: MapTable, batches: readonly MapRows[]): Promise<Uint8Array> {
  const writer = await make(table)
  return Buffer.concat([...batches.map(rows => writer.group(rows)), writer.finish()])
}

const tableOf = (element: MapElement): MapTable => ({
  element,
  truth: { element, optional: false },
  metadata: { producer: 'test' },
})
const WRITERS: { readonly [name: string]: MakeWriter } = {
  Arrow: table => mapRowsArrow(table),
  'an Arrow stream': table => mapRowsArrow(table, { form: 'stream' }),
  Parquet: mapRowsParquet,
}

describe.each(Object.entries(WRITERS))('maps as %s', (name, writer) => {
  for (const element of ['float16', 'float32', 'float64'] as const) {
    it(`are read back as they were: ${element}`, async () => {
      const path = join(folder, `${name}-${element}`)
      const table = tableOf(element)
      const sequences = ['ACGTN', '', 'TTTTTTTTTTTTTTTT', 'G']
      const first = rowsOf(element, ['a', 'ß,"1"', '', 'd'], sequences)
      const second = rowsOf(element, ['e'], ['CATCAT'], 2)
      writeFileSync(path, await encode(writer, table, [first, second]))
      const source = await openMaps(path, { truth: true })
      const found: { id: string; sequence: number[]; attribution: number[]; truth: number[] }[] = []
      for await (const batch of source.read()) {
        batch.forEach(({ id, sequence, attribution, truth }) =>
          found.push({
            id,
            sequence: [...sequence],
            attribution: [...attribution],
            truth: [...(truth?.values ?? [])],
          }),
        )
      }
      await source.close()
      const numbers = (length: number, start: number) =>
        Array.from({ length: 4 * length }, (_, p) => NUMBERS[(p + start) % 4])
      expect(found).toEqual(
        [...sequences, 'CATCAT'].map((text, row) => ({
          id: ['a', 'ß,"1"', '', 'd', 'e'][row],
          sequence: [...encodeBases(text)],
          attribution: numbers(text.length, row === 4 ? 2 : 0),
          truth: numbers(text.length, 1),
        })),
      )
    })
  }

  it('are of many pages where they are large, and of no rows where there are none', async () => {
    const long = 'ACGT'.repeat(20_000)
    const rows = rowsOf('float32', ['0', '1', '2', '3'], [long, long.slice(0, 99), long, long])
    for (const batches of [[rows], []]) {
      const path = join(folder, `${name}-${batches.length}`)
      writeFileSync(path, await encode(writer, tableOf('float32'), batches))
      const source = await openMaps(path)
      const lengths: number[] = []
      let sum = 0
      for await (const batch of source.read()) {
        batch.forEach(({ sequence, attribution }) => {
          lengths.push(sequence.length)
          for (const value of attribution) sum += value
        })
      }
      await source.close()
      expect(lengths).toEqual(batches.length === 0 ? [] : [80_000, 99, 80_000, 80_000])
      expect(sum).toBe(batches.length === 0 ? 0 : 240_099 * 2.75)
    }
  })
})

it('Parquet of maps is read by another implementation, and names its axes', async () => {
  const bytes = await encode(mapRowsParquet, tableOf('float32'), [
    rowsOf('float32', ['x', 'y'], ['ACG', 'T']),
  ])
  const table = tableFromIPC(readParquet(bytes).intoIPCStream())
  expect(table.numRows).toBe(2)
  expect(table.getChild('sequence')?.toJSON()).toEqual(['ACG', 'T'])
  expect([...(table.getChild('attributions')?.get(1) ?? [])]).toEqual([1, 2, 0.25, -0.5])
  expect(table.schema.metadata.get('attrstream.axes')).toBe('L4')
  expect(table.schema.metadata.get('producer')).toBe('test')
})

it('equal rows give equal bytes', async () => {
  for (const make of [mapRowsArrow, mapRowsParquet]) {
    const rows = [rowsOf('float64', ['x', 'y'], ['ACG', 'T'])]
    const [one, two] = [
      await encode(make, tableOf('float64'), rows),
      await encode(make, tableOf('float64'), rows),
    ]
    expect(Buffer.compare(one, two)).toBe(0)
  }
})

it.each(Object.entries(WRITERS))('another process goes on with %s to equal bytes', async (_name, make) => {
  const table = tableOf('float32')
  const groups = [rowsOf('float32', ['x', 'y'], ['ACG', 'T']), rowsOf('float32', ['z'], ['CATCAT'], 2)]
  const one = await make(table)
  const begun = one.group(groups[0])
  const other = await make(table)
  other.group(groups[1]) // what it may have done before
  other.restore(one.save())
  const bytes = Buffer.concat([begun, other.group(groups[1]), other.finish()])
  expect(bytes.equals(await encode(make, table, groups))).toBe(true)
})

it('models and truth that only some rows have are read by other implementations', async () => {
  const table: MapTable = {
    element: 'float32',
    truth: { element: 'float32', optional: true },
    model: 'net',
    metadata: {},
  }
  const plain = rowsOf('float32', ['x', 'y', 'z'], ['AC', 'T', 'G'])
  const truth = {
    offsets: Int32Array.of(0, 2, 2, 3),
    values: Float32Array.of(1, 0, 1),
    nulls: Uint8Array.of(0, 1, 0),
  }
  const rows: MapRows = { ...plain, truth, models: ['a', 'b', 'a'] }
  for (const make of [mapRowsArrow, mapRowsParquet]) {
    const bytes = await encode(make, table, [rows])
    const read = tableFromIPC(make === mapRowsArrow ? bytes : readParquet(bytes).intoIPCStream())
    expect(read.schema.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
      ['id', false],
      ['sequence', false],
      ['attributions', false],
      ['truth', true],
      ['net', false],
    ])
    expect(read.getChild('net')?.toJSON()).toEqual(['a', 'b', 'a'])
    const truths = Array.from(
      read.getChild('truth') ?? [],
      (list: Iterable<number> | null) => list && [...list],
    )
    expect(truths).toEqual([[1, 0], null, [1]])
  }
})
