/**
 * Priors of an angular density: the density itself, smoothed with a boxcar. A grid is numbered
 * azimuth · thetas + theta.
 */
export type BoxcarKind = 'symmetric' | 'published'

export const BOXCAR_KINDS: readonly BoxcarKind[] = ['symmetric', 'published']

/** Mean over 5 x 5 cells; the azimuth wraps round, theta is cut off at the poles (mean over the cells that exist); sums to 1. */
export function symmetricBoxcar(density: Float64Array, azimuths: number, thetas: number): Float64Array {
  const prior = boxSums(density, azimuths, thetas)
  const cells = Float64Array.from(
    { length: thetas },
    (_, j) => 5 * (Math.min(thetas - 1, j + 2) - Math.max(0, j - 2) + 1),
  )
  let sum = 0
  for (let i = 0; i < azimuths; i++) sum += divideRow(prior, i * thetas, cells)
  if (sum > 0) for (let c = 0; c < prior.length; c++) prior[c] /= sum
  return prior
}

/**
 * The function that smooths a density by solid angle: the density per solid angle of 5 x 5 cells, the azimuth wrapped round and
 * theta cut off at the poles, times each cell's own; sums to 1. It leaves a density alone that is the same in all directions,
 * which `symmetricBoxcar` does not, because cells shrink towards the poles.
 *
 * @param areas Solid angle of each cell.
 */
export function solidAngleBoxcar(
  areas: Float64Array,
  azimuths: number,
  thetas: number,
): (density: Float64Array) => Float64Array {
  const around = boxSums(areas, azimuths, thetas)
  return density => {
    const prior = boxSums(density, azimuths, thetas)
    let sum = 0
    for (let c = 0; c < prior.length; c++) sum += prior[c] *= areas[c] / around[c]
    if (sum > 0) for (let c = 0; c < prior.length; c++) prior[c] /= sum
    return prior
  }
}

/** Sums over 5 x 5 cells, the azimuth wrapped round, theta cut off at the poles. */
function boxSums(values: Float64Array, azimuths: number, thetas: number): Float64Array {
  // Rows first, then columns: 10 additions a cell in place of 25. Nothing is subtracted, so that sums of nothing are 0.
  const across = new Float64Array(values.length)
  for (let i = 0; i < azimuths; i++) sumAcross(values, i * thetas, thetas, across)
  const sums = new Float64Array(values.length)
  for (let i = 0; i < azimuths; i++) {
    for (let di = -2; di <= 2; di++) {
      addRow(across, ((i + di + azimuths) % azimuths) * thetas, thetas, sums, i * thetas)
    }
  }
  return sums
}

/** Sums of each cell of a row and the two on either side, as far as they exist. */
function sumAcross(density: Float64Array, start: number, thetas: number, sums: Float64Array): void {
  const end = start + thetas - 1
  for (let c = start; c <= end; c++) {
    let sum = 0
    for (let near = Math.max(start, c - 2); near <= Math.min(end, c + 2); near++) sum += density[near]
    sums[c] = sum
  }
}

function addRow(from: Float64Array, start: number, thetas: number, into: Float64Array, at: number): void {
  for (let j = 0; j < thetas; j++) into[at + j] += from[start + j]
}

/** Divides the cells of a row; their sum. */
function divideRow(values: Float64Array, start: number, by: Float64Array): number {
  let sum = 0
  for (let j = 0; j < by.length; j++) sum += values[start + j] /= by[j]
  return sum
}

/**
 * The published code's mean: rows i-3 to i+2 and columns j-3 to j+2, as far as their indices lie in 1..n-1, divided by
 * how many those are; no wrap, not renormalised. Source: crajesh6/acme v1.0.0.
 */
export function publishedBoxcar(density: Float64Array, azimuths: number, thetas: number): Float64Array {
  const prior = new Float64Array(density.length)
  for (let i = 0; i < azimuths; i++) {
    for (let j = 0; j < thetas; j++) {
      let total = 0
      let cells = 0
      for (let row = Math.max(1, i - 3); row <= Math.min(azimuths - 1, i + 2); row++) {
        for (let column = Math.max(1, j - 3); column <= Math.min(thetas - 1, j + 2); column++) {
          total += density[row * thetas + column]
          cells++
        }
      }
      prior[i * thetas + j] = cells === 0 ? 0 : total / cells
    }
  }
  return prior
}
