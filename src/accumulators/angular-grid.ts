import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../dna/groups.js'
import { type AngularGrid, type AngularGridState, gridState } from '../stats/grid-state.js'
import { cellCount, cellFinder, type GridOptions, weigher } from '../dna/points.js'
import type { PointsRecord } from '../dna/records.js'

/** The angular histogram: each window whose squared sum is above the record's cut adds radius^weight to its cell. */
export function angularGrid(options: GridOptions): Accumulator<PointsRecord, AngularGridState, AngularGrid> {
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  return {
    name: 'angular-grid',
    params: { grid: options.grid, weight: options.weight },
    ...gridState(GROUPS, cells),
    add(state, map) {
      const { start, end, cut, scale } = map
      const { x, y, z, squares } = map.windows
      const group = groupOf(map.record.idHash)
      const base = group * cells
      let points = 0
      for (let i = start; i < end; i++) {
        const square = squares[i]
        if (!(square > cut)) continue
        const r = Math.sqrt(square)
        const weight = weightOf(r * scale)
        state.weights.add(base + cellOf(x[i], y[i], z[i], r), weight)
        state.squares.add(group, weight * weight)
        points++
      }
      if (points > 0) state.points.add(group, 0, points)
    },
  }
}
