import { describe, expect, it } from 'vitest'
import { cellContexts } from '../../src/accumulators/cell-contexts.js'
import { kmerContexts } from '../../src/accumulators/kmer-contexts.js'
import { pipe } from '../../src/core/compose.js'
import { encodeBases } from '../../src/dna/bases.js'
import { kmerIndex } from '../../src/dna/kmers.js'
import { correct } from '../../src/stages/correct.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { sumWindows } from '../../src/stages/sum-windows.js'
import { thresholdAtLeast, thresholdPerSequence } from '../../src/stages/threshold-windows.js'
import { recordOf } from '../support/records.js'
import { fold } from '../support/score.js'

/** A map whose vector at each position is (v, -v, 0, 0) for the digit there. */
const mapOf = (id: string, sequence: string, digits: string) =>
  recordOf(
    id,
    sequence,
    Array.from(digits).flatMap(digit => [Number(digit), -Number(digit), 0, 0]),
  )

/** Letters that were met, position by position, as in `A` or `AC` or `.` for none. */
const lettersOf = (counts: ArrayLike<number>, positions: number) =>
  Array.from({ length: positions }, (_, i) => {
    const letters = Array.from('ACGT').flatMap((letter, b) => Array<string>(counts[4 * i + b]).fill(letter))
    return letters.join('') || '.'
  })

describe('contexts of cells', () => {
  const contextsOf = (
    kind: 'centered' | 'forward-circular',
    width: number,
    q: number,
    ...maps: [string, string][]
  ) => {
    const windows = sumWindows({ width, kind, reduce: 'mean', normalise: 'none' })
    const points = pipe(pipe(correct({ basis: 'gram-schmidt' }), windows), thresholdPerSequence({ q }))
    const accumulator = pipe(points, cellContexts({ grid: 'full' }))
    const records = maps.map(([sequence, digits], i) => mapOf(String(i), sequence, digits))
    const { contexts, bases } = accumulator.result(fold(accumulator, records))
    const cell = Math.floor(contexts.findIndex(count => count > 0) / 44)
    const rest = contexts.filter((_, i) => Math.floor(i / 44) !== cell)
    return { letters: lettersOf(contexts.subarray(44 * cell, 44 * cell + 44), 11), bases: [...bases], rest }
  }
  it('are the bases within five positions of the middle of a window', () => {
    // windows about 6, 7 and 8 come to 10, 11 and 10: 11 alone is above the quantile
    const map: [string, string] = ['ACGTACGTTGCATGCA', '0000001910000000']
    const { letters, rest, bases } = contextsOf('centered', 3, 0.9, map)
    expect(letters.join('')).toBe('GTACGTTGCAT')
    expect(rest.every(count => count === 0)).toBe(true)
    expect(bases).toEqual([4, 4, 4, 4])
  })
  it('end with the sequence and leave out N', () => {
    const one = contextsOf('centered', 1, 0.9, ['GNACGTACGTA', '90000000000'])
    expect(one.letters).toEqual(['.', '.', '.', '.', '.', 'G', '.', 'A', 'C', 'G', 'T'])
    const two = contextsOf('centered', 1, 0.9, ['GNACGTACGTA', '00000000009'])
    expect(two.letters).toEqual(['T', 'A', 'C', 'G', 'T', 'A', '.', '.', '.', '.', '.'])
    expect(two.bases).toEqual([3, 2, 3, 2])
  })
  it('lie about the middle of a window that leads from its first position, round the end too', () => {
    const { letters } = contextsOf('forward-circular', 3, 0.5, ['ACGTACGTTGC', '90000000009'])
    // windows that begin at 8, 9, 10 and 0 are above the median of 0: their middles are 9, 10, 0 and 1
    expect(letters[5]).toBe('ACCG')
  })
  it('leave dead maps out, as points do', () => {
    const { bases } = contextsOf(
      'centered',
      1,
      0.9,
      ['ACGTACGTACG', '00000000000'],
      ['TTTTTTTTTTT', '00000900000'],
    )
    expect(bases).toEqual([0, 0, 0, 11])
  })
})

it('points of a global threshold are the windows of at least a radius', () => {
  const seen: number[] = []
  const push = pipe(
    pipe(
      correct({ basis: 'gram-schmidt' }),
      sumWindows({ width: 1, kind: 'centered', reduce: 'mean', normalise: 'none' }),
    ),
    thresholdAtLeast({ low: 2.9 * Math.SQRT2 }),
  ).connect(({ points, pointCount }) => seen.push(...points.subarray(0, pointCount)))
  push(mapOf('a', 'ACGTAC', '123450'))
  push(mapOf('b', 'ANG', '990'))
  expect(seen).toEqual([2, 3, 4, 0])
})

describe('contexts of k-mers', () => {
  const flanksOf = (kmer: string, ...maps: [string, string][]) => {
    const k = kmer.length
    const accumulator = pipe(
      pipe(correct({ basis: 'gram-schmidt' }), selectRuns({ q: 0.5, buffer: 0 })),
      kmerContexts({ k }),
    )
    const records = maps.map(([sequence, digits], i) => mapOf(String(i), sequence, digits))
    const counts = accumulator.result(fold(accumulator, records))
    const at = kmerIndex(encodeBases(kmer)) * 40
    return lettersOf(counts.subarray(at, at + 40), 10)
  }
  it('are the five bases before and after each attributed one, within its run or not', () => {
    expect(flanksOf('GAT', ['TTACCAGATGCCATT', '000000999000000'])).toEqual(Array.from('TACCAGCCAT'))
  })
  it('end with the sequence and leave out N; k-mers that cover an N have none', () => {
    expect(flanksOf('GAT', ['CCNGATACCC', '0009990000']).join('')).toBe('..CC.ACCC.')
    expect(flanksOf('GA', ['GAGNGAACCCC', '99990000000']).join('')).toBe('.....G.GAA')
  })
})
