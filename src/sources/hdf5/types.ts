import type { Metadata } from 'h5wasm/node'
import type { Element } from '../columns/column.js'
import type { NumberFields } from './header.js'

/** Classes of types, as HDF5 numbers them. */
const INTEGER = 0
const FLOAT = 1
const TEXT = 3
const BITS = 4
const ENUM = 8

const FLOATS: { readonly [bytes: number]: Element } = { 2: 'float16', 4: 'float32', 8: 'float64' }
const INTEGERS: { readonly [bytes: number]: readonly [signed: Element, unsigned: Element] } = {
  1: ['int8', 'uint8'],
  2: ['int16', 'uint16'],
  4: ['int32', 'uint32'],
  8: ['int64', 'uint64'],
}

/** Where IEEE 754 has the bits of a float of this many bytes, and where bfloat16 has them. */
const IEEE: { readonly [bytes: number]: NonNullable<NumberFields['float']> } = {
  2: float(5, 15, 10),
  4: float(8, 127, 23),
  8: float(11, 1023, 52),
}
const BFLOAT16 = float(8, 127, 7)

function float(bits: number, bias: number, mantissa: number): NonNullable<NumberFields['float']> {
  return {
    sign: bits + mantissa,
    exponent: { at: mantissa, bits, bias },
    mantissa: { at: 0, bits: mantissa },
  }
}

/** Whether the fields of a number are those of `elementOf`, of bfloat16, or others, in words. */
export function fieldsOf(
  { type, size }: Metadata,
  fields: NumberFields | undefined,
): 'usual' | 'bfloat16' | { readonly other: string } {
  if (type !== FLOAT && type !== INTEGER) return 'usual'
  if (fields === undefined) return { other: 'a number with fields in an unsupported layout' }
  const { offset, precision, float: found } = fields
  if (type === INTEGER) {
    if (offset === 0 && precision === 8 * size) return 'usual'
    return { other: `an integer of ${precision} bits in ${size} bytes` }
  }
  const same = (expected: NumberFields['float']) => JSON.stringify(found) === JSON.stringify(expected)
  if (offset === 0 && precision === 8 * size && same(IEEE[size])) return 'usual'
  if (offset === 0 && size === 2 && precision === 16 && same(BFLOAT16)) return 'bfloat16'
  const { exponent, mantissa } = found ?? { exponent: { bits: 0 }, mantissa: { bits: 0 } }
  return {
    other: `a float of ${size} bytes with ${exponent.bits} bits of exponent and ${mantissa.bits} of mantissa`,
  }
}

/** How the items of a dataset are stored; undefined for types that are not read. */
export function elementOf({ type, size, signed, enum_type: names }: Metadata): Element | 'text' | undefined {
  if (type === FLOAT) return FLOATS[size]
  if (type === INTEGER) return INTEGERS[size]?.[signed ? 0 : 1]
  if (type === TEXT) return 'text'
  // h5py keeps truth values as an enumeration, PyTables as bits.
  if (type === BITS && size === 1) return 'bool'
  if (type === ENUM && size === 1 && names?.members.FALSE === 0 && names.members.TRUE === 1) return 'bool'
  return undefined
}

/** Names of classes that are not read, for messages. */
const CLASSES: { readonly [type: number]: string } = {
  2: 'time',
  4: 'bits',
  5: 'opaque',
  6: 'compound',
  7: 'reference',
  8: 'enumeration',
  9: 'variable lengths',
  10: 'array',
}

export function nameOf(metadata: Metadata): string {
  const element = elementOf(metadata)
  if (element === 'text' || element === undefined) return element ?? CLASSES[metadata.type] ?? 'another type'
  return metadata.littleEndian || metadata.size === 1 ? element : `${element}, big-endian`
}
