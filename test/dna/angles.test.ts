import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullCell, GRID_SHAPES, halvedCell } from '../../src/dna/angles.js'
import { BASES, basisRows } from '../../src/dna/basis.js'
import { cellCount, cellFinder, weigher } from '../../src/dna/angular-cells.js'

/** [azimuth bin, theta bin] of a vector. */
function full(x: number, y: number, z: number): [number, number] {
  const cell = fullCell(x, y, z, Math.hypot(x, y, z))
  return [Math.floor(cell / 32), cell % 32]
}
function halved(x: number, y: number, z: number): [number, number] {
  const cell = halvedCell(x, y, z, Math.hypot(x, y, z))
  return [Math.floor(cell / 31), cell % 31]
}

describe('the full grid', () => {
  it('has 63 bins of azimuth by 32 of theta, both of 0.1 rad', () => {
    expect(cellCount('full')).toBe(63 * 32)
    expect(Math.ceil((2 * Math.PI) / 0.1)).toBe(GRID_SHAPES.full.azimuths)
    expect(Math.ceil(Math.PI / 0.1)).toBe(GRID_SHAPES.full.thetas)
  })
  it('has theta 0 along e1 and π against it, with an azimuth of 0', () => {
    expect(full(2, 0, 0)).toEqual([31, 0])
    expect(full(-2, 0, 0)).toEqual([31, 31])
  })
  it('has theta π/2 across e1', () => {
    expect(full(0, 3, 4)[1]).toBe(15)
  })
  it('has the azimuth π, from either side of zero, in its last bin, and what is just above -π in its first', () => {
    expect(full(0, -1, 0)).toEqual([62, 15])
    expect(full(0, -1, -0)).toEqual([62, 15])
    expect(full(0, -1, 1e-9)).toEqual([62, 15])
    expect(full(0, -1, -1e-9)).toEqual([0, 15])
    expect(full(0, -1, -1e-300)).toEqual([0, 15])
  })
  it('has the cell of the angles themselves, on axes, diagonals and signed zeros too', () => {
    const bin = (angle: number, bins: number) => Math.min(Math.floor(angle / 0.1), bins - 1)
    const coordinate = fc.oneof(
      fc.constantFrom(0, -0, 1, -1, 1 + 2 ** -52, -1 - 2 ** -52, 1e-150, -1e-150, 1e150),
      fc.double({ min: -10, max: 10, noNaN: true }),
    )
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
        const r = Math.sqrt(x * x + y * y + z * z)
        fc.pre(r > 0)
        const azimuth = bin(Math.atan2(z + 0, y + 0) + Math.PI, 63) // -0 is 0
        expect(fullCell(x, y, z, r)).toBe(azimuth * 32 + bin(Math.acos(Math.max(-1, Math.min(1, x / r))), 32))
      }),
      { numRuns: 20_000 },
    )
  })
  it('goes round the azimuth from -π on', () => {
    expect(full(0, 0, -1)[0]).toBe(15) // -π/2
    expect(full(0, 1, 0)[0]).toBe(31) // 0
    expect(full(0, 0, 1)[0]).toBe(47) // π/2
  })
  it('stays on the grid where rounding makes x longer than r', () => {
    expect(fullCell(1 + 1e-15, 0, 0, 1) % 32).toBe(0)
    expect(fullCell(-1 - 1e-15, 0, 0, 1) % 32).toBe(31)
  })
})

describe('a looked-up cell of the full grid', () => {
  /** By the formula of the method, without a table. */
  function formula(x: number, y: number, z: number, r: number): number {
    let phi = Math.atan2(z, y)
    if (z === 0 && y < 0) phi = Math.PI
    const theta = Math.acos(Math.max(-1, Math.min(1, x / r)))
    return Math.min(Math.floor((phi + Math.PI) / 0.1), 62) * 32 + Math.min(Math.floor(theta / 0.1), 31)
  }
  const same = (x: number, y: number, z: number, r: number) =>
    expect(fullCell(x, y, z, r), `(${x}, ${y}, ${z}) of length ${r}`).toBe(formula(x, y, z, r))

  it('is that of the formula next to a pole, to the last bit', () => {
    for (let steps = 0; steps < 40; steps++) {
      for (const r of [1, 3, 1e-20, 7.3]) {
        const x = r * (1 - steps * 2 ** -53)
        for (const [y, z] of [
          [0, 0],
          [1e-9, 0],
          [-1e-9, -1e-12],
          [0, -1e-9],
        ]) {
          same(x, y * r, z * r, r)
          same(-x, y * r, z * r, r)
        }
      }
    }
  })
  it('is that of the formula on and next to every border', () => {
    for (let border = 0; border <= 63; border++) {
      for (const off of [0, 1e-16, -1e-16, 1e-15, -1e-15, 1e-12, -1e-12, 1e-9, -1e-9, 1e-6, -1e-6]) {
        const angle = border / 10 + off
        const [y, z] = [Math.cos(angle - Math.PI), Math.sin(angle - Math.PI)]
        same(0.3, y, z, Math.hypot(0.3, 1))
        same(Math.cos(angle), Math.abs(Math.sin(angle)), 0, 1)
      }
    }
  })
  it('is that of the formula in any direction', () => {
    const coordinate = fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, 0.5, 1e-300, -1e-300, 1e-9, Number.MIN_VALUE),
    )
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
        const r = Math.sqrt(x * x + y * y + z * z)
        fc.pre(r > 0 && (y !== 0 || z !== 0))
        same(x, y, z, r)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the halved grid', () => {
  it('has 31 bins of 0.1 rad on both axes', () => {
    expect(cellCount('halved')).toBe(31 * 31)
  })
  it('has the last theta in bin 30', () => {
    expect(halved(-1, 0, 0)[1]).toBe(30)
    expect(halved(-1, 0.01, 0)[1]).toBe(30)
  })
  it('has the azimuth PI/2 where e2 is 0, whatever e3', () => {
    const [half] = halved(0, 0, 1) // (PI/2)/2 + PI/2 = 2.3562
    expect(half).toBe(23)
    expect(halved(0, 0, -1)[0]).toBe(half)
    expect(halved(0, -0, -1)[0]).toBe(half)
    expect(halved(1, 0, 0)[0]).toBe(half)
  })
  it('puts the arctangent together by quadrants, with PI = 3.1416', () => {
    expect(halved(0, 1, 0)[0]).toBe(15) // 0/2 + PI/2 = 1.5708
    expect(halved(0, 1, 1)[0]).toBe(19) // (π/4)/2 + PI/2 = 1.9635
    expect(halved(0, 1, -1)[0]).toBe(11) // (-π/4)/2 + PI/2 = 1.1781
    expect(halved(0, -1, 1)[0]).toBe(27) // (-π/4 + PI)/2 + PI/2 = 2.7489
    expect(halved(0, -1, -1)[0]).toBe(3) // (π/4 - PI)/2 + PI/2 = 0.3927
    expect(halved(0, -1, 0)[0]).toBe(30) // PI/2 + PI/2 = 3.1416
    expect(halved(0, -1, -1e-9)[0]).toBe(0)
  })
})

describe('both grids', () => {
  it('have a cell for every direction and no other', () => {
    const coordinate = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (x, y, z) => {
        const r = Math.sqrt(x * x + y * y + z * z)
        fc.pre(r > 0)
        for (const grid of ['full', 'halved'] as const) {
          const cell = cellFinder(grid)(x, y, z, r)
          expect(Number.isInteger(cell)).toBe(true)
          expect(cell).toBeGreaterThanOrEqual(0)
          expect(cell).toBeLessThan(cellCount(grid))
        }
      }),
    )
  })
  it('weigh a point by a power of its radius', () => {
    expect(weigher(2)(3)).toBe(9)
    expect(weigher(1)(3)).toBe(3)
    expect(weigher(0)(3)).toBe(1)
    expect(weigher(0.5)(9)).toBe(3)
    expect(weigher(-1)(4)).toBe(0.25)
  })
})

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0)

describe('bases', () => {
  it('of gram-schmidt are orthonormal, and zero on what all four channels share', () => {
    const rows = basisRows('gram-schmidt')
    for (const [i, a] of rows.entries()) {
      for (const [j, b] of rows.entries()) expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 15)
      expect(dot(a, [1, 1, 1, 1])).toBeCloseTo(0, 15)
    }
  })
  it('as published lack the G of e2, and nothing else', () => {
    const [e1, e2, e3] = basisRows('published')
    expect(e2[2]).toBe(0)
    expect(dot(e2, e2)).toBeCloseTo(1 / 3, 15)
    expect([e1, e3]).toEqual([basisRows('gram-schmidt')[0], basisRows('gram-schmidt')[2]])
    expect(BASES).toEqual(['gram-schmidt', 'published'])
  })
})
