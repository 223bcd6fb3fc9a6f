import type { Stage } from '../core/types.js'
import { LETTERS, N } from '../dna/bases.js'
import type { RunsRecord } from '../dna/records.js'

const BASES = LETTERS.slice(0, N).split('')
const PAIRS = BASES.flatMap(first => BASES.map(second => first + second))

/** What is counted in the attributed runs of a map, in order: bases known, G or C; dinucleotides within runs; each of the 16. */
export const BASE_COUNTS = ['known', 'gc', 'dinucleotides', ...PAIRS] as const

/** Counts of a map's attributed runs by these names, with the hash of its id. */
export type BaseCounts = { readonly [name in 'known' | 'gc' | 'dinucleotides']: number } & {
  readonly [dinucleotide: string]: number
} & { readonly idHash: number }

/** The composition of each map's attributed runs: N counts as nothing, and no dinucleotide spans two runs. */
export function countBases(): Stage<RunsRecord, BaseCounts> {
  return {
    name: 'count-bases',
    params: null,
    connect: next => map => {
      const { sequence, idHash } = map.record
      const pairs = new Float64Array(PAIRS.length)
      let known = 0
      let gc = 0
      let dinucleotides = 0
      for (let run = 0; run < map.runCount; run++) {
        let before = N
        for (let i = map.runs[2 * run]; i < map.runs[2 * run + 1]; i++) {
          const base = sequence[i]
          if (base < N) {
            known++
            if (base === 1 || base === 2) gc++
            if (before < N) {
              dinucleotides++
              pairs[4 * before + base]++
            }
          }
          before = base
        }
      }
      const named = Object.fromEntries(PAIRS.map((name, i) => [name, pairs[i]]))
      next({ ...named, idHash, known, gc, dinucleotides })
    },
  }
}
