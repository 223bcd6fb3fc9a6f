import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { metricOptions } from '../../src/metrics/options.js'
import { between, randomFrom } from '../support/dumps.js'
import { networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { recordOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'

// What docs/read-the-numbers.md says of maps read backwards, and of windows whose radius is exactly that of the cut.

const LENGTH = 60
const Q = 0.9

/** Every record from its last position to its first. */
const mirrored = (records: readonly AttributionRecord[]): AttributionRecord[] =>
  records.map(record => ({
    ...record,
    sequence: record.sequence.toReversed(),
    attribution: record.attribution.map((_, p, map) => map[map.length - 4 - p + 2 * (p & 3)]),
  }))

const angularOf = (records: readonly AttributionRecord[]) =>
  scoreRecords(records, metricOptions({}), { brief: true }).angular

/** In whole numbers, which are exact: windows above the quantile of their record, and those that tie with it. */
function exactly(maps: readonly (readonly number[])[]): { readonly above: number; readonly tied: number } {
  let above = 0
  let tied = 0
  for (const map of maps) {
    // Four times the corrected values.
    const corrected = map.map((value, p) => {
      const start = p - (p & 3)
      return 4 * value - map.slice(start, start + 4).reduce((sum, each) => sum + each, 0)
    })
    const squares = Array.from({ length: LENGTH - 2 }, (_, i) =>
      [0, 1, 2, 3].reduce((sum, base) => {
        const at = 4 * i + base
        return sum + (corrected[at] + corrected[at + 4] + corrected[at + 8]) ** 2
      }, 0),
    )
    const sorted = squares.toSorted((a, b) => a - b)
    const place = Q * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(place)], sorted[Math.floor(place) + 1]]
    above += squares.filter(square => (low === high ? square > low : square >= high)).length
    if (low === high) tied += squares.filter(square => square === low).length
  }
  return { above, tied }
}

describe('maps read backwards', () => {
  it.each(NETWORKS)('of %s give the same points, and the same score but for its last digits', model => {
    const records = networkRecords(model).slice(0, 500)
    const [forward, backward] = [records, mirrored(records)].map(angularOf)
    expect(backward.points).toBe(forward.points)
    expect(gap(backward.kld_nats, forward.kld_nats ?? 0)).toBeLessThan(1e-12)
  })

  it('of whole numbers give points that differ by no more than the windows that tie with the cut', () => {
    const random = randomFrom(8)
    for (const most of [1, 3]) {
      const maps = Array.from({ length: 64 }, () =>
        Array.from({ length: 4 * LENGTH }, () => between(random, -most, most)),
      )
      const sequence = 'ACGT'.repeat(LENGTH / 4)
      const records = maps.map((map, row) => recordOf(String(row), sequence, map))
      const { above, tied } = exactly(maps)
      expect(tied).toBeGreaterThan(10)
      for (const each of [records, mirrored(records)]) {
        const { points } = angularOf(each)
        expect(points).toBeGreaterThanOrEqual(above)
        expect(points).toBeLessThan(above + tied)
      }
    }
  })
})
