import { addressKeeper, addressOf, doubles, integers, kernels } from '../kernels/kernels.js'
import { AZIMUTH_BINS, fullCell, THETA_BINS } from './angles.js'
import { cellFinder, type GridOptions, weigher } from './angular-cells.js'
import type { PointsRecord } from './records.js'
import { sumWindow, windowStart } from './windows.js'

/** Cells and weights of points, from `count` on. */
export interface BinnedPoints {
  readonly cells: Int32Array
  readonly weights: Float64Array
  readonly count: number
  /** Where they lie for kernels; undefined where kernels cannot reach them. */
  readonly at: { readonly cells: number; readonly weights: number } | undefined
}

/**
 * The function that writes base + cell and weight of each point of a record, for which there is room and for one more,
 * and returns the sum of the squared weights.
 */
export function pointBinner(
  options: GridOptions,
): (map: PointsRecord, base: number, out: BinnedPoints) => number {
  const cellOf = cellFinder(options.grid)
  const weightOf = weigher(options.weight)
  const isUsual = options.grid === 'full' && options.weight === 2
  const addressOfPoints = addressKeeper()
  const sum = new Float64Array(3)
  return (map, base, out) => {
    const { record, corrected, shape, scale, points, pointCount } = map
    if (isUsual && shape.kind === 'centered') {
      const squared = layByKernel(map, addressOfPoints(map.points), base, out)
      if (squared !== undefined) return squared
    }
    const { cells, weights, count } = out
    const length = record.sequence.length
    const squares = map.squares.values
    let squared = 0
    for (let j = 0; j < pointCount; j++) {
      const i = points[j]
      const r = Math.sqrt(squares[i])
      const weight = weightOf(r * scale)
      sumWindow(corrected, length, shape, i, sum)
      cells[count + j] = base + cellOf(sum[0], sum[1], sum[2], r)
      weights[count + j] = weight
      squared += weight * weight
    }
    return squared
  }
}

/** Numbers of points whose cell the kernel's tables do not tell. */
let unsettled = integers(0)
let atUnsettled = 0
const sum = new Float64Array(3)
const total = doubles(1)
const AT_TOTAL = addressOf(total)
const AT_AZIMUTHS = addressOf(AZIMUTH_BINS)
const AT_THETAS = addressOf(THETA_BINS)

/** The same by a kernel; undefined where it cannot reach the arrays. */
function layByKernel(
  map: PointsRecord,
  addressOfPoints: number,
  base: number,
  out: BinnedPoints,
): number | undefined {
  const { record, corrected, shape, scale, points, pointCount, squares } = map
  const { cells, count } = out
  if (unsettled.length <= pointCount) {
    unsettled = integers(2 * pointCount + 1)
    atUnsettled = addressOf(unsettled)
  }
  const from = corrected.at
  const to = out.at
  if (
    kernels === undefined ||
    from === undefined ||
    to === undefined ||
    !(addressOfPoints && squares.address && atUnsettled)
  ) {
    return undefined
  }
  const left = kernels.layPoints(
    addressOfPoints,
    pointCount,
    squares.address,
    from.e1,
    from.e2,
    from.e3,
    -windowStart(shape, 0),
    shape.width,
    scale,
    base,
    AT_AZIMUTHS,
    AT_THETAS,
    to.cells + 4 * count,
    to.weights + 8 * count,
    atUnsettled,
    AT_TOTAL,
  )
  for (let n = 0; n < left; n++) {
    const j = unsettled[n]
    const i = points[j]
    sumWindow(corrected, record.sequence.length, shape, i, sum)
    cells[count + j] = base + fullCell(sum[0], sum[1], sum[2], Math.sqrt(squares.values[i]))
  }
  return total[0]
}
