import { createHash } from 'node:crypto'
import { badRecord } from '../core/errors.js'
import type { AttributionRecord } from '../core/types.js'
import { decodeBases } from '../dna/bases.js'
import { halfBits, halfTable } from './float16.js'

/** How the values of maps are stored. */
export type MapElement = 'float16' | 'float32' | 'float64'

export interface MapsShape {
  readonly element: MapElement
  /** Whether there is a column of ground truth; null where a record has none. */
  readonly truth: boolean
  /** Name of the column of models, if any. */
  readonly model: string | undefined
}

/** Lists of numbers, one a row: row r is `values[offsets[r]]` to `values[offsets[r + 1]]`. */
export interface Lists<V> {
  readonly offsets: Int32Array
  readonly values: V
}

/** Consecutive records as columns: what one record batch or row group of a file of maps holds. */
export interface MapsBatch {
  readonly rows: number
  readonly ids: readonly string[]
  /** Letters A, C, G, T and N. */
  readonly sequences: readonly string[]
  readonly models: readonly string[]
  /** Position by channel A C G T; float16 is raw bits. */
  readonly attributions: Lists<Uint16Array | Float32Array | Float64Array>
  /** L x 4 probabilities or L labels a row; a row without truth is null. */
  readonly truths: Lists<Float32Array> & { readonly nulls: Uint8Array }
  /** SHA-256, in hex, over all of it as it reads back. */
  readonly digest: string
}

/** Bytes of values of a batch: what readers and, some ten times over, the Parquet writer hold. */
const BATCH_BYTES = 2 ** 23

const ARRAYS = { float16: Uint16Array, float32: Float32Array, float64: Float64Array } as const

/** Gathers records into batches of some 8 MiB of values; a record is never split. */
export class MapsBatcher {
  private readonly records = new RecordDigest()
  private ids: string[] = []
  private sequences: string[] = []
  private models: string[] = []
  private readonly maps
  private readonly truths = new Gather(Float32Array)
  private readonly truthNulls: number[] = []

  constructor(private readonly shape: MapsShape) {
    this.maps = new Gather<Uint16Array | Float32Array | Float64Array>(ARRAYS[shape.element])
  }

  /** Adds a record; true where the batch is full then. Error: `record`, for a value that the element cannot hold. */
  add(record: AttributionRecord): boolean {
    const { element } = this.shape
    const { attribution, truth } = record
    const room = this.maps.room(attribution.length)
    for (let i = 0; i < attribution.length; i++) {
      const value = attribution[i]
      room[i] = element === 'float16' ? halfBits(value) : value
      if (element === 'float16' ? (room[i] & 0x7c00) === 0x7c00 : !Number.isFinite(room[i])) {
        throw badRecord(
          'overflow',
          `attribution at position ${i >> 2}, base ${'ACGT'[i & 3]} is ${value}, beyond ${element}; keep more bits`,
        )
      }
    }
    this.maps.added(attribution.length)
    this.ids.push(record.id)
    this.sequences.push(decodeBases(record.sequence))
    this.models.push(record.model ?? '')
    this.truthNulls.push(truth === undefined ? 1 : 0)
    if (truth !== undefined) this.truths.room(truth.values.length).set(truth.values)
    this.truths.added(truth?.values.length ?? 0)
    this.records.add(record, element === 'float16' ? decoded(room as Uint16Array) : (room as Float32Array))
    return this.maps.byteLength >= BATCH_BYTES
  }

  get rows(): number {
    return this.ids.length
  }

  /** What was gathered, and begins anew; its arrays are valid until the next record is added. */
  take(): MapsBatch {
    const batch = {
      rows: this.ids.length,
      ids: this.ids,
      sequences: this.sequences,
      models: this.models,
      attributions: this.maps.take(),
      truths: { ...this.truths.take(), nulls: Uint8Array.from(this.truthNulls) },
      digest: this.records.take(),
    }
    this.ids = []
    this.sequences = []
    this.models = []
    this.truthNulls.length = 0
    return batch
  }
}

/** SHA-256 over records: ids, sequences, models, values and ground truth, each led by its length. */
export class RecordDigest {
  private hash = createHash('sha256')

  /** @param values The map as it is stored, where that is not what the record has. */
  add(
    { id, sequence, attribution, truth, model = '' }: AttributionRecord,
    values: Float32Array | Float64Array = attribution,
  ): void {
    const parts = [Buffer.from(id), Buffer.from(model), sequence, values, truth?.values ?? new Uint8Array(0)]
    const truths = truth === undefined ? '' : Float32Array.from(truth.values)
    const sizes = parts.map(part => part.length)
    this.hash.update(`${sizes.join(' ')} ${truth?.kind ?? 'none'}\n`)
    for (const part of parts.slice(0, 4)) {
      this.hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    }
    if (truths !== '') this.hash.update(new Uint8Array(truths.buffer))
  }

  /** The digest of what was added since the last one. */
  take(): string {
    const digest = this.hash.digest('hex')
    this.hash = createHash('sha256')
    return digest
  }
}

function decoded(bits: Uint16Array): Float32Array {
  const half = halfTable()
  return Float32Array.from(bits, value => half[value])
}

/** Lists one after another in an array that grows. */
class Gather<V extends Uint16Array | Float32Array | Float64Array> {
  private values: V
  private offsets: number[] = [0]
  private size = 0

  constructor(private readonly make: new (length: number) => V) {
    this.values = new make(1024)
  }

  get byteLength(): number {
    return this.size * this.values.BYTES_PER_ELEMENT
  }

  /** Where a list of so many values is to be written. */
  room(length: number): V {
    const end = this.size + length
    if (end > this.values.length) {
      const larger = new this.make(Math.max(end, 2 * this.values.length))
      larger.set(this.values.subarray(0, this.size))
      this.values = larger
    }
    return this.values.subarray(this.size, end) as V
  }

  added(length: number): void {
    this.size += length
    this.offsets.push(this.size)
  }

  take(): Lists<V> {
    const lists = {
      offsets: Int32Array.from(this.offsets),
      values: this.values.subarray(0, this.size) as V,
    }
    this.offsets = [0]
    this.size = 0
    return lists
  }
}
