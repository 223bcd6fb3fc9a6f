import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { badRecord } from '../core/errors.js'
import type { MapElement, MapRows, MapValues, MapWriter } from '../core/map-table.js'
import { locusOf } from '../dna/locus.js'
import { temporaryPath } from '../io/temporary-files.js'

/**
 * What programs read: `regions` is one archive with `sequences`, `contributions` and, if every id names a place on the forward strand, the
 * coordinates of Fi-NeMo; `ohe` and `attr` are one array `arr_0` of sequences or maps, as tfmodisco-lite reads.
 */
export type NpzKind = 'regions' | 'ohe' | 'attr'

export interface NpzOptions {
  readonly element: MapElement
  /** The file to be, next to which arrays are kept until all of them are whole. */
  readonly beside: string
}

/** A file of maps whose bytes are known once all rows are in. */
export interface NpzWriter extends MapWriter {
  /** The bytes of an archive. */
  archive(kind: NpzKind): AsyncIterable<Uint8Array>
  /** Removes what was kept. */
  close(): void
}

const TYPES: { readonly [element in MapElement]: string } = { float16: '<f2', float32: '<f4', float64: '<f8' }

/** Time of all entries, so that equal maps give equal bytes. */
const TIME = new Date(1980, 0, 1)

/**
 * Maps as arrays of shape (N, 4, L), sequences one-hot as int8 (N is 0 in all channels), in an npz archive that is not compressed. Arrays
 * follow one another in it, so each goes to a temporary file first: memory holds a group of maps.
 *
 * Errors: `record`, for maps of different lengths; `io`.
 */
export function mapRowsNpz({ element, beside }: NpzOptions): NpzWriter {
  const spools = new Spools(beside)
  let length: number | undefined
  let first = ''
  let count = 0
  const chromosomes = new Map<string, number>()
  let hasPlaces = true
  let longest = 1

  function take({ ids, offsets, letters, attributions = new Float32Array(0) }: MapRows): void {
    for (let row = 0; row < ids.length; row++) {
      const [start, end] = [offsets[row], offsets[row + 1]]
      if (length === undefined) [length, first] = [end - start, ids[row]]
      if (end - start !== length) {
        throw badRecord(
          'length',
          `map has ${end - start} positions, expected ${length} as in ${first}: an array of npz has one length; leave others out with --where 'length == ${length}'`,
        ).at({ id: ids[row] })
      }
      note(ids[row])
    }
    const size = length ?? 0
    spools.write('sequences', oneHot(letters, size))
    spools.write('contributions', channelsFirst(attributions, size))
    count += ids.length
  }

  /** Notes the place of a map, as long as all have one. */
  function note(id: string): void {
    if (!hasPlaces) return
    const locus = locusOf(id, length ?? 0)
    hasPlaces = locus !== undefined && locus.strand !== '-'
    if (!hasPlaces || locus === undefined) return
    let number = chromosomes.get(locus.chrom)
    if (number === undefined) chromosomes.set(locus.chrom, (number = chromosomes.size))
    spools.write('chr_id', Uint32Array.of(number))
    spools.write('start', Int32Array.of(locus.start))
    longest = Math.max(longest, Array.from(id).length)
    spools.write('peak_name', Buffer.from(`${JSON.stringify(id)}\n`))
  }

  return {
    group(rows) {
      take(rows)
      return new Uint8Array(0)
    },
    finish: () => new Uint8Array(0),
    save: () => '',
    restore: () => {},
    close: () => spools.close(),
    async *archive(kind) {
      const zip = new ZipFile()
      const add = (
        name: string,
        type: string,
        shape: readonly number[],
        body: () => AsyncIterable<Uint8Array>,
      ) => {
        const header = npyHeader(type, shape)
        const bytes = shape.reduce((product, size) => product * size, itemBytes(type))
        async function* all() {
          yield header
          yield* body()
        }
        const options = { compress: false, mtime: TIME, forceDosTimestamp: true, size: header.length + bytes }
        zip.addReadStreamLazy(`${name}.npy`, options, done => done(null, Readable.from(all())))
      }
      const maps = [count, 4, length ?? 0]
      const named = (name: string) => (kind === 'regions' ? name : 'arr_0')
      if (kind !== 'attr') add(named('sequences'), '|i1', maps, () => spools.read('sequences'))
      if (kind !== 'ohe')
        add(named('contributions'), TYPES[element], maps, () => spools.read('contributions'))
      if (kind === 'regions' && hasPlaces && count > 0) {
        const names = [...chromosomes.keys()]
        const width = Math.max(...names.map(name => Array.from(name).length))
        add('chr', `<U${width}`, [count], () => chromosomeTexts(spools.read('chr_id'), names, width))
        add('chr_id', '<u4', [count], () => spools.read('chr_id'))
        add('start', '<i4', [count], () => spools.read('start'))
        add('peak_id', '<u4', [count], () => numbers(count))
        add('peak_name', `<U${longest}`, [count], () => textsOf(spools.read('peak_name'), longest))
      }
      zip.end()
      yield* zip.outputStream as AsyncIterable<Uint8Array>
    },
  }
}

/** Arrays while they are gathered, each in a temporary file. */
class Spools {
  private readonly files = new Map<string, { readonly path: string; readonly handle: number }>()
  private readonly remove = () => this.close()

  constructor(private readonly beside: string) {
    process.once('exit', this.remove)
  }

  write(name: string, data: NodeJS.ArrayBufferView): void {
    let file = this.files.get(name)
    if (file === undefined) {
      const path = temporaryPath(this.beside)
      file = { path, handle: openSync(path, 'wx') }
      this.files.set(name, file)
    }
    for (let at = 0; at < data.byteLength; ) {
      at += writeSync(file.handle, new Uint8Array(data.buffer, data.byteOffset + at, data.byteLength - at))
    }
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    const file = this.files.get(name)
    if (file !== undefined)
      yield* createReadStream(file.path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array>
  }

  close(): void {
    process.off('exit', this.remove)
    for (const { path, handle } of this.files.values()) {
      closeSync(handle)
      rmSync(path, { force: true })
    }
    this.files.clear()
  }
}

/** Letters of maps, one after another, as one-hot channels by position. */
function oneHot(letters: Uint8Array, length: number): Int8Array {
  const hot = new Int8Array(4 * letters.length)
  for (let i = 0; i < letters.length; i++) {
    const channel = 'ACGT'.indexOf(String.fromCharCode(letters[i]))
    const position = i % length
    if (channel >= 0) hot[4 * (i - position) + channel * length + position] = 1
  }
  return hot
}

/** Maps, one after another, as channels by position in place of positions by channel. */
function channelsFirst(values: MapValues, length: number): MapValues {
  const turned = values.slice()
  const size = 4 * length
  for (let map = 0; map < values.length; map += size) {
    for (let i = 0; i < length; i++) {
      for (let b = 0; b < 4; b++) turned[map + b * length + i] = values[map + 4 * i + b]
    }
  }
  return turned
}

/** The header of an npy array in C order, of version 1, padded to 64 bytes as NumPy does. */
function npyHeader(type: string, shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const header = Buffer.alloc(10 + length, ' ')
  header.write('\u0093NUMPY\u0001\u0000', 0, 'latin1')
  header.writeUInt16LE(length, 8)
  header.write(text, 10, 'latin1')
  header[header.length - 1] = 10
  return header
}

function itemBytes(type: string): number {
  const size = Number(type.slice(2))
  return type[1] === 'U' ? 4 * size : size
}

/** Texts of one width, as UTF-32 filled up with 0. */
function fixedText(text: string, width: number): Uint8Array {
  const codes = new Uint32Array(width)
  for (const [i, character] of Array.from(text).entries()) codes[i] = character.codePointAt(0) ?? 0
  return new Uint8Array(codes.buffer)
}

async function* chromosomeTexts(
  numbers: AsyncIterable<Uint8Array>,
  names: readonly string[],
  width: number,
): AsyncGenerator<Uint8Array> {
  const texts = names.map(name => fixedText(name, width))
  for await (const bytes of numbers) {
    const all = new Uint32Array(Uint8Array.from(bytes).buffer)
    yield Buffer.concat(Array.from(all, number => texts[number]))
  }
}

/** JSON strings, one a line, as texts of one width. */
async function* textsOf(lines: AsyncIterable<Uint8Array>, width: number): AsyncGenerator<Uint8Array> {
  const { createInterface } = await import('node:readline')
  for await (const line of createInterface({ input: Readable.from(lines) })) {
    yield fixedText(JSON.parse(line) as string, width)
  }
}

/** 0 to count - 1. */
async function* numbers(count: number): AsyncGenerator<Uint8Array> {
  const step = 2 ** 16
  for (let start = 0; start < count; start += step) {
    const some = Uint32Array.from({ length: Math.min(step, count - start) }, (_, i) => start + i)
    yield new Uint8Array(some.buffer)
  }
}
