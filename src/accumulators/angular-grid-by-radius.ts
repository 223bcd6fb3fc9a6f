import { arraysOf, joinArrays } from '../core/arrays.js'
import type { Accumulator } from '../core/types.js'
import { cellCount, cellFinder, type GridOptions, weigher } from '../dna/angular-cells.js'
import type { WindowsRecord } from '../dna/records.js'
import { sumWindow } from '../dna/windows.js'
import { Counts } from '../stats/sums/counts.js'
import { ExactSums } from '../stats/sums/exact-sums.js'
import { EXPONENTS, topRank } from '../stats/sums/radius-bracket.js'

/** 32 bins an octave: radii are distinguished to 2 to 3 %, and an octave takes about 1.5 MB. */
const BINS = 32

export interface BinnedAngularGrid {
  readonly weights: Float64Array
  readonly points: number
  readonly effectivePoints: number
  /** Lower border of the bin that holds the cut. */
  readonly cut: number
  /** Windows, those that are no points too. */
  readonly windows: number
}

interface Octave {
  readonly weights: ExactSums
  readonly squares: ExactSums
}

interface State {
  /** Windows by exponent and bin of their radius; radius 0 is the first. */
  readonly windows: Counts
  readonly octaves: Map<number, Octave>
}

const view = new Float64Array(1)
const words = new Uint32Array(view.buffer)

/**
 * The angular histogram over a global threshold in one pass, for a pipe: a grid for each bin of the radius. Bins above
 * that of the cut count in full, that of the cut in the proportion that makes up the number of points.
 */
export function angularGridByRadius(
  options: GridOptions & { readonly top: number },
): Accumulator<WindowsRecord, State, BinnedAngularGrid> {
  const { top } = options
  const cells = cellCount(options.grid)
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  const sum = new Float64Array(3)
  const emptyOctave = (): Octave => ({ weights: new ExactSums(BINS * cells), squares: new ExactSums(BINS) })
  const octaveOf = (state: State, exponent: number) => {
    let octave = state.octaves.get(exponent)
    if (octave === undefined) state.octaves.set(exponent, (octave = emptyOctave()))
    return octave
  }
  const exponents = (state: State) => [...state.octaves.keys()].toSorted((a, b) => a - b)
  return {
    name: 'angular-grid-by-radius',
    params: { grid: options.grid, weight: options.weight, top, binsPerOctave: BINS },
    empty: () => ({ windows: new Counts(EXPONENTS, BINS), octaves: new Map() }),
    add(state, map) {
      const { record, corrected, shape, start, end, scale } = map
      const squares = map.squares.values
      for (let i = start; i < end; i++) {
        if (squares[i] < 0) continue
        const r = Math.sqrt(squares[i])
        const radius = r * scale
        view[0] = radius
        const exponent = words[1] >>> 20
        const bin = (words[1] >>> 15) & (BINS - 1)
        state.windows.add(exponent, bin)
        if (!(r > 0)) continue
        const octave = octaveOf(state, exponent)
        const weight = weightOf(radius)
        sumWindow(corrected, record.sequence.length, shape, i, sum)
        octave.weights.add(bin * cells + cellOf(sum[0], sum[1], sum[2], r), weight)
        octave.squares.add(bin, weight * weight)
      }
    },
    merge(into, from) {
      into.windows.merge(from.windows)
      for (const [exponent, octave] of from.octaves) {
        const mine = octaveOf(into, exponent)
        mine.weights.merge(octave.weights)
        mine.squares.merge(octave.squares)
      }
    },
    result(state) {
      let windows = 0
      for (let e = 0; e < EXPONENTS; e++) windows += state.windows.total(e)
      const wanted = topRank(top, windows) - 1 // the cut itself is no point
      const total = new Float64Array(cells)
      let points = 0
      let sum = 0
      let squares = 0
      let cut = 0
      for (const exponent of exponents(state).toReversed()) {
        const { weights, squares: squaresOf } = state.octaves.get(exponent) as Octave
        const values = weights.values()
        const squared = squaresOf.values()
        for (let bin = BINS - 1; bin >= 0 && points < wanted; bin--) {
          const inBin = state.windows.of(exponent)?.[bin] ?? 0
          if (inBin === 0) continue
          const share = Math.min(1, (wanted - points) / inBin)
          for (let c = 0; c < cells; c++) {
            total[c] += share * values[bin * cells + c]
            sum += share * values[bin * cells + c]
          }
          squares += share * squared[bin]
          points += Math.round(share * inBin)
          words[0] = 0
          words[1] = (exponent << 20) | (bin << 15)
          cut = view[0]
        }
      }
      return {
        weights: total,
        points,
        effectivePoints: squares > 0 ? (sum * sum) / squares : 0,
        cut,
        windows,
      }
    },
    save: state =>
      joinArrays([
        ['windows', state.windows.save()],
        ...exponents(state).flatMap(exponent => {
          const { weights, squares } = state.octaves.get(exponent) as Octave
          return [
            [`weights.${exponent}`, weights.save()],
            [`squares.${exponent}`, squares.save()],
          ] as const
        }),
      ]),
    load(arrays) {
      const octaves = new Map<number, Octave>()
      for (const name of Object.keys(arrays)) {
        const exponent = Number(/^weights\.(\d+)\/planes$/.exec(name)?.[1] ?? Number.NaN)
        if (Number.isNaN(exponent)) continue
        octaves.set(exponent, {
          weights: ExactSums.load(arraysOf(`weights.${exponent}`, arrays), BINS * cells),
          squares: ExactSums.load(arraysOf(`squares.${exponent}`, arrays), BINS),
        })
      }
      return { windows: Counts.load(arraysOf('windows', arrays), EXPONENTS, BINS), octaves }
    },
  }
}
