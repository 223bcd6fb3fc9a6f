import { dominatedBy } from './dominance.js'
import { Z95 } from './jackknife.js'

/** What models are held against one another by. */
export interface FrontAxis<R> {
  /** Higher is better; null where there is no value. */
  readonly of: (row: R) => number | null
  /** Standard error of the difference of two rows; 0 where none is known. */
  readonly error: (a: R, b: R) => number
}

/** An axis of a figure of generalisation, whose errors are independent. */
export function figureAxis<R>(
  of: (row: R) => number | null,
  { lower, error }: { readonly lower: boolean; readonly error: (row: R) => number },
): FrontAxis<R> {
  return {
    of: row => {
      const value = of(row)
      return value !== null && lower ? -value : value
    },
    error: (a, b) => Math.hypot(error(a), error(b)),
  }
}

/**
 * A row that beats each row, or undefined where none does (method, section 8): one that is at least as high on every axis,
 * and on one of them by more than 1.96 standard errors of the difference.
 */
export function beatenBy<R>(rows: readonly R[], axes: readonly FrontAxis<R>[]): (R | undefined)[] {
  const beaten = dominatedBy(
    rows.map(row => axes.map(({ of }) => of(row))),
    (axis, i, j) => Z95 * axes[axis].error(rows[i], rows[j]),
  )
  return beaten.map(by => (by === undefined ? undefined : rows[by]))
}

/** The same by the values as they are: those that no other beats are the plain Pareto front. */
export function beatenPlainly<R>(rows: readonly R[], axes: readonly FrontAxis<R>[]): (R | undefined)[] {
  return beatenBy(
    rows,
    axes.map(({ of }) => ({ of, error: () => 0 })),
  )
}
