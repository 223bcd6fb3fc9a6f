import type { Field } from 'apache-arrow/fb/field'
import { FixedSizeBinary } from 'apache-arrow/fb/fixed-size-binary'
import { FixedSizeList } from 'apache-arrow/fb/fixed-size-list'
import { FloatingPoint } from 'apache-arrow/fb/floating-point'
import { Int } from 'apache-arrow/fb/int'
import { Type } from 'apache-arrow/fb/type'
import { Union } from 'apache-arrow/fb/union'
import { UnionMode } from 'apache-arrow/fb/union-mode'
import type { Element } from '../columns/column.js'
import { DataError } from '../../core/errors.js'
import type { Level, Reading, Shape } from './shape.js'
import { readTensor } from './tensor.js'

/** Deeper nesting than this is an attack on the stack rather than data. */
const MAX_DEPTH = 64

/** A count of the fields met: flatbuffers may share tables, so few bytes can spell out exponentially many fields. */
export interface Budget {
  fields: number
}

/** The shape of a field. `unionBuffers` is 1, or 2 before format version 5, where unions had validity too. */
export function describeField(field: Field, budget: Budget, unionBuffers: number, depth = 0): Shape {
  if (depth > MAX_DEPTH) {
    throw new DataError('damaged', `the schema nests deeper than ${MAX_DEPTH} levels; write the file again`)
  }
  if (--budget.fields < 0) {
    throw new DataError('damaged', 'the schema holds more fields than its bytes; write the file again')
  }
  const children: Shape[] = []
  for (let i = 0, n = field.childrenLength(); i < n; i++) {
    const child = field.children(i)
    if (child) children.push(describeField(child, budget, unionBuffers, depth + 1))
  }
  const plain = describeType(field, children, unionBuffers)
  const encoding = field.dictionary()
  if (!encoding) return readTensor(field, plain)
  const type = encoding.indexType()
  const index = type ? intElement(type.bitWidth(), type.isSigned()) : 'int32'
  const id = Number(encoding.id())
  return {
    declared: `dictionary<${plain.declared}>`,
    nodes: 1,
    buffers: 2,
    views: 0,
    reading:
      plain.reading.kind === 'text' && index !== undefined
        ? { kind: 'dictionary', id, index, form: plain.reading.form }
        : { kind: 'other' },
  }
}

function describeType(field: Field, children: readonly Shape[], unionBuffers: number): Shape {
  const id = field.typeType()
  const inner = children.map(child => child.declared).join(', ')
  const of = (name: string, buffers: number, reading: Reading = { kind: 'other' }): Shape => ({
    declared: name,
    nodes: 1 + children.reduce((sum, child) => sum + child.nodes, 0),
    buffers: buffers + children.reduce((sum, child) => sum + child.buffers, 0),
    views: children.reduce((sum, child) => sum + child.views, 0),
    reading,
  })
  const scalar = (name: string, element: Element | undefined): Shape =>
    of(name, 2, element === undefined ? { kind: 'other' } : { kind: 'numbers', element, levels: [] })
  const text = (name: string, form: 'offsets32' | 'offsets64') => of(name, 3, { kind: 'text', form })
  const views = (name: string): Shape => ({ ...of(name, 2, { kind: 'text', form: 'views' }), views: 1 })
  const only = (name: string): Shape => {
    const child = children[0]
    if (child === undefined || children.length !== 1) {
      throw new DataError(
        'damaged',
        `a ${name} has ${children.length} children, expected 1; write the file again`,
      )
    }
    return child
  }
  switch (id) {
    case Type.Int: {
      const type = typeOf(field, new Int())
      const name = `${type.isSigned() ? '' : 'u'}int${type.bitWidth()}`
      return scalar(name, intElement(type.bitWidth(), type.isSigned()))
    }
    case Type.FloatingPoint: {
      const precision = typeOf(field, new FloatingPoint()).precision()
      return scalar(FLOAT_NAMES[precision] ?? 'float?', FLOATS[precision])
    }
    case Type.Bool:
      return scalar('bool', 'bool')
    case Type.Utf8:
      return text('string', 'offsets32')
    case Type.LargeUtf8:
      return text('large_string', 'offsets64')
    case Type.Binary:
      return text('binary', 'offsets32')
    case Type.LargeBinary:
      return text('large_binary', 'offsets64')
    case Type.Utf8View:
      return views('string_view')
    case Type.BinaryView:
      return views('binary_view')
    case Type.List:
      return of(`list<${inner}>`, 2, under({ kind: 'list', wide: false }, only('list')))
    case Type.LargeList:
      return of(`large_list<${inner}>`, 2, under({ kind: 'list', wide: true }, only('large_list')))
    case Type.FixedSizeList: {
      const size = typeOf(field, new FixedSizeList()).listSize()
      const child = only('fixed_size_list')
      if (size < 0) {
        throw new DataError('damaged', `a fixed_size_list of ${size} items; write the file again`)
      }
      return of(`fixed_size_list<${inner}>[${size}]`, 1, under({ kind: 'fixed', size, shape: [size] }, child))
    }
    case Type.Null:
      return of('null', 0)
    case Type.Struct_:
      return of(`struct<${inner}>`, 1)
    case Type.Map:
      return of(`map<${inner}>`, 2)
    case Type.ListView:
      return of(`list_view<${inner}>`, 3)
    case Type.LargeListView:
      return of(`large_list_view<${inner}>`, 3)
    case Type.RunEndEncoded:
      return of(`run_end_encoded<${inner}>`, 0)
    case Type.Union:
      return of(
        `union<${inner}>`,
        unionBuffers + (typeOf(field, new Union()).mode() === UnionMode.Dense ? 1 : 0),
      )
    case Type.FixedSizeBinary:
      return of(`fixed_size_binary[${typeOf(field, new FixedSizeBinary()).byteWidth()}]`, 2)
    case Type.Decimal:
    case Type.Date:
    case Type.Time:
    case Type.Timestamp:
    case Type.Interval:
    case Type.Duration:
      return of(Type[id].toLowerCase(), 2)
    default:
      throw new DataError(
        'format',
        `holds a type of unknown number ${id}; write it with a plain type instead`,
      )
  }
}

/** The table that says more of a field's type. */
function typeOf<T>(field: Field, into: T): T {
  const type = field.type(into) as T | null
  if (type === null) throw new DataError('damaged', 'a field of the schema has no type; write the file again')
  return type
}

/** Numbers stay numbers one level deeper; text and others in lists are not read. */
function under(level: Level, child: Shape): Reading {
  const { reading } = child
  return reading.kind === 'numbers' ? { ...reading, levels: [level, ...reading.levels] } : { kind: 'other' }
}

const FLOATS: readonly (Element | undefined)[] = ['float16', 'float32', 'float64']
const FLOAT_NAMES: readonly (string | undefined)[] = ['halffloat', 'float', 'double']

function intElement(bits: number, signed: boolean): Element | undefined {
  if (bits === 8) return signed ? 'int8' : 'uint8'
  if (bits === 16) return signed ? 'int16' : 'uint16'
  if (bits === 32) return signed ? 'int32' : 'uint32'
  if (bits === 64) return signed ? 'int64' : 'uint64'
  return undefined
}
