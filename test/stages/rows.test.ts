import { describe, expect, it } from 'vitest'
import { pipe } from '../../src/core/compose.js'
import type { AttributionRecord, Stage } from '../../src/core/types.js'
import { correct } from '../../src/stages/correct.js'
import { FEATURE_TABLE, type FeatureOptions, listFeatures } from '../../src/stages/list-features.js'
import { correctMap } from '../../src/stages/correct-map.js'
import { normaliseMap } from '../../src/stages/normalise-map.js'
import { windowMap } from '../../src/stages/window-map.js'
import { listRuns, RUN_TABLE } from '../../src/stages/list-runs.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { recordOf } from '../support/records.js'

function through<B>(stage: Stage<AttributionRecord, B>, ...records: AttributionRecord[]): B[] {
  const seen: B[] = []
  const push = stage.connect(out => void seen.push(out))
  for (const record of records) push(record)
  return seen
}

/** (v, -v, 0, 0) at each position: its own corrected map, of magnitude v·√2, in direction theta = π. */
const spikes = (...values: number[]) => values.flatMap(v => [v, -v, 0, 0])
const selected = (q: number, buffer = 0) =>
  pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q, buffer }))

describe('rows of runs', () => {
  const runs = pipe(selected(0.5), listRuns())
  const values = [1, 2, 9, 8, 1, 1, 7, 1]

  it('have span, bases, summed and peak magnitude', () => {
    const rows = through(runs, recordOf('one', 'ACGTACGT', spikes(...values)))
    expect(rows).toEqual([
      {
        id: 'one',
        start: 1,
        end: 4,
        sequence: 'CGT',
        magnitude: expect.closeTo(19 * Math.SQRT2, 12),
        peak: expect.closeTo(9 * Math.SQRT2, 12),
        peak_position: 2,
        relative_peak: 1,
        chrom: null,
        chrom_start: null,
        chrom_end: null,
        strand: null,
        file: null,
      },
      expect.objectContaining({
        start: 6,
        end: 7,
        sequence: 'G',
        peak_position: 6,
        relative_peak: expect.closeTo(7 / 9, 14),
      }),
    ])
    expect(Object.keys(rows[0])).toEqual(Object.keys(RUN_TABLE.columns))
  })

  it('lie on the genome where the id names a place, backwards on the minus strand', () => {
    const place = (id: string) =>
      through(runs, recordOf(id, 'ACGTACGT', spikes(...values))).map(
        ({ start, chrom, chrom_start, chrom_end, strand }) => [start, chrom, chrom_start, chrom_end, strand],
      )
    expect(place('chr2:100-108')).toEqual([
      [1, 'chr2', 101, 104, null],
      [6, 'chr2', 106, 107, null],
    ])
    expect(place('chr2:100-108(-)')).toEqual([
      [1, 'chr2', 104, 107, '-'],
      [6, 'chr2', 101, 102, '-'],
    ])
  })

  it('count an N inside a run as nothing, and a dead map has none', () => {
    const buffered = pipe(selected(0.5, 2), listRuns())
    const [row] = through(buffered, recordOf('', 'ACNGA', spikes(1, 3, 100, 1, 1)))
    expect(row).toMatchObject({
      sequence: 'CNG',
      magnitude: expect.closeTo(4 * Math.SQRT2, 12),
      peak_position: 1,
    })
    expect(through(runs, recordOf('', 'AC', spikes(0, 0)))).toEqual([])
  })

  it('are lines of BED, on the genome or else in the sequence', () => {
    const line = (id: string) =>
      RUN_TABLE.bed?.line(through(runs, recordOf(id, 'ACGTACGT', spikes(...values)))[1])
    expect(line('one')).toMatchObject({
      chrom: 'one',
      start: 6,
      end: 7,
      name: 'one',
      score: 778,
      strand: null,
    })
    expect(line('chr2:101-108:-')).toMatchObject({ chrom: 'chr2', start: 101, end: 102, strand: '-' })
  })
})

describe('rows of features', () => {
  const usual: FeatureOptions = { k: 2, width: 1, kind: 'centered', reduce: 'sum', normalise: 'none' }
  const features = (options: Partial<FeatureOptions> = {}, q = 0.5) =>
    pipe(selected(q), listFeatures({ ...usual, ...options }))

  it('have the cut, the runs and the k-mers inside them', () => {
    const [row] = through(features(), recordOf('chr1:0-8(+)', 'ACGTACGT', spikes(1, 2, 9, 8, 1, 1, 7, 1)))
    expect(row).toMatchObject({
      id: 'chr1:0-8(+)',
      length: 8,
      unknown: 0,
      dead: false,
      projected: false,
      magnitude: expect.closeTo(30 * Math.SQRT2, 12),
      cut: expect.closeTo(1.5 * Math.SQRT2, 12), // the median of 1 1 1 1 2 7 8 9
      attributed: 4,
      runs: 2,
      run_positions: 4,
      attributed_kmers: 2,
      strongest: 2,
      chrom: 'chr1',
      chrom_start: 0,
      chrom_end: 8,
      strand: '+',
    })
    expect(Object.keys(row)).toEqual(Object.keys(FEATURE_TABLE.columns))
  })

  it('have the direction and the radius of the strongest window', () => {
    // One position whose corrected map lies along e1 (A against C), e2 (G against A and C), e3 (T against all others).
    const direction = (...map: number[]) => {
      const [row] = through(features({}, 0), recordOf('', 'A', map))
      return [row.theta, row.phi, row.radius]
    }
    expect(direction(-1, 1, 0, 0)).toEqual([0, 0, expect.closeTo(Math.SQRT2, 14)])
    expect(direction(1, -1, 0, 0)[0]).toBeCloseTo(Math.PI, 7)
    expect(direction(-1, -1, 2, 0)).toEqual([
      expect.closeTo(Math.PI / 2, 14),
      expect.closeTo(0, 14),
      expect.closeTo(Math.sqrt(6), 14),
    ])
    expect(direction(1, 1, -2, 0)[1]).toBeCloseTo(Math.PI, 14)
    expect(direction(-1, -1, -1, 3)[1]).toBeCloseTo(Math.PI / 2, 14)
  })

  it('have radii of the map as it is normalised for the score', () => {
    const record = recordOf('', 'ACGT', spikes(1, 2, 5, 2))
    const options = { width: 3, reduce: 'mean', normalise: 'l2-sum' } as const
    const [row] = through(features(options), record)
    expect(row).toMatchObject({ strongest: 2, radius: expect.closeTo(9 / 3 / 10, 14) })
    const [far] = through(features({ width: 3 }), recordOf('', 'ACGTNAA', spikes(1, 2, 5, 2, 0, 9, 9)))
    expect(far.strongest).toBe(2) // windows that touch the N do not exist
  })

  it('have agreement with ground truth, null where there is none to measure', () => {
    // Score at the observed base A: v. Ten background scores of 1 to 10, whose mean is 5.5; a motif of 11 and 22.
    const values = [11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 22]
    const labels = Uint8Array.from(values, value => (value > 10 ? 1 : 0))
    const of = (values: readonly number[], labels: Uint8Array, text = 'A'.repeat(values.length)) => {
      const truth = { kind: 'labels', values: labels } as const
      const [row] = through(features(), recordOf('', text, spikes(...values), { truth }))
      const { signal, noise, snr, auroc, aupr } = row
      return { signal, noise, snr, auroc, aupr }
    }
    expect(of(values, labels)).toEqual({ signal: 16.5, noise: 5.5, snr: 3, auroc: 1, aupr: 1 })
    const [quiet, silent] = [of(values.slice(0, 8), labels.slice(0, 8)), of(values, new Uint8Array(12))]
    expect(quiet).toEqual({ signal: 11, noise: null, snr: null, auroc: 1, aupr: 1 })
    expect(silent).toEqual({ signal: null, noise: null, snr: null, auroc: null, aupr: null })
    const [without] = through(features(), recordOf('', 'AC', spikes(1, 2)))
    expect(without).toMatchObject({ snr: null, auroc: null })
  })

  it('of dead maps and of maps too short for a window are null where there is nothing', () => {
    const [dead, short] = through(
      features({ width: 3 }),
      recordOf('', 'ANC', spikes(0, 7, 0)),
      recordOf('', 'AC', [1, 0, 0, 0, 0, 2, 0, 0]),
    )
    expect(dead).toMatchObject({ dead: true, unknown: 1, cut: null, attributed: 0, runs: 0, theta: null })
    expect(short).toMatchObject({ dead: false, projected: true, strongest: null, radius: null, theta: null })
  })
})

describe('maps from maps', () => {
  const values = (stage: Stage<AttributionRecord>, ...records: AttributionRecord[]) => {
    const seen: number[][] = []
    const push = stage.connect(({ attribution }) => void seen.push([...attribution]))
    for (const record of records) push(record)
    return seen
  }
  const usual = { width: 3, kind: 'centered', reduce: 'sum' } as const

  it('are corrected at every position, the record else as it was', () => {
    const record = recordOf('one', 'AN', [4, 0, 0, 0, 1, 2, 3, 6], { model: 'm' })
    expect(values(correctMap(), record)).toEqual([[3, -1, -1, -1, -2, -1, 0, 3]])
    const [out] = through(pipe(correctMap(), copied()), record)
    const { id, idHash, idCheck, sequence, where, model, truth } = record
    expect(out).toEqual({ id, idHash, idCheck, sequence, where, model, truth })
  })
  it('are refused where they hold no numbers, or numbers too large to square', () => {
    const nan = recordOf('', 'AC', [1, 2, 3, 4, 5, Number.NaN, 7, 8])
    expect(() => values(correctMap(), nan)).toThrow('attribution at position 1, base C is NaN')
    expect(() => values(normaliseMap({ normalise: 'none' }), nan)).toThrow('base C is NaN')
    expect(() => values(correctMap(), recordOf('', 'A', [1e200, 0, 0, 0]))).toThrow('overflow')
  })
  it('are normalised without N, and left where there is nothing to divide by', () => {
    const record = recordOf('', 'ANC', spikes(3, 100, 1))
    const [sum] = values(normaliseMap({ normalise: 'l2-sum' }), record)
    expect(sum[0]).toBeCloseTo(3 / (4 * Math.SQRT2), 14)
    expect(sum[4]).toBeCloseTo(100 / (4 * Math.SQRT2), 14)
    const [root] = values(normaliseMap({ normalise: 'frobenius' }), record)
    expect(root[0]).toBeCloseTo(3 / Math.sqrt(20), 14)
    expect(values(normaliseMap({ normalise: 'none' }), record)).toEqual([[...spikes(3, 100, 1)]])
    expect(values(normaliseMap({ normalise: 'l2-sum' }), recordOf('', 'A', [2, 2, 2, 2]))).toEqual([
      [0, 0, 0, 0],
    ])
  })
  it('are sums or means over windows, 0 where there is no window', () => {
    const first = (rows: number[][]) => rows.map(row => row.filter((_, p) => p % 4 === 0))
    const record = recordOf('', 'ACGTAC', spikes(1, 2, 4, 8, 16, 32))
    expect(first(values(windowMap(usual), record))).toEqual([[0, 7, 14, 28, 56, 0]])
    expect(first(values(windowMap({ ...usual, reduce: 'mean' }), record))[0][1]).toBeCloseTo(7 / 3, 14)
    expect(first(values(windowMap({ ...usual, kind: 'forward-circular' }), record))).toEqual([
      [7, 14, 28, 56, 49, 35],
    ])
    const some = recordOf('', 'ACGNACG', spikes(1, 2, 4, 100, 16, 32, 64))
    expect(first(values(windowMap(usual), some, record))).toEqual([
      [0, 7, 0, 0, 0, 112, 0],
      [0, 7, 14, 28, 56, 0],
    ])
  })
})

/** All of a record but its map. */
function copied(): Stage<AttributionRecord, object> {
  return {
    name: 'copied',
    params: null,
    connect:
      next =>
      ({ id, idHash, idCheck, sequence, where, model, truth }) =>
        next({ id, idHash, idCheck, sequence, where, model, truth }),
  }
}
