import type { Accumulator } from '../core/types.js'
import { N } from '../dna/bases.js'
import { FLANK, FLANKS } from '../dna/flanks.js'
import type { RunsRecord } from '../dna/records.js'
import { Counts } from '../stats/sums/counts.js'

/** How often base b was met at flank position i of an attributed k-mer: [(10·k-mer + i)·4 + b], 0 to 4 before it, 5 to 9 after. */
export type KmerContexts = Float64Array

/**
 * Counts the bases within 5 positions of either end of every attributed k-mer, wherever the run that holds it ends. What
 * lies beyond an end of the sequence, and N, count nowhere.
 */
export function kmerContexts(options: { readonly k: number }): Accumulator<RunsRecord, Counts, KmerContexts> {
  const { k } = options
  const mask = 4 ** k - 1
  const width = 4 ** k * FLANKS * 4
  return {
    name: 'kmer-contexts',
    params: { k, flank: FLANK },
    empty: () => new Counts(1, width),
    add(counts, { record: { sequence }, runs, runCount }) {
      if (runCount === 0) return
      const length = sequence.length
      const page = counts.page(0, length * runCount * FLANKS)
      let counted = 0
      for (let j = 0; j < runCount; j++) {
        let kmer = 0
        let known = 0
        for (let end = runs[2 * j]; end < runs[2 * j + 1]; ) {
          const base = sequence[end++]
          known = base === N ? 0 : known + 1
          kmer = ((kmer << 2) | (base & 3)) & mask
          if (known < k) continue
          const place = kmer * FLANKS * 4
          const start = end - k
          for (let p = Math.max(0, start - FLANK); p < start; p++) {
            if (sequence[p] === N) continue
            page[place + (p - start + FLANK) * 4 + sequence[p]]++
            counted++
          }
          for (let p = end; p < Math.min(length, end + FLANK); p++) {
            if (sequence[p] === N) continue
            page[place + (p - end + FLANK) * 4 + sequence[p]]++
            counted++
          }
        }
      }
      counts.added(0, counted)
    },
    merge: (into, from) => into.merge(from),
    result: counts => counts.sum(),
    save: counts => counts.save(),
    load: arrays => Counts.load(arrays, 1, width),
  }
}
