import type { PerformanceTable } from '../results/load-performance.js'
import type { Strata } from './figures/symbols.js'

/** At most this many values make strata: more cannot be distinguished. */
const MOST = 8

/**
 * Strata by the columns of text with few values, the first by colour, the second by shape; where columns are asked for,
 * by those.
 */
export function strataOf(
  table: PerformanceTable,
  models: readonly string[],
  wanted?: readonly string[],
): Strata {
  const valueOf = (column: string | undefined) => (model: string) =>
    column === undefined ? '' : String(table.rows.get(model)?.[column] ?? '')
  const valuesOf = (column: string | undefined) => [...new Set(models.map(valueOf(column)))].toSorted()
  const usable = table.columns
    .filter(({ name, numeric }) => !numeric && valuesOf(name).length > 1 && valuesOf(name).length <= MOST)
    .map(({ name }) => name)
  const [colour, shape] = wanted ?? usable
  return {
    colour: valueOf(colour),
    shape: valueOf(shape),
    colours: valuesOf(colour),
    shapes: valuesOf(shape),
  }
}
