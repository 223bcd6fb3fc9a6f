import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBases, encodeBases } from '../../src/dna/bases.js'
import { countKmers, kmerText } from '../../src/dna/kmers.js'
import { runFinder } from '../../src/dna/runs.js'

const letters = fc
  .array(fc.constantFrom('A', 'C', 'G', 'T', 'A', 'C', 'G', 'T', 'N'), { maxLength: 40 })
  .map(list => list.join(''))

describe('bases', () => {
  it('are read in upper and lower case; anything else is N', () => {
    expect([...encodeBases('ACGTacgtNnUuRY-. *')]).toEqual([
      0,
      1,
      2,
      3,
      0,
      1,
      2,
      3,
      ...Array<number>(10).fill(4),
    ])
  })
  it('are not read from letters of other alphabets', () => {
    expect([...encodeBases('Łáǃ')]).toEqual([4, 4, 4]) // U+0141 and U+01C3 end in the bytes of A and C... of Latin-1
    expect([...encodeBases(String.fromCharCode(0x141, 0x143, 0x147, 0x154))]).toEqual([4, 4, 4, 4])
  })
  it('are written as they were read, half-open', () => {
    expect(decodeBases(encodeBases('acgtnACGTN'))).toBe('ACGTNACGTN')
    expect(decodeBases(encodeBases('ACGTN'), 1, 3)).toBe('CG')
  })
})

describe('k-mers', () => {
  it('are those of the span, N covered by none', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 1, max: 5 }), fc.nat(40), fc.nat(40), (text, k, a, b) => {
        const start = Math.min(a, b, text.length)
        const end = Math.min(Math.max(a, b), text.length)
        const expected = new Map<string, number>()
        let total = 0
        for (let i = start; i + k <= end; i++) {
          const word = text.slice(i, i + k)
          if (word.includes('N')) continue
          expected.set(word, (expected.get(word) ?? 0) + 1)
          total++
        }
        const counts = new Uint32Array(4 ** k)
        expect(countKmers(encodeBases(text), start, end, k, counts)).toBe(total)
        for (const [index, count] of counts.entries())
          expect(count).toBe(expected.get(kmerText(index, k)) ?? 0)
      }),
    )
  })
  it('are numbered alphabetically', () => {
    const words = Array.from({ length: 256 }, (_, index) => kmerText(index, 4))
    expect(words).toEqual(words.toSorted())
    expect(new Set(words).size).toBe(256)
    expect(kmerText(0b00_01_10_11, 4)).toBe('ACGT')
    expect(kmerText(4 ** 10 - 1, 10)).toBe('TTTTTTTTTT')
  })
  it('add to counts that are there', () => {
    const counts = Float64Array.of(2 ** 40, 0, 0, 0)
    countKmers(encodeBases('AAT'), 0, 3, 1, counts)
    expect([...counts]).toEqual([2 ** 40 + 2, 0, 0, 1])
  })
})

/** Runs by the wording of the method: inclusive ends, extended, then merged where next.b <= current.e. */
function naive(hits: readonly boolean[], buffer: number): [number, number][] {
  const merged: [number, number][] = []
  for (let b = 0; b < hits.length; b++) {
    if (!hits[b] || hits[b - 1]) continue
    let e = b
    while (hits[e + 1]) e++
    e = Math.min(e + buffer, hits.length - 1)
    const last = merged.at(-1)
    if (last !== undefined && b <= last[1]) last[1] = e
    else merged.push([b, e])
  }
  return merged
}

describe('attributed runs', () => {
  it("are maximal, extended at the 3' end, and merged where they overlap", () => {
    const hits = fc.array(fc.boolean(), { maxLength: 30 })
    fc.assert(
      fc.property(hits, fc.integer({ min: 0, max: 6 }), (list, buffer) => {
        const positions = Int32Array.from([...list.keys()].filter(i => list[i]))
        const runs = new Int32Array(2 * positions.length)
        const count = runFinder(buffer)(positions, positions.length, list.length, runs)
        const found = Array.from({ length: count }, (_, j) => [runs[2 * j], runs[2 * j + 1] - 1])
        expect(found).toEqual(naive(list, buffer))
      }),
    )
  })
  it('are those of the first positions only', () => {
    const runs = new Int32Array(4)
    expect(runFinder(0)(Int32Array.of(3, 4, 8), 2, 20, runs)).toBe(1)
    expect([...runs.subarray(0, 2)]).toEqual([3, 5])
  })
})
