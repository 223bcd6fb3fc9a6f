import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Candidates } from '../../src/stats/sums/undecided-points.js'
import { KeySample } from '../../src/stats/sums/key-sample.js'
import { bytesOf } from '../support/laws.js'

/** Keys with how often each occurs, the `capacity` smallest of them. */
function smallest(keys: readonly number[], capacity: number): [number, number][] {
  const times = new Map<number, number>()
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1)
  return [...times].toSorted(([a], [b]) => a - b).slice(0, capacity)
}

const keys = fc.array(fc.oneof(fc.nat(30), fc.nat(1000), fc.maxSafeNat()), { maxLength: 300 })

describe('a sample of keys', () => {
  it('is the smallest keys, each with all of its occurrences', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 12 }), (list, capacity) => {
        const sample = new KeySample(capacity)
        for (const key of list) sample.add(key)
        expect(sample.kept()).toEqual(smallest(list, capacity))
      }),
    )
  })

  it('is the same for every split, saved on the way or not', () => {
    fc.assert(
      fc.property(
        keys,
        fc.array(fc.nat(3), { minLength: 300, maxLength: 300 }),
        fc.integer({ min: 1, max: 12 }),
        (list, parts, capacity) => {
          const shards = Array.from({ length: 4 }, () => new KeySample(capacity))
          for (const [i, key] of list.entries()) shards[parts[i]].add(key)
          const merged = KeySample.load(shards[3].save(), capacity)
          for (const shard of [shards[1], shards[0], shards[2]]) {
            const before = bytesOf(shard.save())
            merged.merge(KeySample.load(shard.save(), capacity))
            expect(bytesOf(shard.save())).toEqual(before)
          }
          expect(merged.kept()).toEqual(smallest(list, capacity))
          for (const key of list) merged.add(key)
          expect(merged.kept()).toEqual(smallest([...list, ...list], capacity))
        },
      ),
    )
  })

  it('refuses a saved one of another capacity', () => {
    const sample = new KeySample(4)
    for (let key = 0; key < 9; key++) sample.add(key)
    expect(() => KeySample.load(sample.save(), 3)).toThrow('saved key sample does not fit a capacity of 3')
    expect(() => KeySample.load({}, 3)).toThrow('saved key sample does not fit')
  })
})

const candidates = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 40 }).map(n => n / 8),
    fc.nat(9),
  ),
  { maxLength: 200 },
)

describe('candidates', () => {
  it('are all that were added, from the largest radius down, equal ones as one', () => {
    fc.assert(
      fc.property(candidates, fc.nat(200), (list, at) => {
        const all = new Candidates()
        const rest = new Candidates()
        for (const [i, [radius, place]] of list.entries()) (i < at ? all : rest).add(radius, place)
        all.merge(rest)
        const sorted = all
          .sorted()
          .flatMap(({ radius, place, times }) => Array.from({ length: times }, () => [radius, place]))
        expect(sorted).toEqual(list.toSorted(([r, p], [s, o]) => s - r || p - o))
        expect(
          all
            .sorted()
            .every(
              ({ radius, place }, i, { [i - 1]: last }) => radius !== last?.radius || place !== last.place,
            ),
        ).toBe(true)
        expect(Candidates.load(all.save()).sorted()).toEqual(all.sorted())
      }),
    )
  })

  it('keep a million repetitions of a few points in little room', () => {
    const all = new Candidates()
    for (let i = 0; i < 1_000_000; i++) all.add(1 + (i % 7), i % 3)
    expect(all.sorted()).toHaveLength(21)
    expect(all.sorted().reduce((sum, { times }) => sum + times, 0)).toBe(1_000_000)
    expect(all.save().radii).toHaveLength(21)
  })

  it('add up how often each was met when saved ones are merged', () => {
    const part = () => {
      const all = new Candidates()
      for (let i = 0; i < 5; i++) all.add(2, 7)
      all.add(3, 7)
      return Candidates.load(all.save())
    }
    const merged = part()
    merged.merge(part())
    merged.merge(part())
    expect(merged.sorted()).toEqual([
      { radius: 3, place: 7, times: 3 },
      { radius: 2, place: 7, times: 15 },
    ])
  })

  it('keep many different points', () => {
    const all = new Candidates()
    for (let i = 0; i < 100_000; i++) all.add(1 + i / 7, i)
    expect(all.sorted()).toHaveLength(100_000)
    expect(all.sorted()[0]).toEqual({ radius: 1 + 99_999 / 7, place: 99_999, times: 1 })
  })

  it('refuse a state with an array missing', () => {
    expect(() => Candidates.load({ radii: new Float64Array(1) })).toThrow('saved candidates are incomplete')
  })
})
