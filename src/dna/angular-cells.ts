import { fullCell, GRID_SHAPES, type GridKind, halvedCell } from './angles.js'
import { powerOf } from './power.js'

/** How points are laid on the angular grid. */
export interface GridOptions {
  readonly grid: GridKind
  /** Each point adds its radius to this power. */
  readonly weight: number
}

/** Number of cells of a grid. */
export function cellCount(grid: GridKind): number {
  const { azimuths, thetas } = GRID_SHAPES[grid]
  return azimuths * thetas
}

/** The function that finds the cell of a vector (x, y, z) of length r > 0. */
export function cellFinder(grid: GridKind): (x: number, y: number, z: number, r: number) => number {
  return grid === 'full' ? fullCell : halvedCell
}

/** The function from a point's radius to what it adds. */
export function weigher(weight: number): (radius: number) => number {
  return powerOf(weight)
}
