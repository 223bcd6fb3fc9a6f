import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../dna/groups.js'
import { type AngularGrid, type AngularGridState, gridState } from '../stats/grid-state.js'
import { cellCount, cellFinder, type GridOptions, weigher } from '../dna/points.js'
import type { PointsRecord } from '../dna/records.js'
import { sumWindow } from '../dna/windows.js'

/** The angular histogram: each point adds radius^weight to the cell of its direction. */
export function angularGrid(options: GridOptions): Accumulator<PointsRecord, AngularGridState, AngularGrid> {
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  const sum = new Float64Array(3)
  return {
    name: 'angular-grid',
    params: { grid: options.grid, weight: options.weight },
    ...gridState(GROUPS, cells),
    add(state, map) {
      const { record, corrected, shape, scale, points, pointCount } = map
      if (pointCount === 0) return
      const length = record.sequence.length
      const squares = map.squares.values
      const group = groupOf(record.idHash)
      const base = group * cells
      const block = state.waiting.room(group, pointCount)
      const { cells: places, weights, count } = block
      let squared = 0
      for (let j = 0; j < pointCount; j++) {
        const i = points[j]
        const r = Math.sqrt(squares[i])
        const weight = weightOf(r * scale)
        sumWindow(corrected, length, shape, i, sum)
        places[count + j] = base + cellOf(sum[0], sum[1], sum[2], r)
        weights[count + j] = weight
        squared += weight * weight
      }
      state.squares.add(group, squared) // refuses a record with a weight that is none, before its weights count
      block.count += pointCount
      state.points.add(group, 0, pointCount)
    },
  }
}
