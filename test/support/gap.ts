/**
 * Relative distance of what was found from what was expected; null agrees with null alone. Next to zero, where a sum of
 * terms that cancel has no relative accuracy, distances count as parts of one millionth.
 */
export function gap(found: number | null | undefined, expected: number | null | undefined): number {
  if (found == null || expected == null)
    return found == null && expected == null ? 0 : Number.POSITIVE_INFINITY
  return Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-6)
}
