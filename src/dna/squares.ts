import { addressOf, doubles } from '../kernels/kernels.js'

/** Squared lengths by position, -1 where a position has none. */
export interface Squares {
  readonly values: Float64Array
  /** Where the values lie for kernels; 0 where they cannot reach them. */
  readonly address: number
}

/** Room for the squared lengths of so many positions, where kernels reach it if they can. */
export function allocateSquares(length: number): Squares {
  const values = doubles((length + 3) & ~3)
  return { values, address: addressOf(values) }
}
