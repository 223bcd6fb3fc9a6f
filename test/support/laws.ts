import * as fc from 'fast-check'
import { expect } from 'vitest'
import type { Accumulator, Arrays, AttributionRecord, Truth } from '../../src/core/types.js'
import { fold } from './score.js'
import { recordOf } from './records.js'

/** Saved arrays as plain values to compare: name, type and bytes of each. */
export function bytesOf(arrays: Arrays): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength)
      return [name, `${array.constructor.name} ${bytes.toString('base64')}`]
    }),
  )
}

/** A result as plain values to compare: what can be saved counts as what it saves. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return bytesOf({ values: value as Arrays[string] })
  if ('save' in value && typeof value.save === 'function') return bytesOf(value.save() as Arrays)
  if (value instanceof Map) return [...value].map(pair => pair.map(plain))
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/**
 * Checks the laws of accumulators on random records: the fold of all is the merge of the folds of any split in any
 * order; merging `empty()` changes nothing; `load(save(s))` is s; `merge` leaves `from` and `result` leaves the state
 * untouched; and no two states share memory.
 */
export function checkLaws<R, S, T>(
  accumulator: Accumulator<R, S, T>,
  records: fc.Arbitrary<readonly R[]>,
  numRuns = 50,
): void {
  const empty = () => accumulator.empty()
  const add = (state: S, record: R) => accumulator.add(state, record)
  const merge = (into: S, from: S) => accumulator.merge(into, from)
  const save = (state: S) => accumulator.save(state)
  const load = (arrays: Arrays) => accumulator.load(arrays)
  const saved = (state: S) => bytesOf(save(state))
  const answer = (state: S) => {
    try {
      return plain(accumulator.result(state))
    } catch (error) {
      return String(error) // a population can be too small for an answer; a state is as it is all the same
    }
  }
  const split = fc.record({
    records,
    parts: fc.array(fc.nat(4), { minLength: 32, maxLength: 32 }),
    order: fc.array(fc.nat(), { minLength: 32, maxLength: 32 }),
  })
  fc.assert(
    fc.property(split, ({ records, parts, order }) => {
      const whole = fold(accumulator, records)
      const bytes = saved(whole)

      const shards = Array.from({ length: 5 }, () => empty())
      const shuffled = [...records.keys()].toSorted((i, j) => order[i % 32] - order[j % 32])
      for (const i of shuffled) add(shards[parts[i % 32]], records[i])
      const before = shards.map(saved)
      let step = 0
      while (shards.length > 1) {
        const [from] = shards.splice(order[step++] % shards.length, 1)
        const untouched = saved(from)
        const into = shards[order[step++] % shards.length]
        merge(into, from)
        expect(saved(from)).toEqual(untouched)
        if (records.length > 0) {
          const more = load(save(into))
          add(more, records[0])
          expect(saved(from)).toEqual(untouched)
        }
      }
      expect(saved(shards[0])).toEqual(bytes)
      expect(before).toHaveLength(5)

      merge(whole, empty())
      expect(saved(whole)).toEqual(bytes)
      const none = empty()
      merge(none, whole)
      expect(saved(none)).toEqual(bytes)
      expect(saved(empty())).toEqual(saved(fold(accumulator, [])))

      const first = answer(whole)
      expect(saved(whole)).toEqual(bytes)
      expect(answer(whole)).toEqual(first)
      expect(answer(shards[0])).toEqual(first)

      const arrays = save(whole)
      const again = load(arrays)
      expect(saved(again)).toEqual(bytes)
      expect(answer(again)).toEqual(first)
      for (const record of records) {
        add(whole, record)
        add(again, record)
        add(none, record)
      }
      expect(bytesOf(arrays)).toEqual(bytes)
      expect(saved(again)).toEqual(saved(whole))
      expect(saved(none)).toEqual(saved(whole))
      merge(again, load(arrays))
      expect(bytesOf(arrays)).toEqual(bytes)
    }),
    { numRuns },
  )
}

const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1e-30, 1e30, 0.1),
)

/** Ground truth of labels, of probabilities, or none. */
function truths(length: number): fc.Arbitrary<Truth | undefined> {
  const one = fc.constantFrom([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4], [0.5, 0, 0, 0.5])
  const positions = fc.array(one, { minLength: length, maxLength: length })
  const labels = fc.uint8Array({ minLength: length, maxLength: length, max: 1 })
  return fc.oneof(
    fc.constant(undefined),
    labels.map(values => ({ kind: 'labels' as const, values })),
    positions.map(rows => ({ kind: 'probabilities' as const, values: Float32Array.from(rows.flat()) })),
  )
}

interface AnyMap {
  readonly sequence: Uint8Array
  readonly values: readonly number[]
  readonly truth: Truth | undefined
}

function positions(length: number): fc.Arbitrary<AnyMap> {
  return fc.record({
    truth: truths(length),
    sequence: fc.uint8Array({ minLength: length, maxLength: length, min: 0, max: 4 }),
    values: fc.oneof(
      { weight: 6, arbitrary: fc.array(value, { minLength: 4 * length, maxLength: 4 * length }) },
      { weight: 1, arbitrary: fc.constant(Array<number>(4 * length).fill(2.5)) },
    ),
  })
}

/** Any attribution records: N, dead maps, ties, both precisions, ids that occur again. */
export const anyRecord: fc.Arbitrary<AttributionRecord> = fc
  .record({
    map: fc.integer({ min: 1, max: 12 }).chain(positions),
    id: fc.oneof(fc.constantFrom('0', '1', '1933', ''), fc.string({ unit: 'grapheme' })),
    model: fc.constantFrom('a', 'b/c', '', 'ä %2F'),
    single: fc.boolean(),
  })
  .map(({ map, id, model, single }) =>
    recordOf(id, map.sequence, single ? Float32Array.from(map.values) : map.values, {
      model,
      truth: map.truth,
    }),
  )

export const anyRecords: fc.Arbitrary<readonly AttributionRecord[]> = fc.array(anyRecord, { maxLength: 7 })
