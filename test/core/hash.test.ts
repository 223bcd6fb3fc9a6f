import { describe, expect, it } from 'vitest'
import { CHECK_MULTIPLIER, fnv1a, groupOf, mix32 } from '../../src/core/hash.js'

const hash = (text: string) => fnv1a(new TextEncoder().encode(text))

describe('groups of records', () => {
  it('are those that the method names', () => {
    expect(groupOf(hash('0'))).toBe(33)
    expect(groupOf(hash('1'))).toBe(15)
    expect(groupOf(hash('1933'))).toBe(11)
  })
  it('hold about as many records each', () => {
    const sizes = new Uint32Array(64)
    for (let row = 0; row < 64_000; row++) sizes[groupOf(hash(String(row)))]++
    expect(Math.min(...sizes)).toBeGreaterThan(850)
    expect(Math.max(...sizes)).toBeLessThan(1150)
  })
})

describe('hashes', () => {
  it('are the published values of FNV-1a', () => {
    expect(hash('')).toBe(0x811c9dc5)
    expect(hash('a')).toBe(0xe40c292c)
    expect(hash('foobar')).toBe(0xbf9cf968)
  })
  it('are of the bytes of a span', () => {
    expect(fnv1a(new TextEncoder().encode('xfoobary'), 1, 7)).toBe(hash('foobar'))
  })
  it('are mixed as the published values of the finaliser of MurmurHash3', () => {
    expect(mix32(0)).toBe(0)
    expect(mix32(1)).toBe(0x514e28b7)
    expect(mix32(0xffffffff)).toBe(0x81f16f39)
  })
  it('by another multiplier tell apart what collides in the first', () => {
    const [a, b] = ['costarring', 'liquid'].map(text => new TextEncoder().encode(text))
    expect(fnv1a(a)).toBe(fnv1a(b))
    expect(fnv1a(a, 0, a.length, CHECK_MULTIPLIER)).not.toBe(fnv1a(b, 0, b.length, CHECK_MULTIPLIER))
  })
})
