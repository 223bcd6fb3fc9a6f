import { figureAxis } from '../stats/pareto.js'
import { type PerformanceTable, performanceColumn } from './load-performance.js'
import type { VerdictPerformance } from './verdict.js'

/** Held-out performance as the verdict takes it, from a table of models; undefined if the table has no numbers. */
export function verdictPerformance(
  table: PerformanceTable | undefined,
  {
    column: wanted,
    lower = false,
    errors,
  }: {
    readonly column?: string | undefined
    readonly lower?: boolean | undefined
    readonly errors?: ReadonlyMap<string, number> | undefined
  },
): VerdictPerformance | undefined {
  const column = table && performanceColumn(table, wanted)
  if (table === undefined || column === undefined) return undefined
  const value = (name: string) => {
    const cell = table.rows.get(name)?.[column]
    return typeof cell === 'number' && Number.isFinite(cell) ? cell : null
  }
  return { label: column, axis: figureAxis(value, { lower, error: name => errors?.get(name) ?? 0 }) }
}
