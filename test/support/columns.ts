import type {
  Column,
  ColumnBatch,
  ColumnField,
  ColumnSource,
  Element,
} from '../../src/sources/columns/column.js'
import type { Range, TypedArray } from '../../src/core/types.js'

type Nested = number | null | readonly Nested[]
type Values = readonly (string | Nested)[]

/** A column by what its rows hold; the element of numbers, and which levels of nesting are of fixed length. */
export interface ColumnData {
  readonly values: Values
  readonly element?: Element
  /** Of each level of nesting, outermost first; `list` for all of them where nothing is said. */
  readonly nesting?: readonly (number | 'list')[]
}

const ARRAYS: { readonly [element in Element]: new (values: readonly number[]) => TypedArray } = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: Float64Array,
  uint64: Float64Array,
}

function depthOf(value: Values[number]): number {
  return Array.isArray(value) ? 1 + Math.max(0, ...value.map(depthOf)) : 0
}

function nestingOf({ values, nesting }: ColumnData): readonly (number | 'list')[] {
  return nesting ?? Array<'list'>(Math.max(0, ...values.map(depthOf))).fill('list')
}

function hasNull(value: Values[number]): boolean {
  return value === null || (Array.isArray(value) && value.some(hasNull))
}

function textColumn(values: Values): Column {
  const texts = values.map(value => Buffer.from(String(value ?? '')))
  const offsets = Int32Array.from({ length: values.length + 1 }, () => 3)
  for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row] + text.length
  return {
    kind: 'text',
    bytes: Uint8Array.from(Buffer.concat([Buffer.from('pad'), ...texts])),
    offsets,
    nulls: values.includes(null) ? Uint8Array.from(values, value => (value === null ? 1 : 0)) : undefined,
  }
}

/** As a reader hands it over; variable offsets start behind a value of padding, as those of a slice do. */
function numberColumn(data: ColumnData, rows: Values): Column {
  const element = data.element ?? 'float32'
  let level: Values = rows
  const levels = nestingOf(data).map(length => {
    const lists = level.map(value => (value ?? []) as readonly Nested[])
    if (typeof length === 'number') {
      level = lists.flatMap(list => Array.from({ length }, (_, i) => list[i] ?? 0))
      return length
    }
    const offsets = new Int32Array(lists.length + 1).fill(1)
    for (const [i, list] of lists.entries()) offsets[i + 1] = offsets[i] + list.length
    const padding: Nested = lists.flat().some(Array.isArray) ? [] : 0
    level = [padding, ...lists.flat()]
    return offsets
  })
  const nulls = rows.map(value => (value === null ? 1 : hasNull(value) ? 2 : 0))
  return {
    kind: 'numbers',
    element,
    values: new ARRAYS[element](level.map(value => Number(value ?? 0))),
    levels,
    nulls: nulls.some(state => state > 0) ? Uint8Array.from(nulls) : undefined,
  }
}

/** Columns in memory as a source of batches of `batchSize` rows. */
export function memoryColumns(
  columns: { readonly [name: string]: ColumnData },
  {
    batchSize = 2,
    metadata = {},
  }: { batchSize?: number; metadata?: { readonly [key: string]: string } } = {},
): ColumnSource {
  const rows = Math.max(0, ...Object.values(columns).map(({ values }) => values.length))
  const fields = Object.entries(columns).map(([name, data]): ColumnField => {
    const text = data.element === undefined && data.values.some(value => typeof value === 'string')
    if (text) return { name, type: { kind: 'text' }, declared: 'utf8' }
    const nesting = nestingOf(data)
    const element = data.element ?? 'float32'
    const declared = nesting.reduceRight<string>(
      (inner, length) => (length === 'list' ? `list<${inner}>` : `fixed_size_list<${inner}>[${length}]`),
      element,
    )
    return { name, type: { kind: 'numbers', element, nesting }, declared }
  })
  const batches = Array.from({ length: Math.ceil(rows / batchSize) }, (_, index) => ({
    rows: Math.min(batchSize, rows - index * batchSize),
    bytes: 0,
  }))
  return {
    name: 'maps.arrow',
    format: 'columns in memory',
    fields,
    metadata: new Map(Object.entries(metadata)),
    batches,
    layout: `${batches.length} batches`,
    codecs: [],
    fingerprint: () => Promise.resolve('memory'),
    close: () => Promise.resolve(),
    async *read(names: readonly string[], range?: Range): AsyncGenerator<ColumnBatch> {
      for (let index = range?.start ?? 0; index < (range?.end ?? batches.length); index++) {
        const start = index * batchSize
        const end = start + batches[index].rows
        const read = names.map((name): [string, Column] => {
          const data = columns[name]
          const own = data.values.slice(start, end)
          const text = fields.find(field => field.name === name)?.type.kind === 'text'
          return [name, text ? textColumn(own) : numberColumn(data, own)]
        })
        yield { index, rows: { start, end }, columns: new Map(read) }
      }
    },
  }
}
