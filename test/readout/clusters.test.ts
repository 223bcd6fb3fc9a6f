import { describe, expect, it } from 'vitest'
import { clusterCells } from '../../src/readout/clusters.js'

/** Contributions of a grid given as rows of azimuth, a digit a cell. */
const grid = (...rows: string[]) => ({
  contributions: Float64Array.from(rows.join(''), Number),
  shape: { azimuths: rows.length, thetas: rows[0].length, wraps: true },
})

describe('clusters of cells', () => {
  it('are hills, the heaviest first, their cells from the top down', () => {
    const { contributions, shape } = grid('0000000', '0920060', '0300000', '0000000', '0000000')
    expect(clusterCells(contributions, shape, 1.5)).toEqual([[8, 15, 9], [12]])
  })
  it('reach round the azimuth, but not over the poles', () => {
    const { contributions, shape } = grid('50000', '00000', '00000', '40001')
    expect(clusterCells(contributions, shape, 1.5)).toEqual([[0, 15], [19]])
    expect(clusterCells(contributions, { ...shape, wraps: false }, 1.5)).toEqual([[0], [15], [19]])
  })
  it('are one where the lower top is hardly above the saddle, two where it is well above', () => {
    const flat = grid('000000000', '094560000', '000000000', '000000000')
    expect(clusterCells(flat.contributions, flat.shape, 2)).toHaveLength(1)
    expect(clusterCells(flat.contributions, flat.shape, 1.5)).toHaveLength(2)
  })
  it('leave out cells without a contribution or with one below 0', () => {
    const contributions = Float64Array.from([0, -1, 2, 0, -3, 0])
    expect(clusterCells(contributions, { azimuths: 2, thetas: 3, wraps: false }, 2)).toEqual([[2]])
    expect(clusterCells(new Float64Array(6), { azimuths: 2, thetas: 3, wraps: false }, 2)).toEqual([])
  })
  it('hold every cell once', () => {
    let state = 1
    const contributions = Float64Array.from({ length: 63 * 32 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32 - 0.4
    })
    const cells = clusterCells(contributions, { azimuths: 63, thetas: 32, wraps: true }, 1.5).flat()
    const positive = [...contributions.keys()].filter(cell => contributions[cell] > 0)
    expect(cells.toSorted((a, b) => a - b)).toEqual(positive)
  })
})
