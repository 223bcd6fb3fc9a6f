import { describe, expect, it } from 'vitest'
import type { Truth } from '../../src/core/types.js'
import { encodeBases } from '../../src/dna/bases.js'
import { BACKGROUND, classifyPositions, SIGNAL } from '../../src/dna/truth-classes.js'

function classesOf(text: string, truth: Truth): number[] {
  const classes = new Uint8Array(text.length).fill(9)
  classifyPositions(truth, encodeBases(text), new Float64Array(text.length), classes)
  return [...classes]
}

const probabilities = (...rows: number[][]): Truth => ({
  kind: 'probabilities',
  values: Float32Array.from(rows.flat()),
})
const FLAT = [0.25, 0.25, 0.25, 0.25]
const SURE = [0, 1, 0, 0]

describe('the class of a position', () => {
  it('is what its label says', () => {
    expect(classesOf('ACGT', { kind: 'labels', values: Uint8Array.of(0, 1, 1, 0) })).toEqual([
      BACKGROUND,
      SIGNAL,
      SIGNAL,
      BACKGROUND,
    ])
  })
  it('is signal above 0.1 bits of information and background at the least', () => {
    // 2 - H of (0.3, 0.2, 0.25, 0.25) is 0.0145 bits, of (0.45, 0.25, 0.15, 0.15) it is 0.16.
    const truth = probabilities(FLAT, SURE, [0.3, 0.2, 0.25, 0.25], [0.45, 0.25, 0.15, 0.15])
    expect(classesOf('ACGT', truth)).toEqual([BACKGROUND, SIGNAL, 0, SIGNAL])
  })
  it('is both where the least information is above 0.1 bits', () => {
    expect(classesOf('AC', probabilities(SURE, SURE))).toEqual([SIGNAL | BACKGROUND, SIGNAL | BACKGROUND])
  })
  it('is none at N, whatever the truth says there, which does not count as the least either', () => {
    const truth = probabilities([9, 9, 9, 9], [0.4, 0.2, 0.2, 0.2], SURE, FLAT)
    expect(classesOf('NAGN', truth)).toEqual([0, BACKGROUND, SIGNAL, 0])
    expect(classesOf('NNN', { kind: 'labels', values: Uint8Array.of(1, 0, 1) })).toEqual([0, 0, 0])
  })
  it('of an empty record is none', () => {
    expect(classesOf('', probabilities())).toEqual([])
  })
})

describe('ground truth', () => {
  it('that is no probability is refused', () => {
    expect(() => classesOf('AC', probabilities(FLAT, [0, -0.5, 0.5, 1]))).toThrow(
      'truth at position 1, base C is -0.5, expected a probability',
    )
    expect(() => classesOf('A', probabilities([0.5, 0.5, 0, Number.NaN]))).toThrow(
      'truth at position 0, base T is NaN, expected a probability',
    )
  })
  it('that does not add up to 1 is refused: four zeros would be two bits', () => {
    expect(() => classesOf('AC', probabilities(FLAT, [0, 0, 0, 0]))).toThrow(
      'truth at position 1 adds up to 0, expected probabilities of four bases, which add up to 1',
    )
  })
  it('may be off 1 by what float16 or two digits round', () => {
    expect(classesOf('AC', probabilities(FLAT, [0.33, 0.33, 0.32, 0.01]))).toEqual([BACKGROUND, SIGNAL])
  })
})
