/**
 * The Arrow schema that Arrow's own writers store, base64, under `ARROW:schema`: the only place where a file says that
 * its lists have a fixed length, or are tensors. It is read with every offset checked, as it may be damaged too.
 */

export interface ArrowField {
  readonly name: string
  /** Lists from the outermost in, a number being a fixed length; the shape of a tensor in place of its one length. */
  readonly nesting: readonly (number | 'list')[]
  /** A tensor whose axes are stored in another order than declared: reading it as stored would swap them. */
  readonly permuted: boolean
  readonly metadata: ReadonlyMap<string, string>
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[]
  readonly metadata: ReadonlyMap<string, string>
}

/** The schema in the blob, or undefined where it cannot be read: it is a note about the data, which stays readable. */
export function readArrowSchema(base64: string): ArrowSchema | undefined {
  try {
    const bytes = Buffer.from(base64, 'base64')
    const flat = new Flat(bytes)
    // An encapsulated message: 0xffffffff and its length in front (old writers: the length alone).
    const start = flat.int32(0) === -1 ? 8 : 4
    const message = start + flat.int32(start)
    const schema = flat.child(message, 2)
    if (flat.uint8Field(message, 1) !== SCHEMA || schema === undefined) return undefined
    return {
      fields: flat.children(schema, 1).map(field => readField(flat, field)),
      metadata: readMetadata(flat, schema, 2),
    }
  } catch {
    return undefined
  }
}

/** Of the unions `MessageHeader` and `Type`. */
const SCHEMA = 1
const LIST = 12
const FIXED_SIZE_LIST = 16
const LARGE_LIST = 21

function readField(flat: Flat, field: number): ArrowField {
  const metadata = readMetadata(flat, field, 6)
  const nesting: (number | 'list')[] = []
  for (let at: number | undefined = field; at !== undefined; at = flat.children(at, 5)[0]) {
    const type = flat.uint8Field(at, 2)
    const table = flat.child(at, 3)
    if (type === FIXED_SIZE_LIST && table !== undefined) nesting.push(flat.int32Field(table, 0))
    else if (type === LIST || type === LARGE_LIST) nesting.push('list')
    else break
  }
  const field_ = { name: flat.text(field, 0), nesting, permuted: false, metadata }
  if (metadata.get('ARROW:extension:name') !== 'arrow.fixed_shape_tensor') return field_
  const { shape, permutation = [] } = JSON.parse(metadata.get('ARROW:extension:metadata') ?? '{}') as {
    shape?: unknown
    permutation?: unknown
  }
  const isShape =
    isLengths(shape) && shape.length > 0 && shape.reduce((product, n) => product * n, 1) === nesting[0]
  if (!isShape || !isLengths(permutation)) return field_
  const permuted = permutation.some((axis, i) => axis !== i)
  return { ...field_, nesting: [...shape, ...nesting.slice(1)], permuted }
}

function isLengths(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && (n as number) >= 0)
}

function readMetadata(flat: Flat, table: number, slot: number): Map<string, string> {
  return new Map(flat.children(table, slot).map(pair => [flat.text(pair, 0), flat.text(pair, 1)]))
}

/** A flatbuffer: tables of slots. What lies outside of the bytes throws, and so does reading more than they can hold. */
class Flat {
  readonly #view: DataView
  readonly #bytes: Buffer
  /** Tables that share their parts could be walked for ever: no buffer has more children than bytes. */
  #left: number

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#left = bytes.length
  }

  int32(at: number): number {
    return this.#view.getInt32(at, true)
  }

  /** Where the value of a slot lies, or undefined where it is left out. */
  #slot(table: number, slot: number): number | undefined {
    const vtable = table - this.int32(table)
    const at = 4 + 2 * slot
    if (at >= this.#view.getUint16(vtable, true)) return undefined
    const offset = this.#view.getUint16(vtable + at, true)
    return offset === 0 ? undefined : table + offset
  }

  uint8Field(table: number, slot: number): number {
    const at = this.#slot(table, slot)
    return at === undefined ? 0 : this.#view.getUint8(at)
  }

  int32Field(table: number, slot: number): number {
    const at = this.#slot(table, slot)
    return at === undefined ? 0 : this.int32(at)
  }

  child(table: number, slot: number): number | undefined {
    const at = this.#slot(table, slot)
    return at === undefined ? undefined : at + this.int32(at)
  }

  children(table: number, slot: number): number[] {
    const vector = this.child(table, slot)
    if (vector === undefined) return []
    const length = this.int32(vector)
    this.#left -= length
    if (length < 0 || this.#left < 0) throw new RangeError(`a vector of ${length}`)
    return Array.from({ length }, (_, i) => {
      const at = vector + 4 + 4 * i
      return at + this.int32(at)
    })
  }

  text(table: number, slot: number): string {
    const at = this.child(table, slot)
    if (at === undefined) return ''
    const length = this.int32(at)
    if (length < 0 || at + 4 + length > this.#bytes.length) throw new RangeError(`a text of ${length}`)
    this.#left -= length >> 4
    if (this.#left < 0) throw new RangeError('texts that overlap')
    return this.#bytes.toString('utf8', at + 4, at + 4 + length)
  }
}
