/** How cells lie next to one another: a grid numbered azimuth · thetas + theta. */
export interface CellGrid {
  readonly azimuths: number
  readonly thetas: number
  /** Whether the last azimuth is next to the first, as on the full circle. */
  readonly wraps: boolean
}

/** Cells that belong together, the heaviest first. */
export type CellCluster = readonly number[]

/**
 * Clusters of the cells that add to a divergence: each cell with a contribution above 0 belongs to the hill on which it
 * lies. Cells are taken from the heaviest down; one next to no cell taken so far is the top of a new hill, any other joins
 * the hill of its heaviest neighbour (a watershed). Where two hills meet, the lower one is a hill of its own only if its
 * top is at least `prominence` times as high as the cell where they meet; else they are one. Neighbours are the eight
 * around a cell.
 *
 * @returns Clusters by descending sum of their contributions.
 */
export function clusterCells(contributions: Float64Array, grid: CellGrid, prominence: number): CellCluster[] {
  const order = [...contributions.keys()]
    .filter(cell => contributions[cell] > 0)
    .toSorted((a, b) => contributions[b] - contributions[a] || a - b)
  const hill = new Map<number, number>()
  const parent = new Map<number, number>()
  const find = (top: number): number => {
    const up = parent.get(top) as number
    return up === top ? top : find(up)
  }
  for (const cell of order) {
    const tops = [
      ...new Set(
        neighbours(cell, grid).flatMap(near => (hill.has(near) ? [find(hill.get(near) as number)] : [])),
      ),
    ].toSorted((a, b) => contributions[b] - contributions[a] || a - b)
    if (tops.length === 0) {
      hill.set(cell, cell)
      parent.set(cell, cell)
      continue
    }
    hill.set(cell, hillOfHeaviest(cell, hill, contributions, grid))
    for (const lower of tops.slice(1)) {
      if (contributions[lower] < prominence * contributions[cell]) parent.set(lower, tops[0])
    }
  }
  const clusters = new Map<number, number[]>()
  for (const cell of order) {
    const top = find(hill.get(cell) as number)
    const cells = clusters.get(top)
    if (cells === undefined) clusters.set(top, [cell])
    else cells.push(cell)
  }
  const weight = (cells: CellCluster) => cells.reduce((sum, cell) => sum + contributions[cell], 0)
  return [...clusters.values()].toSorted((a, b) => weight(b) - weight(a) || a[0] - b[0])
}

function hillOfHeaviest(
  cell: number,
  hill: ReadonlyMap<number, number>,
  contributions: Float64Array,
  grid: CellGrid,
): number {
  let best = -1
  for (const near of neighbours(cell, grid)) {
    if (!hill.has(near)) continue
    if (
      best < 0 ||
      contributions[near] > contributions[best] ||
      (contributions[near] === contributions[best] && near < best)
    )
      best = near
  }
  return hill.get(best) as number
}

function neighbours(cell: number, { azimuths, thetas, wraps }: CellGrid): number[] {
  const row = Math.floor(cell / thetas)
  const column = cell % thetas
  const found: number[] = []
  for (let di = -1; di <= 1; di++) {
    const i = wraps ? (row + di + azimuths) % azimuths : row + di
    if (i < 0 || i >= azimuths) continue
    for (let dj = -1; dj <= 1; dj++) {
      const j = column + dj
      if (j < 0 || j >= thetas || (di === 0 && dj === 0)) continue
      found.push(i * thetas + j)
    }
  }
  return found
}
