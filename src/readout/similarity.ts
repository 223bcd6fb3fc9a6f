import type { MotifMatrix } from './matrix.js'

/** A matrix of shares as deviations from 1/4, position-major, with their sums of squares. */
export interface Deviations {
  readonly values: Float64Array
  readonly squares: Float64Array
  readonly width: number
}

export function deviationsOf(shares: MotifMatrix): Deviations {
  const values = Float64Array.from(shares.flat(), share => share - 0.25)
  const squares = Float64Array.from(shares, column =>
    column.reduce((sum, share) => sum + (share - 0.25) ** 2, 0),
  )
  return { values, squares, width: shares.length }
}

/** Products of every position of one matrix with every one of another: position i with j is [i · width + j]. */
export function productTable(query: Deviations, target: Deviations): Float64Array {
  const products = new Float64Array(query.width * target.width)
  for (let i = 0; i < query.width; i++) {
    for (let j = 0; j < target.width; j++) {
      let product = 0
      for (let b = 0; b < 4; b++) product += query.values[4 * i + b] * target.values[4 * j + b]
      products[i * target.width + j] = product
    }
  }
  return products
}

export interface Placement {
  /** Where the query's first position lies in the target; below 0 where it begins before it. */
  readonly offset: number
  readonly similarity: number
}

/**
 * Offsets of a query over a target of this width at which they share at least `least` positions, and at which Pearson's r
 * can reach `enough`: by Cauchy's inequality no more than the square root of the part of the query's squares that is
 * covered.
 */
export function possibleOffsets(query: Deviations, width: number, least: number, enough = -1): Int32Array {
  const total = sumOf(query.squares, 0, query.width)
  const overlap = Math.min(least, query.width, width)
  const found: number[] = []
  for (let offset = overlap - query.width; offset <= width - overlap; offset++) {
    const covered = sumOf(query.squares, Math.max(0, -offset), Math.min(query.width, width - offset))
    if (enough <= 0 || covered >= enough * enough * total * (1 - 1e-9)) found.push(offset)
  }
  return Int32Array.from(found)
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]
  return sum
}

/**
 * The best of the offsets of a query over a target whose positions are taken in a given order.
 *
 * Similarity is Pearson's r between the shares of the query and those laid under it, a target that ends counting 1/4 for
 * every base: positions that tell much weigh much, and every position of the query counts.
 */
export function bestPlacement(
  query: Deviations,
  target: Deviations,
  products: Float64Array,
  order: Int32Array,
  offsets: Int32Array,
): Placement {
  const total = sumOf(query.squares, 0, query.width)
  const { squares, width } = target
  let similarity = -1
  let best = 0
  for (const offset of offsets) {
    const to = Math.min(query.width, width - offset)
    let product = 0
    let square = 0
    for (let i = Math.max(0, -offset); i < to; i++) {
      const j = order[i + offset]
      product += products[i * width + j]
      square += squares[j]
    }
    const r = square > 0 ? product / Math.sqrt(total * square) : 0
    if (r > similarity) {
      similarity = r
      best = offset
    }
  }
  return { offset: best, similarity }
}

/** Positions in their own order. */
export function inOrder(width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, i) => i)
}
