import { describe, expect, it } from 'vitest'
import { Counts } from '../../../src/stats/sums/counts.js'
import { bytesOf } from '../../support/laws.js'

const LARGE = 2 ** 32

describe('counts', () => {
  it('go beyond 32 bits', () => {
    const counts = new Counts(2, 3)
    counts.add(1, 0, 5)
    counts.add(1, 2, LARGE)
    counts.add(1, 2, LARGE - 1)
    counts.add(1, 1)
    expect([...counts.sum()]).toEqual([5, 1, 2 * LARGE - 1])
    expect(counts.total(1)).toBe(2 * LARGE + 5)
    expect(counts.of(0)).toBeUndefined()
  })

  it('go beyond 32 bits one at a time', () => {
    const counts = new Counts(1, 1)
    counts.add(0, 0, LARGE - 2)
    for (let i = 0; i < 4; i++) counts.add(0, 0)
    expect([...counts.sum()]).toEqual([LARGE + 2])
  })

  it('go beyond 32 bits where a caller adds to the page itself', () => {
    const counts = new Counts(1, 2)
    for (let i = 0; i < 3; i++) {
      const page = counts.page(0, LARGE - 1)
      page[1] += LARGE - 1
      counts.added(0, LARGE - 1)
    }
    expect([...counts.sum()]).toEqual([0, 3 * (LARGE - 1)])
  })

  it('go beyond 32 bits by merging', () => {
    const part = () => {
      const counts = new Counts(2, 2)
      counts.add(0, 1, LARGE - 1)
      counts.add(1, 0, 7)
      return counts
    }
    const counts = part()
    counts.merge(part())
    counts.merge(part())
    expect([...counts.sum()]).toEqual([21, 3 * (LARGE - 1)])
  })

  it('save to the same bytes whether or not room for more was asked for', () => {
    const plain = new Counts(4, 2)
    plain.add(2, 1, 9)
    const roomy = new Counts(4, 2)
    roomy.page(2, 2 ** 40)[1] += 9
    roomy.added(2, 9)
    roomy.page(3, 2 ** 40)
    expect(bytesOf(roomy.save())).toEqual(bytesOf(plain.save()))
    const merged = new Counts(4, 2)
    merged.merge(roomy)
    expect(bytesOf(merged.save())).toEqual(bytesOf(plain.save()))
  })

  it('save and load narrow and wide groups together', () => {
    const counts = new Counts(64, 2)
    counts.add(63, 0, 3)
    counts.add(5, 1, 2 ** 52)
    counts.add(5, 0, LARGE + 1)
    const saved = counts.save()
    expect([...saved.groups]).toEqual([5, 63])
    const again = Counts.load(saved, 64, 2)
    expect([...(again.of(5) ?? [])]).toEqual([LARGE + 1, 2 ** 52])
    expect([...(again.of(63) ?? [])]).toEqual([3, 0])
    expect(bytesOf(again.save())).toEqual(bytesOf(saved))
    again.add(63, 0, LARGE)
    expect(again.of(63)?.[0]).toBe(LARGE + 3)
  })

  it('refuse another shape', () => {
    const counts = new Counts(2, 3)
    counts.add(1, 0)
    expect(() => new Counts(2, 4).merge(counts)).toThrow('counts of 2 x 3 cannot be added to 2 x 4')
    expect(() => new Counts(3, 3).merge(counts)).toThrow('counts of 2 x 3 cannot be added to 3 x 3')
    expect(() => Counts.load(counts.save(), 2, 4)).toThrow('saved counts do not have 4 cells a group')
    expect(() => Counts.load(counts.save(), 1, 3)).toThrow('saved counts name group 1 of 1')
  })
})
