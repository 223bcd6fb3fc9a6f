import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/types.js'
import { canonicalJson, jsonDifferences, sameJson } from '../../src/core/canonical-json.js'

const json = fc.jsonValue() as fc.Arbitrary<Json>

describe('canonical JSON', () => {
  it('reads as the value that was written', () => {
    fc.assert(
      fc.property(json, value => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('sorts keys at every depth and leaves out keys without a value', () => {
    const value = { b: [{ d: 1, c: 2 }], a: null, e: undefined } as unknown as Json
    expect(canonicalJson(value)).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), value => {
        expect(sameJson(value, Object.fromEntries(Object.entries(value).toReversed()))).toBe(true)
      }),
    )
  })

  it('refuses numbers that JSON does not have', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(DataError)
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow('expected a finite number')
  })

  it('a value differs from itself nowhere, and from another somewhere', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(jsonDifferences(a, structuredClone(a))).toEqual([])
        expect(jsonDifferences(a, b).length === 0).toBe(sameJson(a, b))
      }),
    )
  })

  it('differences are the innermost ones, under the path of their keys', () => {
    const a = { kmer: { k: 6, q: 0.9 }, same: 1, list: [1, 2] }
    const b = { kmer: { k: 6, q: 0.95 }, same: 1, list: [1, 3], more: true }
    expect(jsonDifferences(a, b)).toEqual([
      { path: 'kmer.q', a: 0.9, b: 0.95 },
      { path: 'list.1', a: 2, b: 3 },
      { path: 'more', a: undefined, b: true },
    ])
  })
})
