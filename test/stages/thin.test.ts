import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { groupOf } from '../../src/core/hash.js'
import { metricOptions } from '../../src/metrics/options.js'
import { resolveThinning, thinningOf } from '../../src/metrics/thinning.js'
import { thin } from '../../src/stages/thin.js'
import { whiteNoise } from '../support/controls.js'
import { recordOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'

const records = Array.from({ length: 20_000 }, (_, row) => recordOf(`chr1:${row}`, 'A', [1, 2, 3, 4]))

function kept(fraction: number, from: readonly AttributionRecord[] = records): string[] {
  const ids: string[] = []
  const push = thin<AttributionRecord>({ fraction }).connect(({ id }) => ids.push(id))
  for (const record of from) push(record)
  return ids
}

describe('thinning', () => {
  it('keeps about the fraction, by id, so that a smaller one is part of a larger', () => {
    const most = new Set(kept(0.5))
    for (const fraction of [0.5, 0.1, 0.01]) {
      const ids = kept(fraction)
      expect(Math.abs(ids.length - 20_000 * fraction)).toBeLessThan(4 * Math.sqrt(20_000 * fraction))
      expect(ids.every(id => most.has(id))).toBe(true)
      expect(new Set(kept(fraction, records.toReversed()))).toEqual(new Set(ids))
    }
    expect(kept(1)).toHaveLength(20_000)
  })

  it('has nothing to do with the groups of records', () => {
    const groups = new Float64Array(64)
    const ids = new Set(kept(0.25))
    for (const { id, idHash } of records) if (ids.has(id)) groups[groupOf(idHash)]++
    const chi = groups.reduce((sum, count) => sum + (count - ids.size / 64) ** 2 / (ids.size / 64), 0)
    expect(chi).toBeLessThan(63 + 4 * Math.sqrt(126))
  })

  it('scores what scoring the kept records does', () => {
    const all = whiteNoise(200, 60, 3)
    const metrics = metricOptions({ kmer: { k: 2 } })
    const thinned = scoreRecords(all, metrics, { fraction: 0.4 })
    const ids = new Set(kept(0.4, all))
    expect(thinned).toEqual(
      scoreRecords(
        all.filter(({ id }) => ids.has(id)),
        metrics,
      ),
    )
    expect(thinned.records).toBe(ids.size)
  })

  it('takes a number of records as the fraction that it is of what the files hold', () => {
    const inputs = [
      { name: 'a', batches: [{ rows: 300, bytes: 1 }] },
      { name: 'b', batches: [{ rows: 100, bytes: 1 }] },
    ]
    expect(resolveThinning(thinningOf(100), inputs)).toEqual({ asked: 100, fraction: 0.25 })
    expect(resolveThinning(thinningOf(1000), inputs)).toEqual({ asked: 1000, fraction: 1 })
    expect(resolveThinning(thinningOf(0.3), [{ name: '-', batches: undefined }])).toEqual({
      asked: 0.3,
      fraction: 0.3,
    })
    expect(resolveThinning(undefined, inputs)).toBeUndefined()
    expect(() => resolveThinning(thinningOf(100), [{ name: '-', batches: undefined }])).toThrow(
      '-: the number of records in a pipe is not known in advance',
    )
    for (const wrong of [0, -1, Number.NaN]) expect(() => thinningOf(wrong)).toThrow(`thin is ${wrong}`)
  })
})
