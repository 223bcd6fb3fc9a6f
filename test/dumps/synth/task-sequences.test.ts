import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { LETTERS } from '../../../src/dna/bases.js'
import { chooseMotifs } from '../../../src/dumps/synthesise.js'
import { drawOthers, MOST_ALIKE, similarity } from '../../../src/dumps/synth/task-motifs.js'
import { type TaskSequence, taskSequences } from '../../../src/dumps/synth/task-sequences.js'
import { reverseMatrix, sharesOf } from '../../../src/readout/matrix.js'

const JASPAR = fileURLToPath(
  new URL('../../fixtures/motifs/jaspar_2016_core_vertebrates.pfm', import.meta.url),
)
const { core, others } = await chooseMotifs(JASPAR, ['CTCF', 'SP1', 'YY1', 'GABPA', 'SRF'])
const chosen = drawOthers(core, others, 50, 22)
const OPTIONS = { length: 200, seed: 22, core, others: chosen, split: [0.7, 0.1, 0.2] } as const
const ROWS = 8000

interface Kept extends Omit<TaskSequence, 'codes' | 'truth'> {
  readonly text: string
  readonly truth: Float32Array
}

function sequences(rows = ROWS, options: Parameters<typeof taskSequences>[0] = OPTIONS): Kept[] {
  const of = taskSequences(options)
  return Array.from({ length: rows }, (_, row) => {
    const { codes, truth, ...more } = of(row)
    return { ...more, truth: truth.slice(), text: Array.from(codes, code => LETTERS[code]).join('') }
  })
}

const population = sequences()
const share = (of: (sequence: Kept) => boolean, among = population) => among.filter(of).length / among.length
/** Four standard deviations of a share of n. */
const within = (p: number, n = ROWS) => 4 * Math.sqrt((p * (1 - p)) / n)

describe('sequences of the task', () => {
  it('are positive in every other row, and split in the shares asked for', () => {
    expect(share(({ positive }) => positive)).toBe(0.5)
    for (const [split, p] of [
      ['train', 0.7],
      ['valid', 0.1],
      ['test', 0.2],
    ] as const) {
      expect(Math.abs(share(sequence => sequence.split === split) - p)).toBeLessThan(within(p))
    }
  })

  it('have 3, 4, 5 or 6 motifs with chances of 0.5, 0.25, 0.17 and 0.08', () => {
    // Wide motifs that do not fit are drawn again with their number; of core motifs, all of 8,000 fit.
    const positives = population.filter(({ positive }) => positive)
    for (const [count, p] of [
      [3, 0.5],
      [4, 0.25],
      [5, 0.17],
      [6, 0.08],
    ] as const) {
      const seen = share(({ sites }) => sites.length === count, positives)
      expect(Math.abs(seen - p)).toBeLessThan(within(p, positives.length))
    }
  })

  it('hold core motifs, either strand alike, in positives; core and other motifs alike in negatives', () => {
    const motifs = (positive: boolean) =>
      population.filter(sequence => sequence.positive === positive).flatMap(({ sites }) => sites)
    const of = (positive: boolean, name: string, strand: string) => {
      const all = motifs(positive)
      return {
        n: all.length,
        p: all.filter(site => site.name === name && site.strand === strand).length / all.length,
      }
    }
    for (const strand of ['+', '-']) {
      for (const { name } of core) {
        const [inPositives, inNegatives] = [of(true, name, strand), of(false, name, strand)]
        expect(Math.abs(inPositives.p - 1 / 10)).toBeLessThan(within(1 / 10, inPositives.n))
        expect(Math.abs(inNegatives.p - 1 / 110)).toBeLessThan(within(1 / 110, inNegatives.n))
      }
    }
    expect(new Set(motifs(false).map(({ name }) => name)).size).toBe(55)
  })

  it('have sites that do not overlap, whose truth is the motif in its orientation, and 1/4 elsewhere', () => {
    const byName = new Map([...core, ...chosen].map(({ name, matrix }) => [name, sharesOf(matrix)]))
    for (const { sites, truth } of population.slice(0, 200)) {
      const expected = new Float32Array(800).fill(0.25)
      let end = 0
      for (const { name, strand, start } of sites) {
        expect(start).toBeGreaterThanOrEqual(end)
        const matrix = byName.get(name) ?? []
        for (const [i, column] of (strand === '+' ? matrix : reverseMatrix(matrix)).entries()) {
          expected.set(column, 4 * (start + i))
        }
        end = start + matrix.length
      }
      expect(end).toBeLessThanOrEqual(200)
      expect(truth).toEqual(expected)
    }
  })

  it('have gaps whose lengths are even on average, before, between and after motifs', () => {
    const three = population.filter(({ positive, sites }) => positive && sites.length === 3)
    const gaps = three.map(({ sites }) => {
      const ends = [0, ...sites.map(({ start, shares }) => start + shares.length)]
      return [...sites.map(({ start }) => start), 200].map((start, j) => start - ends[j])
    })
    const free = gaps.map(each => each.reduce((sum, gap) => sum + gap, 0))
    for (let j = 0; j < 4; j++) {
      const parts = gaps.map((each, row) => each[j] / free[row])
      const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length
      // Each part has a standard deviation below that of a uniform number, 0.29.
      expect(Math.abs(mean - 0.25)).toBeLessThan((4 * 0.29) / Math.sqrt(parts.length))
    }
  })

  it('draw each base from the probabilities of its position', () => {
    // Every position of truth is a chance; observed and expected sums of a base differ by chance alone.
    for (const [base, letter] of ['A', 'C', 'G', 'T'].entries()) {
      let [expected, variance, seen] = [0, 0, 0]
      for (const { truth, text } of population) {
        for (let i = 0; i < 200; i++) {
          const p = truth[4 * i + base]
          expected += p
          variance += p * (1 - p)
          seen += text[i] === letter ? 1 : 0
        }
      }
      expect(Math.abs(seen - expected)).toBeLessThan(4 * Math.sqrt(variance))
    }
  })

  it('do not depend on how many there are, and change with the seed', () => {
    const few = sequences(50)
    expect(few).toEqual(population.slice(0, 50))
    const other = sequences(50, { ...OPTIONS, seed: 23 })
    expect(other.filter(({ text }, row) => text === few[row].text)).toEqual([])
  })

  it('are refused where they cannot be made', () => {
    expect(() => taskSequences({ ...OPTIONS, length: 30 })).toThrow('--length is 30, expected at least 33')
    expect(() => taskSequences({ ...OPTIONS, core: [] })).toThrow('no core motif')
    expect(() => taskSequences({ ...OPTIONS, split: [0.7, 0.1, 0.1] })).toThrow('add up to 1')
    expect(() => drawOthers(core, others, 515, 1)).toThrow('differ enough')
  })
})

describe('other motifs', () => {
  it('resemble no core motif on either strand, and are those of the seed', () => {
    for (const { matrix } of chosen) {
      for (const strand of core.flatMap(motif => [
        sharesOf(motif.matrix),
        reverseMatrix(sharesOf(motif.matrix)),
      ])) {
        expect(similarity(strand, sharesOf(matrix))).toBeLessThanOrEqual(MOST_ALIKE)
      }
    }
    const names = chosen.map(({ name }) => name)
    expect(new Set(names).size).toBe(50)
    expect(drawOthers(core, others, 50, 22).map(({ name }) => name)).toEqual(names)
    expect(drawOthers(core, others, 50, 23).map(({ name }) => name)).not.toEqual(names)
  })

  it('have a similarity of 1 to themselves, shifted or not, and of less to others', () => {
    const ctcf = sharesOf(core[0].matrix)
    expect(similarity(ctcf, ctcf)).toBeCloseTo(1, 12)
    expect(similarity(ctcf, [[0.25, 0.25, 0.25, 0.25], ...ctcf])).toBeCloseTo(1, 12)
    expect(similarity(ctcf, sharesOf(core[1].matrix))).toBeLessThan(0.75)
  })
})
