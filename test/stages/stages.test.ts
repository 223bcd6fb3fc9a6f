import { describe, expect, it } from 'vitest'
import { pipe } from '../../src/core/compose.js'
import type { AttributionRecord, Stage } from '../../src/core/types.js'
import { correct } from '../../src/stages/correct.js'
import { requireLength } from '../../src/stages/require-length.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { sumWindows, type WindowOptions } from '../../src/stages/sum-windows.js'
import { thresholdPerSequence } from '../../src/stages/threshold-windows.js'
import { recordOf } from '../support/records.js'

/** What a look at each record that comes out of a stage sees. */
function through<B, T>(
  stage: Stage<AttributionRecord, B>,
  look: (out: B) => T,
  ...records: AttributionRecord[]
): T[] {
  const seen: T[] = []
  const push = stage.connect(out => void seen.push(look(out)))
  for (const record of records) push(record)
  return seen
}

/** (v, -v, 0, 0) at each position: its own corrected map, of magnitude v·√2. */
const spikes = (...values: number[]) => values.flatMap(v => [v, -v, 0, 0])
const corrected = correct({ basis: 'gram-schmidt' })

describe('correction', () => {
  it('takes the mean over bases off every position', () => {
    const record = recordOf('', 'AC', [4, 0, 0, 0, 7, 7, 7, 7])
    const [squares] = through(corrected, map => [...map.corrected.squares.values.subarray(0, 2)], record)
    expect(squares).toEqual([9 + 1 + 1 + 1, 0])
  })
  it('keeps lengths in the coordinates of gram-schmidt', () => {
    const record = recordOf('', 'ACG', [1, 2, 3, 7, -2, 0.5, 4, 1, 0, 0, 0, -3])
    const [lengths] = through(
      corrected,
      ({ corrected: { e1, e2, e3, squares } }) =>
        [0, 1, 2].map(i => [e1[i] ** 2 + e2[i] ** 2 + e3[i] ** 2, squares.values[i]]),
      record,
    )
    for (const [coordinates, square] of lengths) expect(coordinates).toBeCloseTo(square, 13)
  })
  it('leaves N out of the sums, and counts it', () => {
    const [totals] = through(corrected, map => ({ ...map.totals }), recordOf('', 'ANA', spikes(3, 100, 4)))
    expect(totals.magnitude).toBeCloseTo(7 * Math.SQRT2, 14)
    expect(totals.square).toBe(2 * 9 + 2 * 16)
    expect(totals.unknown).toBe(1)
  })
  it('finds a map dead that has no magnitude above 0, one at an N aside', () => {
    const dead = through(
      corrected,
      map => map.dead,
      recordOf('', 'AC', [1, 1, 1, 1, -2, -2, -2, -2]),
      recordOf('', 'AN', [1, 1, 1, 1, 5, 0, 0, 0]),
      recordOf('', 'NN', spikes(1, 2)),
      recordOf('', 'AC', [1, 1, 1, 1, 1, 1, 1, 1 + 2 ** -50]),
    )
    expect(dead).toEqual([true, true, true, false])
  })
  it('serves a long record, a short one and a long one alike', () => {
    const records = ['ACGTACGT', 'AC', 'ACGTACGTA'].map(text =>
      recordOf('', text, spikes(...Array.from(text, (_, i) => i + 1))),
    )
    const together = through(corrected, map => ({ ...map.totals }), ...records)
    expect(together).toEqual(
      records.flatMap(record => through(corrected, map => ({ ...map.totals }), record)),
    )
  })
  it('does not change the record', () => {
    const record = recordOf('', 'ANA', spikes(3, 100, 4))
    const before = Array.from(record.attribution)
    through(corrected, () => {}, record)
    expect(Array.from(record.attribution)).toEqual(before)
  })
})

describe('a required length', () => {
  it('hands on sequences of k bases and more', () => {
    const stage = requireLength<AttributionRecord>({ k: 2 })
    const records = ['AC', 'ACG'].map(text => recordOf(text, text, []))
    expect(through(stage, ({ id }) => id, ...records)).toEqual(['AC', 'ACG'])
    expect(() => through(stage, ({ id }) => id, recordOf('', 'A', []))).toThrow(
      'sequence has 1 bases, expected at least k = 2; leave the record out or score with a smaller k',
    )
  })
})

/** Attributed runs of each record, half-open. */
const runsOf = (options: { q: number; buffer: number }, ...records: AttributionRecord[]) =>
  through(
    pipe(corrected, selectRuns(options)),
    map => Array.from({ length: map.runCount }, (_, j) => [map.runs[2 * j], map.runs[2 * j + 1]]),
    ...records,
  )

describe('attributed runs', () => {
  it('are half-open spans, extended by the buffer and clipped to the sequence', () => {
    const record = recordOf('', 'ACGTACGTAC', spikes(1, 9, 9, 1, 1, 1, 1, 1, 1, 9))
    expect(runsOf({ q: 0.6, buffer: 2 }, record)).toEqual([
      [
        [1, 5],
        [9, 10],
      ],
    ])
  })
  it('never begin at an N, and do not count it for the quantile', () => {
    const record = recordOf('', 'ACNNNNNNNN', spikes(1, 2, 9, 9, 9, 9, 9, 9, 9, 9))
    expect(runsOf({ q: 0.5, buffer: 0 }, record)).toEqual([[[1, 2]]])
  })
  it('of a dead map are none, and it is handed on all the same', () => {
    expect(runsOf({ q: 0.5, buffer: 2 }, recordOf('', 'AC', [1, 1, 1, 1, 1, 1, 1, 1]))).toEqual([[]])
  })
})

/** Radii in units of √2, to nine digits. */
const round = (all: readonly (number | undefined)[]) =>
  all.map(radius => radius && Math.round((radius / Math.SQRT2) * 1e9) / 1e9)

describe('windows', () => {
  const usual: WindowOptions = { width: 3, kind: 'centered', reduce: 'sum', normalise: 'none' }
  /** Radii by position; undefined where no window exists. */
  const radii = (options: Partial<WindowOptions>, record: AttributionRecord) =>
    through(
      pipe(corrected, sumWindows({ ...usual, ...options })),
      ({ squares, start, end, missing, scale }) => {
        const all = Array.from({ length: record.sequence.length }, (_, i) =>
          i >= start && i < end && squares.values[i] >= 0 ? Math.sqrt(squares.values[i]) * scale : undefined,
        )
        return { all, existing: end - start - missing }
      },
      record,
    )
  const record = recordOf('', 'ACGTAC', spikes(1, 2, 4, 8, 16, 32))

  it('that are centered exist where all of their positions do', () => {
    expect(round(radii({}, record)[0].all)).toEqual([undefined, 7, 14, 28, 56, undefined])
    expect(round(radii({ width: 1 }, record)[0].all)).toEqual([1, 2, 4, 8, 16, 32])
  })
  it('of even width reach one further behind', () => {
    expect(round(radii({ width: 2 }, record)[0].all)).toEqual([3, 6, 12, 24, 48, undefined])
    expect(round(radii({ width: 4 }, record)[0].all)).toEqual([undefined, 15, 30, 60, undefined, undefined])
    expect(round(radii({ width: 6 }, record)[0].all)).toEqual([
      undefined,
      undefined,
      63,
      undefined,
      undefined,
      undefined,
    ])
    expect(radii({ width: 7 }, record)[0].existing).toBe(0)
  })
  it('that are circular begin at their position and wrap round', () => {
    const circular = { kind: 'forward-circular' } as const
    expect(round(radii(circular, record)[0].all)).toEqual([7, 14, 28, 56, 49, 35])
    expect(round(radii({ ...circular, width: 8 }, record)[0].all)).toEqual([66, 69, 75, 87, 111, 96])
    expect(round(radii({ ...circular, width: 3 }, recordOf('', 'A', spikes(5)))[0].all)).toEqual([15])
  })
  it('that touch an N do not exist', () => {
    const some = recordOf('', 'ACGNAC', spikes(1, 2, 4, 100, 16, 32))
    expect(radii({}, some)[0]).toMatchObject({ existing: 1 })
    expect(round(radii({}, some)[0].all)).toEqual([undefined, 7, undefined, undefined, undefined, undefined])
    expect(round(radii({ kind: 'forward-circular' }, some)[0].all)).toEqual([
      7,
      undefined,
      undefined,
      undefined,
      49,
      35,
    ])
  })
  it('are of a map divided by the sum of its magnitudes, by the root of the sum of their squares, or as it is', () => {
    const [one] = radii({ width: 1, normalise: 'l2-sum' }, record)
    expect(one.all.reduce<number>((sum, radius) => sum + (radius ?? 0), 0)).toBeCloseTo(1, 14)
    const [other] = radii({ width: 1, normalise: 'frobenius' }, record)
    expect(other.all.reduce<number>((sum, radius) => sum + (radius ?? 0) ** 2, 0)).toBeCloseTo(1, 14)
  })
  it('of means are those of sums by their width', () => {
    const [sums] = radii({ width: 4 }, record)
    const [means] = radii({ width: 4, reduce: 'mean' }, record)
    expect(round(means.all)).toEqual(round(sums.all).map(radius => radius && radius / 4))
  })
  it('of dead maps are not handed on', () => {
    expect(radii({}, recordOf('', 'ACG', [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]))).toEqual([])
  })

  const points = (q: number, record: AttributionRecord) =>
    through(
      pipe(pipe(corrected, sumWindows({ ...usual, width: 1 })), thresholdPerSequence({ q })),
      map => [...map.points.subarray(0, map.pointCount)],
      record,
    )
  it('are points where their radius is above the quantile of those that exist', () => {
    expect(points(0.5, record)).toEqual([[3, 4, 5]])
    expect(points(0.5, recordOf('', 'ACGNNN', spikes(1, 2, 4, 8, 16, 32)))).toEqual([[2]])
  })
  it('without a radius are never points', () => {
    expect(points(0, recordOf('', 'ACGT', spikes(0, 0, 0, 3)))).toEqual([[3]])
    expect(points(0, recordOf('', 'ACGT', spikes(0, 3, 3, 3)))).toEqual([[1, 2, 3]])
    expect(points(0, recordOf('', 'ACGT', spikes(3, 3, 3, 3)))).toEqual([[]])
  })
})
