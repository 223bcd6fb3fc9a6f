import { doubles, isReached } from '../kernels/kernels.js'

/** Squared lengths by position, -1 where a position has none. */
export interface Squares {
  readonly values: Float64Array
  /** Whether kernels can reach the values. */
  readonly isReached: boolean
}

export function allocateSquares(length: number): Squares {
  const values = doubles((length + 3) & ~3)
  return { values, isReached: isReached(values) }
}
