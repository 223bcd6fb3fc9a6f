import { describe, expect, it } from 'vitest'
import { estimateMemory, type RunShape } from '../../src/scoring/estimate.js'
import { assertWithinMemory } from '../../src/scoring/memory-limit.js'
import { metricOptions } from '../../src/metrics/options.js'
import { sweepOptions } from '../../src/metrics/sweep-options.js'
import { memoryLimitOf } from '../../src/cli/flags/run-flags.js'

const MB = 2 ** 20
const metrics = metricOptions({ kmer: { k: 9 } })
const run: RunShape = {
  metrics,
  populationPrior: true,
  records: 1e6,
  batchBytes: 0,
  piped: false,
  workers: 1,
}
const state = (changes: Partial<RunShape>) => estimateMemory({ ...run, ...changes }).state_bytes
/** Counts of 4 bytes of all 9-mers in 64 groups. */
const COUNTS = 64 * 4 ** 9 * 4
const GRID = 63 * 32 * 6 * 8 * 64

describe('the estimate of memory', () => {
  it('counts every k-mer table and every grid of a state', () => {
    const plain = state({})
    // Ids, two buffers of bases, one of points, and the sample of records.
    expect(plain).toBe(2 * COUNTS + GRID + (3 + 2 + 3 + 6) * MB)
    expect(state({ populationPrior: false })).toBe(plain - COUNTS - MB)
    expect(state({ records: 10 })).toBe(plain - 2 * COUNTS * (54 / 64))
    const nulls = { kmer: 'shift', angularDraws: 3 } as const
    expect(state({ nulls })).toBe(plain + COUNTS + MB + 3 * (GRID + 3 * MB))
    const sweep = sweepOptions(metrics, { k: [8, 9], q: [0.8, 0.9, 0.95], window: [1, 2] })
    expect(sweep.kmer).toHaveLength(6)
    // The setting asked for is there already.
    expect(state({ sweep }) - plain).toBe(2 * (COUNTS + MB) + 4 * (COUNTS / 4 + MB) + 2 * (GRID + 3 * MB))
  })

  it('of a pipe with a global threshold has a grid for each bin of the radius', () => {
    const global = metricOptions({ convention: 'acme-atac' })
    const file = state({ metrics: global })
    expect(state({ metrics: global, piped: true }) - file).toBe(31 * 31 * 6 * 8 * (16 * 32 - 64))
  })
})

describe('the limit of memory', () => {
  const big: RunShape = {
    ...run,
    workers: 4,
    nulls: { kmer: 'shift', angularDraws: 2 },
    sweep: sweepOptions(metrics, { k: [10] }),
  }

  it('lets pass what needs less, and says how much', () => {
    expect(assertWithinMemory(run, 1e9)).toEqual(estimateMemory(run))
  })

  it('refuses what needs more, and says what each remedy would leave', () => {
    const needed = (changes: Partial<RunShape>) => {
      const bytes = estimateMemory({ ...big, ...changes }).total_bytes
      return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
    }
    expect(() => assertWithinMemory(big, 2e9)).toThrow(
      new RegExp(`^the run needs about ${needed({})} of memory, .* and the limit is 2.0 GB; `),
    )
    for (const [remedy, changes] of [
      ['use --workers 1', { workers: 1 }],
      ['leave the sweep out', { sweep: undefined }],
      ['take --null-draws 1', { nulls: { kmer: 'shift', angularDraws: 1 } }],
      ['use --null multinomial', { nulls: { kmer: 'multinomial', angularDraws: 2 } }],
    ] as const) {
      expect(() => assertWithinMemory(big, 2e9)).toThrow(`${remedy} (${needed(changes)}), or`)
    }
    expect(() => assertWithinMemory(big, 2e9)).toThrow(/take --k 8 \(.*or raise --memory-limit$/)
  })

  it('is given in bytes of any size', () => {
    for (const [text, bytes] of [
      ['8GB', 8e9],
      ['500MB', 5e8],
      ['1.5 G', 1.5e9],
      ['2GiB', 2 * 2 ** 30],
      ['64KiB', 65536],
      ['123456', 123456],
    ] as const) {
      expect(memoryLimitOf(text)).toBeCloseTo(bytes, 3)
    }
    expect(memoryLimitOf(undefined)).toBeGreaterThan(1e8)
    for (const text of ['', 'much', '-1GB', '0', '1GBB'])
      expect(() => memoryLimitOf(text)).toThrow('--memory-limit is')
  })
})
