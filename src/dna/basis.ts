/**
 * Three coordinates of a corrected vector, whose four channels add up to zero.
 *
 * - `gram-schmidt` is orthonormal: lengths and angles are those of the corrected vector.
 * - `published` is the basis of the published code and of the paper's appendix, whose e2 lacks the term of G; it is not
 *   orthonormal. It is there to reproduce published numbers.
 */
export type Basis = 'gram-schmidt' | 'published'

export const BASES: readonly Basis[] = ['gram-schmidt', 'published']

const E1 = 1 / Math.sqrt(2)
const E2 = 1 / Math.sqrt(6)
const E3 = 1 / Math.sqrt(12)

/** Weights of (A, C, G, T) in e1, e2, e3: 3 rows of 4. Source: the paper's appendix A; e2 of gram-schmidt is ours. */
export function basisRows(basis: Basis): readonly (readonly [number, number, number, number])[] {
  return [
    [-E1, E1, 0, 0],
    [-E2, -E2, basis === 'gram-schmidt' ? 2 * E2 : 0, 0],
    [-E3, -E3, -E3, 3 * E3],
  ]
}
