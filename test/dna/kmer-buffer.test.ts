import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countKmers } from '../../src/dna/kmers.js'
import { KmerBuffer } from '../../src/dna/kmer-buffer.js'
import { Counts } from '../../src/stats/sums/counts.js'

const bases = (length: { minLength?: number; maxLength: number }) =>
  fc.uint8Array({ ...length, min: 0, max: 4 })
const span = fc.record({
  group: fc.nat(3),
  sequence: fc.oneof(bases({ maxLength: 30 }), bases({ minLength: 9_000, maxLength: 20_000 })),
  cut: fc.boolean(),
})

describe('bases that wait', () => {
  it('are counted as those that do not, whatever their number and length', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), fc.integer({ min: 1, max: 6 }), (spans, k) => {
        const counts = new Counts(4, 4 ** k)
        const expected = new Counts(4, 4 ** k)
        const waiting = new KmerBuffer(4, k, counts)
        for (const { group, sequence, cut } of spans) {
          const start = cut ? Math.floor(sequence.length / 3) : 0
          const end = cut ? sequence.length - start : sequence.length
          if (cut) waiting.addRuns(group, sequence, Int32Array.of(start, end), 1)
          else waiting.add(group, sequence)
          expected.added(group, countKmers(sequence, start, end, k, expected.page(group, end - start)))
          sequence.fill(0) // what waits is a copy
        }
        waiting.flush()
        expect(counts.save()).toEqual(expected.save())
        waiting.flush()
        expect(counts.save()).toEqual(expected.save())
      }),
      { numRuns: 40 },
    )
  })
})
