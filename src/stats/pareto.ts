/** What models are held against one another by. */
export interface ParetoAxis<R> {
  /** Higher is better; null where there is no value. */
  readonly of: (row: R) => number | null
  /** What the difference of two rows must exceed to be beyond chance: half its 95% interval; 0 if no error is known. */
  readonly margin: (a: R, b: R) => number
}

/** Two-sided 95% quantile of the normal distribution. */
const Z95 = 1.959963984540054

/** An axis of a figure of generalisation, whose errors are independent and known: 1.96 of them make its interval. */
export function figureAxis<R>(
  of: (row: R) => number | null,
  { lower, error }: { readonly lower: boolean; readonly error: (row: R) => number },
): ParetoAxis<R> {
  return {
    of: row => {
      const value = of(row)
      return value !== null && lower ? -value : value
    },
    margin: (a, b) => Z95 * Math.hypot(error(a), error(b)),
  }
}

/**
 * A row that beats each row, or undefined where none does (method, section 8): one that is at least as high on every axis,
 * and on one of them by more than half the 95% interval of the difference.
 */
export function beatenBy<R>(rows: readonly R[], axes: readonly ParetoAxis<R>[]): (R | undefined)[] {
  const beaten = dominatedBy(
    rows.map(row => axes.map(({ of }) => of(row))),
    (axis, i, j) => axes[axis].margin(rows[i], rows[j]),
  )
  return beaten.map(by => (by === undefined ? undefined : rows[by]))
}

/** The same by the values as they are: those that no other beats are the plain Pareto front. */
export function beatenByValue<R>(rows: readonly R[], axes: readonly ParetoAxis<R>[]): (R | undefined)[] {
  return beatenBy(
    rows,
    axes.map(({ of }) => ({ of, margin: () => 0 })),
  )
}

/**
 * Which row beats each row, or undefined where none does: one that is at least as high on every axis, and on one of them
 * higher by more than the error of the difference. A row with a null is beaten by none and beats none.
 *
 * Rows that no other beats are the Pareto front with errors taken into account; it holds the plain front.
 *
 * @param rows Values of each row by axis.
 * @param error What the difference of rows i and j on an axis must exceed.
 */
export function dominatedBy(
  rows: readonly (readonly (number | null)[])[],
  error: (axis: number, i: number, j: number) => number,
): (number | undefined)[] {
  const known = rows.map(row => row.every(value => value !== null && Number.isFinite(value)))
  const beats = (j: number, i: number) => {
    const [high, low] = [rows[j] as readonly number[], rows[i] as readonly number[]]
    return (
      high.every((value, axis) => value >= low[axis]) &&
      high.some((value, axis) => value - low[axis] > error(axis, i, j))
    )
  }
  return rows.map((_, i) => {
    if (!known[i]) return undefined
    const j = rows.findIndex((_, j) => j !== i && known[j] && beats(j, i))
    return j < 0 ? undefined : j
  })
}
