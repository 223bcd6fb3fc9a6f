import type { Strata } from '../report/symbols.js'

/** Figures of models from elsewhere: how well they generalise, and what they are. */
export interface PerformanceTable {
  /** What it is called: its file. */
  readonly name: string
  /** Columns besides the model, in order. */
  readonly columns: readonly { readonly name: string; readonly numeric: boolean }[]
  /** Values by model, then column; null where there is none. */
  readonly rows: ReadonlyMap<string, { readonly [column: string]: string | number | null }>
}

/** Words by which people name a figure of generalisation, the commonest first. */
const USUAL = ['auroc', 'auc', 'roc', 'aupr', 'auprc', 'pearson', 'spearman', 'r2', 'accuracy', 'f1', 'mcc']

/** The column that generalisation is read from: the one asked for, else a usual name, else the first of numbers. */
export function performanceColumn(table: PerformanceTable, wanted: string | undefined): string | undefined {
  if (wanted !== undefined) return wanted
  const numeric = table.columns.filter(({ numeric }) => numeric).map(({ name }) => name)
  for (const usual of USUAL) {
    const found = numeric.find(name =>
      name
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .includes(usual),
    )
    if (found !== undefined) return found
  }
  return numeric[0]
}

/** At most so many values make strata: more cannot be told apart. */
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
