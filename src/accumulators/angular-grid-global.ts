import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import { GROUPS, groupOf } from '../core/hash.js'
import {
  type AngularGrid,
  type AngularGridState,
  gridState,
  putPoint,
} from '../stats/sums/angular-grid-state.js'
import { cellCount, cellFinder, type GridOptions, weigher } from '../dna/angular-cells.js'
import type { WindowsRecord } from '../dna/records.js'
import { sumWindow } from '../dna/windows.js'
import { Candidates } from '../stats/sums/undecided-points.js'
import type { RadiusBracket } from '../stats/sums/radius-bracket.js'

export interface GlobalAngularGrid extends AngularGrid {
  /** The radius that points exceed; NaN where there are no windows. */
  readonly cut: number
}

interface State {
  readonly sure: AngularGridState
  readonly candidates: Candidates
}

/**
 * The angular histogram over a global threshold, exactly: the second pass, with the bracket that the first one found.
 * Points above the bracket are laid on the grid at once; those inside wait until all are known.
 */
export function angularGridGlobal(
  options: GridOptions & { readonly bracket: RadiusBracket },
): Accumulator<WindowsRecord, State, GlobalAngularGrid> {
  const { bracket } = options
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  const sum = new Float64Array(3)
  const sure = gridState(GROUPS, cells)
  return {
    name: 'angular-grid-global',
    params: { grid: options.grid, weight: options.weight, bracket: { ...bracket } },
    empty: () => ({ sure: sure.empty(), candidates: new Candidates() }),
    add(state, map) {
      const { record, corrected, shape, start, end, scale } = map
      const squares = map.squares.values
      const group = groupOf(record.idHash)
      for (let i = start; i < end; i++) {
        if (!(squares[i] > 0)) continue
        const r = Math.sqrt(squares[i])
        const radius = r * scale
        if (radius < bracket.low) continue
        sumWindow(corrected, record.sequence.length, shape, i, sum)
        const place = group * cells + cellOf(sum[0], sum[1], sum[2], r)
        if (radius >= bracket.high) putPoint(state.sure, place, group, weightOf(radius), 1)
        else state.candidates.add(radius, place)
      }
    },
    merge(into, from) {
      sure.merge(into.sure, from.sure)
      into.candidates.merge(from.candidates)
    },
    result(state) {
      const all = sure.empty()
      sure.merge(all, state.sure)
      let above = 0
      let cut = Number.NaN
      const sorted = state.candidates.sorted()
      for (const { radius, times } of sorted) {
        above += times
        cut = radius
        if (above >= bracket.rank) break
      }
      if (above < bracket.rank) cut = 0 // the rest of the bracket are windows of radius 0, which are no points
      for (const { radius, place, times } of sorted) {
        if (!(radius > cut)) break
        putPoint(all, place, Math.floor(place / cells), weightOf(radius), times)
      }
      return { ...sure.result(all), cut }
    },
    save: state =>
      joinArrays([
        ['sure', sure.save(state.sure)],
        ['candidates', state.candidates.save()],
      ]),
    load: arrays => ({
      sure: sure.load(arraysOf('sure', arrays)),
      candidates: Candidates.load(arraysOf('candidates', arrays)),
    }),
  }
}
