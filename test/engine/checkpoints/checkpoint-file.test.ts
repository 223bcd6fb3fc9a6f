import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import type { Arrays, Json, TypedArray } from '../../../src/core/types.js'
import { type Checkpoint, FORMAT_VERSION } from '../../../src/engine/checkpoints/checkpoint.js'
import {
  decodeCheckpoint,
  encodeCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../../../src/engine/checkpoints/checkpoint-file.js'

const SMALL: Checkpoint = {
  version: FORMAT_VERSION,
  attrstream: '0.1.0',
  pipeline: 'correct | together',
  params: { k: 6, quantile: 0.9 },
  population: 'model',
  plan: null,
  shard: null,
  inputs: [{ name: 'maps.arrow', fingerprint: 'f00d', batchCount: 3, covered: [{ start: 0, end: 2 }] }],
  records: 17,
  notes: null,
  arrays: { 'kmer/counts': Uint32Array.of(1, 2, 3), sums: Float64Array.of(0.5), flags: new Uint8Array(0) },
}

const arrays: fc.Arbitrary<Arrays> = fc.dictionary(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.oneof<fc.Arbitrary<TypedArray>[]>(
    fc.int8Array(),
    fc.uint8Array(),
    fc.int16Array(),
    fc.uint16Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array(),
    fc.float64Array(),
  ),
)
const json = fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as Json)
const covered = fc
  .uniqueArray(fc.nat(1000), { maxLength: 10 })
  .map(cuts => cuts.toSorted((a, b) => a - b))
  .map(cuts =>
    cuts.flatMap((start, i) => (i % 2 ? [] : i + 1 < cuts.length ? [{ start, end: cuts[i + 1] }] : [])),
  )
const checkpoints: fc.Arbitrary<Checkpoint> = fc.record({
  version: fc.constant(FORMAT_VERSION),
  attrstream: fc.string(),
  pipeline: fc.string(),
  params: json,
  population: fc.string(),
  plan: fc.option(fc.string()),
  shard: fc.option(fc.record({ index: fc.nat(), of: fc.nat() })),
  inputs: fc.array(
    fc.record({ name: fc.string(), fingerprint: fc.string(), batchCount: fc.constant(1000), covered }),
  ),
  records: fc.nat(),
  notes: json,
  arrays,
})

/** The code of the DataError that decoding throws; undefined where it throws none. */
function codeOf(bytes: Uint8Array): string | undefined {
  try {
    decodeCheckpoint(bytes, 'run.state')
    return undefined
  } catch (error) {
    return error instanceof DataError && error.where.file === 'run.state' ? error.code : String(error)
  }
}

describe('the file of a checkpoint', () => {
  it('holds everything: what is decoded is what was encoded, to the last bit', () => {
    fc.assert(
      fc.property(checkpoints, checkpoint => {
        const decoded = decodeCheckpoint(encodeCheckpoint(checkpoint), 'run.state')
        expect(decoded).toEqual(checkpoint)
        for (const [name, array] of Object.entries(checkpoint.arrays)) {
          expect(decoded.arrays[name].constructor).toBe(array.constructor)
          expect(bytesOf(decoded.arrays[name]).equals(bytesOf(array))).toBe(true)
        }
      }),
    )
  })

  it('has the same bytes for the same checkpoint, whatever the order of names and keys', () => {
    fc.assert(
      fc.property(checkpoints, checkpoint => {
        const other = Object.fromEntries(
          Object.entries({
            ...checkpoint,
            arrays: Object.fromEntries(Object.entries(checkpoint.arrays).toReversed()),
          }).toReversed(),
        ) as unknown as Checkpoint
        expect(Buffer.compare(encodeCheckpoint(checkpoint), encodeCheckpoint(other))).toBe(0)
      }),
    )
  })

  it('decodes from any address', () => {
    const bytes = encodeCheckpoint(SMALL)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeCheckpoint(shifted.subarray(3), 'run.state')).toEqual(SMALL)
    expect(decodeCheckpoint(Buffer.from(bytes), 'run.state').arrays.flags.constructor).toBe(Uint8Array)
  })

  it('is an Arrow file of one row, with a list column for each array', () => {
    const table = tableFromIPC(encodeCheckpoint(SMALL))
    expect(table.numRows).toBe(1)
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${String(type)}`)).toEqual([
      'flags: List<Uint8>',
      'kmer/counts: List<Uint32>',
      'sums: List<Float64>',
    ])
    expect(table.getChild('kmer/counts')?.get(0)?.toJSON()).toEqual([1, 2, 3])
    expect(table.schema.metadata.get('attrstream.format')).toBe('checkpoint')
    expect(table.schema.metadata.get('attrstream.version')).toBe(String(FORMAT_VERSION))
    expect(JSON.parse(table.schema.metadata.get('attrstream.header') ?? '')).toMatchObject({ records: 17 })
  })

  it('has a checksum that others can check: the SHA-256 of the file with zeros for its digits', () => {
    const bytes = Buffer.from(encodeCheckpoint(SMALL))
    const [checksum, digits] = /sha256:([0-9a-f]{64})/.exec(bytes.toString('latin1')) ?? ['', '']
    expect(tableFromIPC(bytes).schema.metadata.get('attrstream.checksum')).toBe(checksum)
    bytes.write('0'.repeat(64), bytes.indexOf(digits))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digits)
  })

  it('takes the text of a checksum in its header and arrays for what it is', () => {
    const text = `sha256:${'0'.repeat(64)}`
    const arrays = { bytes: Uint8Array.from([71, 0, 0, 0, ...Buffer.from(text)]) }
    const checkpoint = { ...SMALL, notes: [text], population: text, arrays }
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), 'run.state')).toEqual(checkpoint)
  })

  it('is damaged wherever a byte is changed', () => {
    const bytes = encodeCheckpoint(SMALL)
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 128, 255]) {
        bytes[at] ^= flip
        expect(`${at} ${codeOf(bytes)}`).toBe(`${at} damaged`)
        bytes[at] ^= flip
      }
    }
    expect(codeOf(bytes)).toBeUndefined()
  })

  it('is damaged wherever it is cut off, and where something follows it', () => {
    const bytes = encodeCheckpoint(SMALL)
    for (let end = 0; end < bytes.length; end++) {
      expect(`${end} ${codeOf(bytes.subarray(0, end))}`).toBe(`${end} damaged`)
    }
    expect(codeOf(Uint8Array.from([...bytes, 0]))).toBe('damaged')
  })

  it('is told from other files', () => {
    expect(codeOf(tableToIPC(tableFromArrays({ id: ['a'] }), 'file'))).toBe('format')
    expect(codeOf(tableToIPC(tableFromArrays({ id: ['a'] }), 'stream'))).toBe('format')
    expect(codeOf(Buffer.from('PAR1 and so on, until PAR1'))).toBe('format')
    expect(codeOf(Buffer.from('{}'))).toBe('format')
  })

  it.each([FORMAT_VERSION - 1, FORMAT_VERSION + 1])('of format version %i is refused as such', version => {
    expect(codeOf(encodeCheckpoint({ ...SMALL, version }))).toBe('mismatch')
  })

  it('whose ranges contradict its batches is damaged, checksum or not', () => {
    const input = SMALL.inputs[0]
    for (const covered of [[{ start: 0, end: 4 }], [{ start: 2, end: 1 }], [{ start: -1, end: 1 }]]) {
      expect(codeOf(encodeCheckpoint({ ...SMALL, inputs: [{ ...input, covered }] }))).toBe('damaged')
    }
  })
})

describe('saving and loading checkpoints', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'attrstream-'))
    path = join(folder, 'run.state')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const messageOf = (): Promise<string> =>
    loadCheckpoint(path).then(
      () => 'no error',
      (error: unknown) => (error instanceof DataError ? `${error.code} ${error.message}` : 'no DataError'),
    )

  it('there is none where there is no file', async () => {
    expect(await loadCheckpoint(path)).toBeUndefined()
    expect(await loadCheckpoint(join(folder, 'no', 'such'))).toBeUndefined()
  })

  it('the last one stands at the path and the one before beside it', async () => {
    await saveCheckpoint(path, SMALL)
    expect(await readdir(folder)).toEqual(['run.state'])
    await saveCheckpoint(path, { ...SMALL, records: 18 })
    await saveCheckpoint(path, { ...SMALL, records: 19 })
    expect(await readdir(folder)).toEqual(['run.state', 'run.state.previous'])
    expect((await loadCheckpoint(path))?.records).toBe(19)
    expect((await loadCheckpoint(`${path}.previous`))?.records).toBe(18)
  })

  it('keeps none beside it where told so', async () => {
    await saveCheckpoint(path, SMALL)
    await saveCheckpoint(path, SMALL, { keepPrevious: false })
    expect(await readdir(folder)).toEqual(['run.state'])
  })

  it('takes the arrays as they are when it is called', async () => {
    const counts = Uint32Array.of(1, 2, 3)
    const saved = saveCheckpoint(path, { ...SMALL, arrays: { counts } })
    counts.fill(9)
    await saved
    expect((await loadCheckpoint(path))?.arrays).toEqual({ counts: Uint32Array.of(1, 2, 3) })
  })

  it('a damaged one is an error that names a good previous one', async () => {
    await saveCheckpoint(path, SMALL)
    await copyFile(path, `${path}.previous`)
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, bytes.length - 20))
    expect(await messageOf()).toBe(
      `damaged ${path}: is a damaged checkpoint: its bytes do not give its checksum; the previous checkpoint ${path}.previous is intact: rename it to resume from there`,
    )
    await writeFile(`${path}.previous`, 'damaged too')
    expect(await messageOf()).toMatch(/; move it away to start over$/)
    await rm(`${path}.previous`)
    expect(await messageOf()).toMatch(/; move it away to start over$/)
  })

  it('a foreign file and a folder are errors that name them', async () => {
    await writeFile(path, 'a letter')
    expect(await messageOf()).toBe(`format ${path}: is not a checkpoint; give another file`)
    path = folder
    expect(await messageOf()).toMatch(`${folder}: is a directory`)
  })
})

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
