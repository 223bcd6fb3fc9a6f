import { studentTail } from './tails.js'

/**
 * Two-sided p-value of a difference whose standard error comes from groups of records: by Student's t with one degree of
 * freedom fewer than there are groups. 1 for no difference at all.
 */
export function studentP(difference: number, se: number, freedom: number): number {
  if (difference === 0) return 1
  return se > 0 ? Math.min(1, 2 * studentTail(Math.abs(difference) / se, freedom)) : 0
}

/** Two-sided p-value of Pearson's r of n pairs, by Student's t with n - 2 degrees of freedom; undefined for fewer than three. */
export function correlationP(r: number, n: number): number | undefined {
  if (n < 3) return undefined
  const rest = 1 - r * r
  return rest > 0 ? Math.min(1, 2 * studentTail(Math.abs(r) * Math.sqrt((n - 2) / rest), n - 2)) : 0
}

/**
 * P-values of several tests, adjusted so that the chance of any false one among them is bounded by what each is compared
 * with. Source: S. Holm, Scand. J. Statistics 6 (1979).
 */
export function holm(p: readonly number[]): number[] {
  const order = [...p.keys()].toSorted((i, j) => p[i] - p[j])
  const adjusted = [...p]
  let least = 0
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (p.length - rank) * p[i]))
    adjusted[i] = least
  }
  return adjusted
}
