import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import { type AngularGrid, type AngularGridState, gridState } from '../stats/sums/angular-grid-state.js'
import { pointBinner } from '../dna/bin-points.js'
import { cellCount, type GridOptions } from '../dna/angular-cells.js'
import type { PointsRecord } from '../dna/records.js'

/** The angular histogram: each point adds radius^weight to the cell of its direction. */
export function angularGrid(
  options: Partial<GridOptions> = {},
): Accumulator<PointsRecord, AngularGridState, AngularGrid> {
  const { grid = 'full', weight = 2 } = options
  const cells = cellCount(grid)
  const binPoints = pointBinner({ grid, weight })
  return {
    name: 'angular-grid',
    params: { grid, weight },
    ...gridState(GROUPS, cells),
    add(state, map) {
      const { record, pointCount } = map
      if (pointCount === 0) return
      const group = groupOf(record.idHash)
      const block = state.waiting.room(group, pointCount)
      const squared = binPoints(map, group * cells, block)
      state.squares.add(group, squared) // refuses a record with a weight that is none, before its weights count
      block.count += pointCount
      state.points.add(group, 0, pointCount)
    },
  }
}
