import { shapeText } from '../arrays/array-file.js'
import type { Element } from '../columns/column.js'
import { ITEM_BYTES } from '../columns/elements.js'
import { DataError } from '../../core/errors.js'
import { looksLikeNpy } from './signature.js'

/** What an `.npy` file says of its array. Source: numpy.lib.format, versions 1 to 3. */
export interface NpyHeader {
  /** NumPy's name of the type: `<f4`. */
  readonly descr: string
  readonly element: Element | 'text' | undefined
  /** Bytes of an item. */
  readonly itemBytes: number
  readonly bigEndian: boolean
  /** Whether the first axis is the fastest, not the last. */
  readonly fortran: boolean
  readonly shape: readonly number[]
  /** Where the items begin, from the start of the file. */
  readonly start: number
  /** Bytes of all items. */
  readonly bytes: number
  readonly declared: string
}

/** Bytes of the magic string, the version and the longer of both header lengths. */
export const NPY_HEAD = 12

/** NumPy itself refuses headers of more than 10,000 bytes by default. */
const MAX_HEADER = 2 ** 16

/** Where the header's text lies, from the first `NPY_HEAD` bytes. Errors: `format`, `damaged`. */
export function headerSpan(head: Uint8Array): { readonly start: number; readonly end: number } {
  if (head.length < 10 || !looksLikeNpy(head)) {
    throw new DataError(
      'format',
      'is not a NumPy array, expected \\x93NUMPY at its start; save it with numpy.save',
    )
  }
  const [major, minor] = [head[6], head[7]]
  if (major < 1 || major > 3 || minor !== 0) {
    throw new DataError('format', `is of npy version ${major}.${minor}, expected 1.0, 2.0 or 3.0`)
  }
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const start = major === 1 ? 10 : NPY_HEAD
  if (head.length < start) throw damaged('ends within its header')
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > MAX_HEADER) throw damaged(`has a header of ${length} bytes, expected at most ${MAX_HEADER}`)
  return { start, end: start + length }
}

/** Reads the header's text: a Python dictionary of descr, fortran_order and shape. Errors: `damaged`. */
export function parseHeader(text: string, start: number): NpyHeader {
  const found = DICTIONARY.exec(text)
  const fields = new Map<string, string>()
  for (const [, key, value] of (found?.[1] ?? '').matchAll(FIELD)) fields.set(key, value)
  const descr = fields.get('descr')
  const order = fields.get('fortran_order')
  const dimensions = fields.get('shape')
  if (found === null || descr === undefined || dimensions === undefined || fields.size !== 3) {
    throw damaged(`has the header ${shown(text)}, expected descr, fortran_order and shape`)
  }
  if (order !== 'True' && order !== 'False') {
    throw damaged(`says fortran_order ${order}, expected True or False`)
  }
  const shape = shapeOf(dimensions)
  const type = typeOf(descr)
  const items = shape.reduce((product, length) => product * length, 1)
  const bytes = items * type.itemBytes
  if (!Number.isSafeInteger(bytes)) {
    throw damaged(`says it has the shape ${shapeText(shape)}, which no file can hold`)
  }
  return {
    ...type,
    descr: type.descr,
    fortran: order === 'True' && shape.length > 1,
    shape,
    start,
    bytes,
    declared: `${type.called} ${shapeText(shape)}${order === 'True' && shape.length > 1 ? ', Fortran order' : ''}`,
  }
}

/** The whole of the text, in braces. */
const DICTIONARY = /^\s*\{([\s\S]*)\}\s*$/
/** A key and its value: a text, a list (of a structured type), a tuple or a word. */
const FIELD = /'(\w+)'\s*:\s*('[^']*'|\[[\s\S]*\]|\([^()]*\)|\w+)\s*(?:,|$)/g

/** A tuple of lengths; those that Python 2 wrote end in L. */
function shapeOf(text: string): number[] {
  const inner = /^\(\s*((?:\d{1,16}L?\s*,\s*)*(?:\d{1,16}L?)?)\s*\)$/.exec(text)
  if (inner === null) throw damaged(`has the shape ${shown(text)}, expected a tuple of lengths`)
  return inner[1]
    .split(',')
    .filter(part => part.trim() !== '')
    .map(part => Number.parseInt(part, 10))
}

const NUMBERS: { readonly [kind: string]: Element } = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
}

function typeOf(text: string) {
  const plain = /^'([<>|=]?)([a-zA-Z])(\d*)'$/.exec(text)
  if (plain === null) {
    return {
      descr: text,
      element: undefined,
      itemBytes: 0,
      bigEndian: false,
      called: `structured ${shown(text)}`,
    }
  }
  const [, order, kind, width] = plain
  const descr = `${order}${kind}${width}`
  const bigEndian = order === '>'
  const element = NUMBERS[`${kind}${width}`]
  if (element !== undefined) {
    return {
      descr,
      element,
      itemBytes: ITEM_BYTES[element],
      bigEndian: bigEndian && ITEM_BYTES[element] > 1,
      called: bigEndian ? `${element}, big-endian` : element,
    }
  }
  const length = Number(width)
  if ((kind === 'U' || kind === 'S' || kind === 'a') && length > 0) {
    const itemBytes = kind === 'U' ? 4 * length : length
    return { descr, element: 'text' as const, itemBytes, bigEndian, called: `text[${length}]` }
  }
  return {
    descr,
    element: undefined,
    itemBytes: 0,
    bigEndian,
    called: kind === 'O' ? 'Python objects' : descr,
  }
}

function shown(text: string): string {
  const short = text.trim()
  return JSON.stringify(short.length > 80 ? `${short.slice(0, 77)}...` : short)
}

function damaged(what: string): DataError {
  return new DataError('damaged', `${what}; save the array again`)
}
