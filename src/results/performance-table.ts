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
