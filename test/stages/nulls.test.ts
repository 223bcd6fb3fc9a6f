import { describe, expect, it } from 'vitest'
import { pipe } from '../../src/core/compose.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { type Basis, BASES, basisRows } from '../../src/dna/basis.js'
import { decodeBases } from '../../src/dna/bases.js'
import { shiftOf } from '../../src/stages/shift-runs.js'
import { correct } from '../../src/stages/correct.js'
import { rotateVectors } from '../../src/stages/rotate-vectors.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { shiftRuns } from '../../src/stages/shift-runs.js'
import { whiteNoise } from '../support/controls.js'
import { recordOf } from '../support/records.js'

/** Coordinates of the turned vectors of records, one after another. */
function turned(records: readonly AttributionRecord[], basis: Basis, draw = 0): number[][] {
  const vectors: number[][] = []
  const push = pipe(correct({ basis }), rotateVectors({ basis, draw })).connect(({ record, corrected }) => {
    for (let i = 0; i < record.sequence.length; i++) {
      vectors.push([corrected.e1[i], corrected.e2[i], corrected.e3[i]])
    }
  })
  for (const record of records) push(record)
  return vectors
}

describe('turned vectors', () => {
  const records = whiteNoise(300, 200, 1)
  const vectors = turned(records, 'gram-schmidt')
  const lengths = vectors.map(vector => Math.hypot(...vector))

  it('keep their lengths', () => {
    let at = 0
    for (const { attribution } of records) {
      for (let p = 0; p < attribution.length; p += 4, at++) {
        const values = [...attribution.subarray(p, p + 4)]
        const mean = values.reduce((sum, value) => sum + value, 0) / 4
        expect(lengths[at]).toBeCloseTo(Math.hypot(...values.map(value => value - mean)), 12)
      }
    }
  })

  it('lie evenly on the sphere: along each axis a coordinate is uniform in [-1, 1], and none goes with another', () => {
    const n = vectors.length
    for (let axis = 0; axis < 3; axis++) {
      const heights = vectors.map((vector, i) => vector[axis] / lengths[i]).toSorted((a, b) => a - b)
      // Kolmogorov and Smirnov: 1.95 / sqrt(n) is passed once in a thousand.
      const furthest = Math.max(...heights.map((height, i) => Math.abs((height + 1) / 2 - (i + 0.5) / n)))
      expect(furthest).toBeLessThan(1.95 / Math.sqrt(n))
      const other = (axis + 1) % 3
      const product = vectors.reduce((sum, v, i) => sum + (v[axis] * v[other]) / lengths[i] ** 2, 0) / n
      expect(Math.abs(product)).toBeLessThan(4 / Math.sqrt(15 * n))
    }
    const neighbours = vectors.slice(1).reduce((sum, v, i) => {
      const before = vectors[i]
      return sum + (v[0] * before[0] + v[1] * before[1] + v[2] * before[2]) / (lengths[i] * lengths[i + 1])
    }, 0)
    expect(Math.abs(neighbours / n)).toBeLessThan(4 / Math.sqrt(3 * n))
  })

  it('are the same vectors in every basis', () => {
    const [, row2] = basisRows('published')
    const rows = basisRows('gram-schmidt')
    for (const [i, [e1, e2, e3]] of turned(records.slice(0, 2), 'published').entries()) {
      const [x, y, z] = vectors[i]
      const channels = [0, 1, 2, 3].map(base => x * rows[0][base] + y * rows[1][base] + z * rows[2][base])
      expect(e1).toBe(x)
      expect(e3).toBe(z)
      expect(e2).toBeCloseTo(
        channels.reduce((sum, value, base) => sum + value * row2[base], 0),
        12,
      )
    }
    expect(BASES).toHaveLength(2)
  })

  it('depend on the id, the position and the draw alone', () => {
    expect(turned(records.slice(5, 6), 'gram-schmidt')).toEqual(vectors.slice(1000, 1200))
    expect(turned(records.slice(5, 6), 'gram-schmidt', 1)[0]).not.toEqual(vectors[1000])
    const { sequence, attribution } = records[5]
    const renamed = recordOf('another', sequence, attribution)
    expect(turned([renamed], 'gram-schmidt')[0]).not.toEqual(vectors[1000])
  })
})

describe('runs moved at random', () => {
  it('are read round the end of the sequence, all by the same offset of 1 to L-1', () => {
    const text = 'ACGTTGCAACGGTTAC'
    const offsets = new Set<number>()
    for (let i = 0; i < 200; i++) {
      const record = recordOf(
        String(i),
        text,
        Array.from(text).flatMap((_, at) => (at % 7 < 2 ? [9 + at, 0, 0, 0] : [0, 0, 0, 0])),
      )
      const offset = shiftOf(record.idHash, text.length)
      offsets.add(offset)
      pipe(pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q: 0.5, buffer: 2 })), shiftRuns()).connect(
        ({ record: moved, runs, runCount }) => {
          expect(runCount).toBe(3)
          for (let j = 0; j < runCount; j++) {
            const [start, end] = [runs[2 * j], runs[2 * j + 1]]
            const expected = Array.from(
              { length: end - start },
              (_, n) => text[(start + offset + n) % text.length],
            )
            expect(decodeBases(moved.sequence, start, end)).toBe(expected.join(''))
          }
        },
      )(record)
    }
    expect([...offsets].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: text.length - 1 }, (_, i) => i + 1),
    )
    expect(shiftOf(7, 1)).toBe(0)
  })
})
