import { DataError } from '../../core/errors.js'
import { didYouMean } from '../../core/suggest.js'
import type { Cell, CellKind, Columns } from '../../core/table.js'
import type { Column, ColumnField, ColumnSource } from './column.js'
import { halfTable } from '../../kernels/float16.js'

/** What a column of one value a row holds; undefined for any other. */
export function cellKind(type: ColumnField['type']): CellKind | undefined {
  if (type.kind === 'text') return 'text'
  if (type.kind !== 'numbers' || type.nesting.length > 0) return undefined
  if (type.element === 'bool') return 'flag'
  return type.element.startsWith('float') ? 'real' : 'whole'
}

const utf8 = new TextDecoder()

/** The value of a row in such a column. */
export function cellAt(column: Column, row: number): Cell {
  if (column.nulls?.[row]) return null
  if (column.kind === 'text')
    return utf8.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))
  const value = column.values[row]
  if (column.element === 'bool') return value !== 0
  return column.element === 'float16' ? halfTable()[value] : value
}

/** Columns of one value a row by their names. Error: `column`, for one that is not there, or of another type. */
export function scalarColumns(
  source: Pick<ColumnSource, 'name' | 'fields'>,
  names: readonly string[],
): Columns {
  const kinds: { [name: string]: CellKind } = {}
  for (const name of names) {
    const found = source.fields.find(field => field.name === name)
    const kind = found && cellKind(found.type)
    if (kind === undefined) {
      const scalar = source.fields.filter(({ type }) => cellKind(type) !== undefined)
      const there = scalar.map(field => field.name).join(', ') || 'none'
      const near = didYouMean(
        name,
        scalar.map(field => field.name),
      )
      const what = found === undefined ? `has no column ${name}` : `column ${name} is ${found.declared}`
      throw new DataError(
        'column',
        `${what}, expected one of text, numbers or flags: ${there}${near || '; choose one of these'}`,
        {
          file: source.name,
        },
      )
    }
    kinds[name] = kind
  }
  return kinds
}
