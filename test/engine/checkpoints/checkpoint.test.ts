import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import type { Range } from '../../../src/core/types.js'
import {
  assertCompatible,
  type Checkpoint,
  type Compatible,
  type CoveredInput,
  FORMAT_VERSION,
  isComplete,
  mergeCovered,
} from '../../../src/engine/checkpoints/checkpoint.js'

const input = (name: string, covered: readonly Range[], batchCount = 10): CoveredInput => ({
  name,
  fingerprint: `content of ${name}`,
  batchCount,
  covered,
})

const checkpoint = (inputs: readonly CoveredInput[]): Checkpoint => ({
  version: FORMAT_VERSION,
  attrstream: '0.1.0',
  pipeline: 'kmer',
  params: {},
  population: 'model',
  plan: null,
  shard: null,
  inputs,
  records: 0,
  notes: null,
  arrays: {},
})

const fold = (some: readonly CoveredInput[][]) => some.reduce((a, b) => mergeCovered(a, b), [])

function errorOf(run: () => unknown): DataError {
  try {
    run()
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('what checkpoints cover', () => {
  it('is complete when every batch of every input is covered', () => {
    expect(isComplete(checkpoint([input('a', [{ start: 0, end: 10 }]), input('none', [], 0)]))).toBe(true)
    expect(isComplete(checkpoint([input('a', [{ start: 0, end: 10 }]), input('b', [])]))).toBe(false)
    expect(
      isComplete(
        checkpoint([
          input('a', [
            { start: 0, end: 4 },
            { start: 5, end: 10 },
          ]),
        ]),
      ),
    ).toBe(false)
  })

  it('merges to the same for every order and tree of merging', () => {
    const parts = fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9)), { maxLength: 30 })
      .map(list => [...new Set(list.map(([name, batch]) => `${name}${batch}`))])
      .map(list => list.map(key => [input(key[0], [{ start: Number(key[1]), end: Number(key[1]) + 1 }])]))
    fc.assert(
      fc.property(
        parts.chain(list =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length }),
            fc.nat(list.length),
          ),
        ),
        ([list, other, cut]) => {
          expect(mergeCovered(fold(other.slice(0, cut)), fold(other.slice(cut)))).toEqual(fold(list))
        },
      ),
    )
  })

  it('merging nothing changes nothing but the order of names', () => {
    const some = [input('b', [{ start: 2, end: 3 }]), input('a', [])]
    expect(mergeCovered(some, [])).toEqual(some.toReversed())
    expect(mergeCovered([], some)).toEqual(some.toReversed())
  })

  it('refuses batches counted twice, naming the file and the batches', () => {
    const error = errorOf(() =>
      mergeCovered(
        [input('maps.arrow', [{ start: 0, end: 5 }])],
        [input('maps.arrow', [{ start: 3, end: 7 }])],
      ),
    )
    expect(error.code).toBe('overlap')
    expect(error.message).toBe(
      'maps.arrow: batches [3, 5) are counted twice, expected once; leave one of the states out',
    )
  })

  it('refuses a file that has changed, naming both values', () => {
    const a = input('maps.arrow', [{ start: 0, end: 1 }])
    const changed = errorOf(() => mergeCovered([a], [{ ...a, fingerprint: 'other', covered: [] }]))
    expect(changed.code).toBe('mismatch')
    expect(changed.message).toMatch(
      /^maps\.arrow: .*fingerprint other against content of maps\.arrow; make the states/,
    )
    const recut = errorOf(() => mergeCovered([a], [{ ...a, batchCount: 11, covered: [] }]))
    expect(recut.code).toBe('mismatch')
    expect(recut.message).toMatch(/^maps\.arrow: .*11 batches against 10/)
  })
})

describe('states that belong together', () => {
  const one: Compatible = {
    pipeline: 'together',
    params: { kmer: { k: 6, q: 0.9 }, window: 5 },
    population: 'model',
    plan: null,
  }

  it('have the same pipeline, params, population and plan, whatever the order of keys', () => {
    expect(() =>
      assertCompatible({ ...one, params: { window: 5, kmer: { q: 0.9, k: 6 } } }, one),
    ).not.toThrow()
  })

  it('differ in options by name, with both values, and without those that are equal', () => {
    const error = errorOf(() => assertCompatible({ ...one, params: { kmer: { k: 6, q: 0.95 } } }, one))
    expect(error.code).toBe('mismatch')
    expect(error.message).toBe('was made with kmer.q 0.95, default window, now kmer.q 0.9, window 5')
  })

  it('shows long values and long lists of differences in part', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, 'x'.repeat(500)]))
    const { message } = errorOf(() => assertCompatible({ ...one, params: many }, one))
    expect(message.length).toBeLessThan(1000)
    expect(message).toMatch(/and 25 more/)
  })

  it.each([
    ['pipeline', 'count', 'was made by pipeline count, not together'],
    ['population', 'other', 'was made for model other, not model'],
    ['plan', 'f00d', 'belongs to plan f00d, not no plan'],
  ])('differ in their %s', (key, value, message) => {
    const error = errorOf(() => assertCompatible({ ...one, [key]: value }, one))
    expect(error.code).toBe('mismatch')
    expect(error.message).toBe(message)
  })
})
