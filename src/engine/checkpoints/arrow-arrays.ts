/*
 * Named arrays as an Arrow IPC file and back: the place where checkpoints touch apache-arrow. `sources/arrow` reads
 * other people's files with its generated accessors; nothing else imports it.
 */
import {
  Data,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  List,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
} from 'apache-arrow'
import { DataError } from '../../core/errors.js'
import type { Arrays, TypedArray } from '../../core/types.js'

export interface ArraysWithMetadata {
  readonly arrays: Arrays
  readonly metadata: ReadonlyMap<string, string>
}

/** The Arrow type of each kind of array. */
const TYPES = {
  Int8Array: new Int8(),
  Uint8Array: new Uint8(),
  Int16Array: new Int16(),
  Uint16Array: new Uint16(),
  Int32Array: new Int32(),
  Uint32Array: new Uint32(),
  Float32Array: new Float32(),
  Float64Array: new Float64(),
}

/** apache-arrow pads buffers in 32-bit arithmetic. */
const MAX_BYTES = 2 ** 31 - 8

/**
 * One record batch of one row: each array is a list column of its name, in the order of the names, and its values are
 * copied as they are. Equal arrays and metadata give equal bytes. Error: `usage`, for an array of 2 GiB.
 */
export function encodeArrays({ arrays, metadata }: ArraysWithMetadata): Uint8Array {
  const names = Object.keys(arrays).toSorted()
  const columns = names.map(name => listOf(name, arrays[name]))
  const fields = columns.map(({ type }, i) => new Field(names[i], type, false))
  const schema = new Schema(fields, new Map(metadata))
  const rows = new Data(new Struct(fields), 0, 1, 0, undefined, columns)
  return tableToIPC(new Table(schema, [new RecordBatch(schema, rows)]), 'file')
}

function listOf(name: string, array: TypedArray) {
  if (array.byteLength > MAX_BYTES) {
    throw new DataError(
      'usage',
      `array ${name} has ${array.byteLength} bytes, at most ${MAX_BYTES} are stored`,
    )
  }
  if (name === '') throw new DataError('usage', 'an array without a name cannot be stored')
  const type = TYPES[array[Symbol.toStringTag]]
  const values = new Data(type, 0, array.length, 0, [undefined, array])
  const list = new List(new Field('item', type, false))
  return new Data(list, 0, 1, 0, [Int32Array.of(0, array.length)], [values])
}

/**
 * The arrays and metadata of such a file. The arrays are views of `bytes`, unless these lie at an odd address.
 * What apache-arrow throws on other content is passed on.
 */
export function decodeArrays(bytes: Uint8Array): ArraysWithMetadata {
  const aligned =
    bytes.byteOffset % 8 === 0
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : Uint8Array.from(bytes)
  const { schema, batches } = tableFromIPC(aligned)
  if (batches.length !== 1 || batches[0].numRows !== 1) throw new Error('not one batch of one row')
  const arrays = batches[0].data.children.map((list, i): [string, TypedArray] => {
    const [start, end] = list.valueOffsets
    return [schema.fields[i].name ?? '', list.children[0].values.subarray(start, end) as TypedArray]
  })
  return { arrays: Object.fromEntries(arrays), metadata: schema.metadata }
}
