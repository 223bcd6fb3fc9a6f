import type { SchemaElement } from 'hyparquet'
import type { ColumnField, ColumnType, Element } from '../columns/column.js'
import { damaged } from './damage.js'

/** The physical types that are read. */
export type Physical =
  | 'BOOLEAN'
  | 'INT32'
  | 'INT64'
  | 'FLOAT'
  | 'DOUBLE'
  | 'BYTE_ARRAY'
  | 'FIXED_LEN_BYTE_ARRAY'

/** One column of values: a leaf of the schema, under at most two levels of lists. */
export interface Leaf {
  /** Its number among the column chunks of every row group. */
  readonly index: number
  /** Names from the root down. */
  readonly path: readonly string[]
  readonly physical: Physical
  /** Bytes of a value of FIXED_LEN_BYTE_ARRAY, else 0. */
  readonly width: number
  /** What its values become; undefined for text. */
  readonly element: Element | undefined
  /** The definition level of a value that is there. */
  readonly maxDef: number
  /** Lists above it, outermost first: the definition level from which the list has an element. One below, it is empty. */
  readonly filled: readonly number[]
}

/** A top-level field of the file, with the leaf to read it by where its type is read. */
export interface Field extends ColumnField {
  readonly leaf: Leaf | undefined
  /** The length of each list above its leaf, as the file's Arrow schema has it; without one, all `list`. */
  readonly lengths?: readonly (number | 'list')[]
}

interface Node {
  readonly element: SchemaElement
  readonly children: readonly Node[]
  readonly path: readonly string[]
  /** Number of the leaf, -1 for a group. */
  readonly index: number
}

/** Parquet's lists nest two deep a level: deeper schemas than this are bombs. */
const DEEPEST = 64

/** The top-level fields, in order, and how many leaves (column chunks in a row group) there are. */
export function fieldsOf(elements: readonly SchemaElement[]): {
  fields: Field[]
  leaves: readonly string[][]
} {
  const leaves: string[][] = []
  let next = 0
  const build = (path: readonly string[], depth: number): Node => {
    const element = elements[next++]
    if (element === undefined) throw damaged('the schema ends within a group')
    if (depth > DEEPEST) throw damaged(`the schema nests more than ${DEEPEST} deep`)
    if (typeof element.name !== 'string') throw damaged('the schema has a field without a name')
    const own = depth === 0 ? [] : [...path, element.name]
    const expected = element.num_children ?? 0
    if (!Number.isInteger(expected) || expected < 0 || expected > elements.length - next) {
      throw damaged(`the schema's "${element.name}" has ${expected} fields, more than there are`)
    }
    if (expected === 0 && element.type !== undefined) {
      leaves.push(own)
      return { element, children: [], path: own, index: leaves.length - 1 }
    }
    const children = Array.from({ length: expected }, () => build(own, depth + 1))
    return { element, children, path: own, index: -1 }
  }
  const root = build([], 0)
  if (next !== elements.length)
    throw damaged(`the schema has ${elements.length} elements, its root reaches ${next}`)
  return { fields: root.children.map(toField), leaves }
}

function toField(node: Node): Field {
  const name = node.element.name
  const leaf = findLeaf(node)
  if (leaf === undefined) return { name, type: { kind: 'other' }, declared: declare(node), leaf: undefined }
  const type: ColumnType =
    leaf.element === undefined
      ? { kind: 'text' }
      : { kind: 'numbers', element: leaf.element, nesting: leaf.filled.map(() => 'list') }
  return { name, type, declared: declare(node), leaf }
}

/** The one leaf under a top-level field, with its levels; undefined where its type is not read. */
function findLeaf(top: Node): Leaf | undefined {
  let node = top
  let def = 0
  const filled: number[] = []
  for (;;) {
    const repetition = node.element.repetition_type
    if (repetition !== 'REQUIRED') def++
    if (repetition === 'REPEATED') filled.push(def)
    if (node.index >= 0) break
    const element = elementOf(node)
    if (element === undefined) return undefined
    if (element.inside !== undefined) {
      def++
      filled.push(def)
    }
    node = element.node
  }
  const { type, type_length: width = 0 } = node.element
  const element = elementType(node.element)
  if (element === 'other' || type === undefined || type === 'INT96') return undefined
  if (filled.length > 2 || (element === undefined && filled.length > 0)) return undefined
  if (type === 'FIXED_LEN_BYTE_ARRAY' && !(Number.isInteger(width) && width > 0)) return undefined
  return { index: node.index, path: node.path, physical: type, width, element, maxDef: def, filled }
}

/**
 * What the list `node` is a list of. `inside` is its repeated group where that is a level of its own; where the
 * elements themselves are repeated (the two-level form of old writers) they bring their level with them.
 */
function elementOf(node: Node): { node: Node; inside: Node | undefined } | undefined {
  if (!isList(node.element) || node.children.length !== 1) return undefined
  const repeated = node.children[0]
  if (repeated.element.repetition_type !== 'REPEATED') return undefined
  if (repeated.index >= 0 || isList(repeated.element)) return { node: repeated, inside: undefined }
  if (repeated.children.length !== 1) return undefined
  const name = repeated.element.name
  if (name === 'array' || name === `${node.element.name}_tuple`) return undefined // a struct of one field
  return { node: repeated.children[0], inside: repeated }
}

function isList(element: SchemaElement): boolean {
  return element.converted_type === 'LIST' || element.logical_type?.type === 'LIST'
}

const INTEGERS: Readonly<Record<string, Element>> = {
  INT_8: 'int8',
  INT_16: 'int16',
  INT_32: 'int32',
  INT_64: 'int64',
  UINT_8: 'uint8',
  UINT_16: 'uint16',
  UINT_32: 'uint32',
  UINT_64: 'uint64',
}

/** What the values of a leaf become: undefined is text, `other` a type that is not read. */
function elementType(element: SchemaElement): Element | undefined | 'other' {
  const note = noteOf(element)
  switch (element.type) {
    case 'BOOLEAN':
      return 'bool'
    case 'FLOAT':
      return 'float32'
    case 'DOUBLE':
      return 'float64'
    case 'INT32':
    case 'INT64': {
      if (note === undefined) return element.type === 'INT32' ? 'int32' : 'int64'
      const integer = INTEGERS[note]
      return integer === undefined || note.endsWith('64') !== (element.type === 'INT64') ? 'other' : integer
    }
    case 'BYTE_ARRAY':
      return [undefined, 'UTF8', 'STRING', 'ENUM', 'JSON', 'BSON'].includes(note) ? undefined : 'other'
    case 'FIXED_LEN_BYTE_ARRAY':
      if (note === 'FLOAT16') return element.type_length === 2 ? 'float16' : 'other'
      return note === undefined ? undefined : 'other'
    default:
      return 'other'
  }
}

/** The logical type, new or old, as one word. */
function noteOf({ logical_type: logical, converted_type: converted }: SchemaElement): string | undefined {
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? 'INT' : 'UINT'}_${logical.bitWidth}`
  return logical?.type ?? converted
}

/** The type in Parquet's own words: `LIST<FLOAT>`, `BYTE_ARRAY (STRING)`, `repeated INT32`. */
function declare(node: Node): string {
  return node.element.repetition_type === 'REPEATED' ? `repeated ${name(node)}` : name(node)
}

function name(node: Node): string {
  const { type, type_length: width } = node.element
  const note = noteOf(node.element)
  if (node.index < 0) {
    const inner = elementOf(node)
    return inner === undefined ? (note ?? 'STRUCT') : `LIST<${name(inner.node)}>`
  }
  const physical = type === 'FIXED_LEN_BYTE_ARRAY' ? `${type}[${width}]` : String(type)
  return note === undefined ? physical : `${physical} (${note})`
}
