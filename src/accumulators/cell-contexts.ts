import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import type { GridKind } from '../dna/angles.js'
import { N } from '../dna/bases.js'
import { CONTEXT, centreOffset, FLANK } from '../dna/flanks.js'
import { cellCount, cellFinder } from '../dna/angular-cells.js'
import type { PointsRecord } from '../dna/records.js'
import { sumWindow } from '../dna/windows.js'
import { Counts } from '../stats/sums/counts.js'

export interface CellContexts {
  /** How often base b was met at position i (0 to 10, the centre being 5) around the points of cell c: [(11·c + i)·4 + b]. */
  readonly contexts: Float64Array
  /** A, C, G and T of all maps that are not dead: what the contexts are compared with. */
  readonly bases: Float64Array
}

interface State {
  readonly contexts: Counts
  readonly bases: Counts
}

/**
 * Counts the bases around the points of every angular cell: within 5 positions of the middle of a point's window. What
 * lies beyond an end of the sequence, and N, count nowhere.
 */
export function cellContexts(options: {
  readonly grid: GridKind
}): Accumulator<PointsRecord, State, CellContexts> {
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const sum = new Float64Array(3)
  const known = new Float64Array(N + 1)
  const width = cells * CONTEXT * 4
  return {
    name: 'cell-contexts',
    params: { grid: options.grid, flank: FLANK },
    empty: () => ({ contexts: new Counts(1, width), bases: new Counts(1, 4) }),
    add({ contexts, bases }, map) {
      const { record, corrected, shape, points, pointCount } = map
      const { sequence } = record
      const length = sequence.length
      known.fill(0)
      for (let i = 0; i < length; i++) known[sequence[i]]++
      for (let base = 0; base < N; base++) if (known[base] > 0) bases.add(0, base, known[base])
      if (pointCount === 0) return
      const squares = map.squares.values
      const offset = centreOffset(shape)
      const page = contexts.page(0, pointCount * CONTEXT)
      let counted = 0
      for (let j = 0; j < pointCount; j++) {
        const i = points[j]
        sumWindow(corrected, length, shape, i, sum)
        const cell = cellOf(sum[0], sum[1], sum[2], Math.sqrt(squares[i]))
        const first = ((i + offset) % length) - FLANK
        const from = Math.max(0, first)
        const to = Math.min(length, first + CONTEXT)
        let place = (cell * CONTEXT + from - first) * 4
        for (let p = from; p < to; p++, place += 4) {
          if (sequence[p] === N) continue
          page[place + sequence[p]]++
          counted++
        }
      }
      contexts.added(0, counted)
    },
    merge(into, from) {
      into.contexts.merge(from.contexts)
      into.bases.merge(from.bases)
    },
    result: ({ contexts, bases }) => ({ contexts: contexts.sum(), bases: bases.sum() }),
    save: ({ contexts, bases }) =>
      joinArrays([
        ['contexts', contexts.save()],
        ['bases', bases.save()],
      ]),
    load: arrays => ({
      contexts: Counts.load(arraysOf('contexts', arrays), 1, width),
      bases: Counts.load(arraysOf('bases', arrays), 1, 4),
    }),
  }
}
