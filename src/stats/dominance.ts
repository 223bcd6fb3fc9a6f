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
