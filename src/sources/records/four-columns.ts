import type { ColumnField, ColumnSource } from '../columns/column.js'

const CHANNELS = ['a', 'c', 'g', 't']

/** Columns a, c, g, t (or A, C, G, T), in this order, where all are there. */
export function fourColumns(source: ColumnSource): ColumnField[] | undefined {
  for (const names of [CHANNELS, CHANNELS.map(name => name.toUpperCase())]) {
    const found = names.map(name => source.fields.find(field => field.name === name))
    if (found.every(field => field !== undefined)) return found
  }
  return undefined
}
