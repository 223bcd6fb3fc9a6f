import { createHash } from 'node:crypto'
import { badRecord } from '../core/errors.js'
import type { MapElement, MapRows, MapValues } from '../core/map-table.js'
import type { Cell, Columns, Row } from '../core/table.js'
import type { AttributionRecord } from '../core/types.js'
import { LETTER_BYTES } from '../dna/bases.js'
import { halfBits, halfTable } from '../kernels/float16.js'

export interface MapsShape {
  readonly element: MapElement
  /** Whether there is a column of ground truth; null where a record has none. */
  readonly truth: boolean
  /** Name of the column of models, if any. */
  readonly model: string | undefined
  /** Further columns of one value a row, which records have as `extra`. */
  readonly kept: Columns
}

/** What is stored of a record. */
export type MapRecord = Pick<
  AttributionRecord,
  'id' | 'sequence' | 'attribution' | 'truth' | 'model' | 'extra'
>

/** Consecutive records as rows: what one record batch or row group of a file of maps holds. */
export interface MapsBatch {
  readonly rows: MapRows
  /** SHA-256, in hex, over all of it as it reads back. */
  readonly digest: string
}

/** Bytes of values of a batch: what readers and, some ten times over, the Parquet writer hold. */
const BATCH_BYTES = 2 ** 23

const ARRAYS = { float16: Uint16Array, float32: Float32Array, float64: Float64Array } as const

/** Gathers records into batches of some 8 MiB of values; a record is never split. */
export class MapsBatcher {
  private readonly records
  private kept: Row[] = []
  private readonly keeps: boolean
  private ids: string[] = []
  private models: string[] = []
  private readonly letters = new ValueBuffer(Uint8Array)
  private readonly maps
  private readonly truths = new ValueBuffer(Float32Array)
  private readonly truthNulls: number[] = []

  constructor(private readonly shape: MapsShape) {
    this.maps = new ValueBuffer<MapValues>(ARRAYS[shape.element])
    this.records = new RecordDigest(shape.kept)
    this.keeps = Object.keys(shape.kept).length > 0
  }

  /** Adds a record; true where the batch is full then. Error: `record`, for a value that the element cannot hold. */
  add(record: MapRecord): boolean {
    const { sequence, attribution, truth } = record
    const stored = this.maps.room(attribution.length)
    const values = store(attribution, stored, this.shape.element)
    this.maps.added(attribution.length)
    this.ids.push(record.id)
    const letters = this.letters.room(sequence.length)
    for (let i = 0; i < sequence.length; i++) letters[i] = LETTER_BYTES[sequence[i]]
    this.letters.added(sequence.length)
    this.models.push(record.model ?? '')
    if (this.keeps) this.kept.push({ ...record.extra })
    this.truthNulls.push(truth === undefined ? 1 : 0)
    if (truth !== undefined) this.truths.room(truth.values.length).set(truth.values)
    this.truths.added(truth?.values.length ?? 0)
    this.records.add(record, values)
    return this.maps.byteLength >= BATCH_BYTES
  }

  get rows(): number {
    return this.ids.length
  }

  /** What was gathered, and starts over; its arrays are valid until the next record is added. */
  take(): MapsBatch {
    const { truth, model } = this.shape
    const { offsets, values: letters } = this.letters.take()
    const attributions = this.maps.take().values
    const truths = { ...this.truths.take(), nulls: Uint8Array.from(this.truthNulls) }
    const rows = {
      ids: this.ids,
      offsets,
      letters,
      attributions,
      truth: truth ? truths : undefined,
      models: model === undefined ? undefined : this.models,
      kept: this.keeps ? this.kept : undefined,
    }
    this.ids = []
    this.kept = []
    this.models = []
    this.truthNulls.length = 0
    return { rows, digest: this.records.take() }
  }
}

/** Puts a map down as it is stored; the values as they read back. Error: `record`, for one that the element cannot hold. */
function store(
  map: AttributionRecord['attribution'],
  stored: MapValues,
  element: MapElement,
): Float32Array | Float64Array {
  if (stored instanceof Uint16Array) for (let i = 0; i < map.length; i++) stored[i] = halfBits(map[i])
  else stored.set(map)
  const values = stored instanceof Uint16Array ? decoded(stored) : stored
  let rest = 0
  for (let i = 0; i < values.length; i++) rest += values[i] - values[i] // NaN by any that is not finite
  if (rest === 0) {
    if (isLost(map, values, element)) {
      throw badRecord(
        'overflow',
        `attribution is at most ${largest(map)}, too small for ${element}; keep more bits, or scale the map up`,
      )
    }
    return values
  }
  const at = values.findIndex(value => !Number.isFinite(value))
  throw badRecord(
    'overflow',
    `attribution at position ${at >> 2}, base ${'ACGT'[at & 3]} is ${map[at]}, beyond ${element}; keep more bits`,
  )
}

/** The least number that an element has with all its digits. */
const LEAST_NORMAL: { readonly [element in MapElement]: number } = {
  float16: 2 ** -14,
  float32: 2 ** -126,
  float64: 2 ** -1022,
}

/** Whether even the largest value of a map is one that the element has with fewer digits, or as 0. */
function isLost(
  map: AttributionRecord['attribution'],
  values: Float32Array | Float64Array,
  element: MapElement,
): boolean {
  const least = LEAST_NORMAL[element]
  let changed = false
  for (let i = 0; i < map.length; i++) {
    const value = Math.abs(map[i])
    if (value >= least) return false
    if (values[i] !== map[i]) changed = true
  }
  return changed
}

function largest(map: AttributionRecord['attribution']): number {
  let most = 0
  for (const value of map) most = Math.max(most, Math.abs(value))
  return most
}

/** SHA-256 over records: ids, sequences, models, values, ground truth and kept columns, each led by its length. */
export class RecordDigest {
  private hash = createHash('sha256')
  private readonly kept: readonly string[]

  constructor(kept: Columns = {}) {
    this.kept = Object.keys(kept)
  }

  /** @param values The map as it is stored, where that is not what the record has. */
  add(
    { id, sequence, attribution, truth, model = '', extra }: MapRecord,
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
    if (this.kept.length > 0)
      this.hash.update(JSON.stringify(this.kept.map((name): Cell => extra?.[name] ?? null)))
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
class ValueBuffer<V extends Uint8Array | MapValues> {
  private values: V
  private offsets: number[] = [0]
  private size = 0

  constructor(private readonly make: new (length: number) => V) {
    this.values = new make(1024)
  }

  get byteLength(): number {
    return this.size * this.values.BYTES_PER_ELEMENT
  }

  /** Where a list of this many values is to be written. */
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

  take() {
    const lists = {
      offsets: Int32Array.from(this.offsets),
      values: this.values.subarray(0, this.size) as V,
    }
    this.offsets = [0]
    this.size = 0
    return lists
  }
}
