import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GRID_SHAPES, SOLID_ANGLES } from '../../src/dna/angles.js'
import { normalise } from '../../src/stats/divergence.js'
import { publishedBoxcar, solidAngleBoxcar, symmetricBoxcar } from '../../src/stats/boxcar.js'

const AZIMUTHS = 9
const THETAS = 8
const density = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 72,
    maxLength: 72,
  })
  .map(values => Float64Array.from(values))

/** Mean of the cells of a list of [azimuth, theta]. */
function meanOf(values: Float64Array, cells: readonly (readonly [number, number])[]): number {
  return cells.reduce((sum, [i, j]) => sum + values[i * THETAS + j], 0) / cells.length
}

describe('the boxcar by solid angle', () => {
  it.each(['full', 'halved'] as const)('leaves an isotropic density alone: %s grid', grid => {
    const { azimuths, thetas } = GRID_SHAPES[grid]
    const areas = SOLID_ANGLES[grid]
    const turn = grid === 'full' ? 2 * Math.PI : Math.PI
    expect(areas.reduce((sum, area) => sum + area, 0)).toBeCloseTo(2 * turn, 12)
    const isotropic = normalise(areas)
    const prior = solidAngleBoxcar(areas, azimuths, thetas)(isotropic)
    for (const [cell, share] of isotropic.entries()) expect(prior[cell]).toBeCloseTo(share, 15)
    const symmetric = symmetricBoxcar(isotropic, azimuths, thetas)
    expect(
      Math.max(...symmetric.map((share, cell) => Math.abs(share / isotropic[cell] - 1))),
    ).toBeGreaterThan(0.1)
  })
})

describe('the symmetric boxcar', () => {
  it('is the mean over five by five cells, round the azimuth and cut off at the poles, adding up to 1', () => {
    fc.assert(
      fc.property(density, values => {
        fc.pre(values.some(value => value > 1e-100))
        const means = Array.from(values, (_, cell) => {
          const cells: [number, number][] = []
          for (let i = 0; i < AZIMUTHS; i++) {
            const apart = Math.abs(i - Math.floor(cell / THETAS))
            if (Math.min(apart, AZIMUTHS - apart) > 2) continue
            for (let j = 0; j < THETAS; j++) if (Math.abs(j - (cell % THETAS)) <= 2) cells.push([i, j])
          }
          return meanOf(values, cells)
        })
        const sum = means.reduce((a, b) => a + b, 0)
        const prior = symmetricBoxcar(values, AZIMUTHS, THETAS)
        for (const [cell, mean] of means.entries()) expect(prior[cell]).toBeCloseTo(mean / sum, 14)
      }),
    )
  })

  it('of nothing is nothing', () => {
    expect(symmetricBoxcar(new Float64Array(72), AZIMUTHS, THETAS)).toEqual(new Float64Array(72))
  })
})

describe('the published boxcar', () => {
  it('is the mean over those of six by six cells behind that are not on the first row or column', () => {
    fc.assert(
      fc.property(density, values => {
        const prior = publishedBoxcar(values, AZIMUTHS, THETAS)
        for (let cell = 0; cell < 72; cell++) {
          const cells: [number, number][] = []
          for (let i = 1; i < AZIMUTHS; i++) {
            for (let j = 1; j < THETAS; j++) {
              const di = i - Math.floor(cell / THETAS)
              const dj = j - (cell % THETAS)
              if (di >= -3 && di <= 2 && dj >= -3 && dj <= 2) cells.push([i, j])
            }
          }
          expect(prior[cell]).toBeCloseTo(meanOf(values, cells), 14)
        }
      }),
    )
  })
})
