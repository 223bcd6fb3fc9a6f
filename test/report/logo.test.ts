import { describe, expect, it } from 'vitest'
import { informationHeights, logo } from '../../src/report/figures/logo.js'
import { elementsOf } from '../support/markup.js'

/** Lowest and highest y of each letter's path, in units, its relative commands followed. */
function extents(markup: string): { [letter: string]: readonly [top: number, bottom: number] } {
  const found: { [letter: string]: [number, number] } = {}
  for (const { name, attributes } of elementsOf(markup)) {
    if (name !== 'path') continue
    let y = 0
    const range: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const [, command, text] of attributes['d'].matchAll(/([Mlchvz])([-\d ]*)/g)) {
      const numbers = (text.match(/-?\d+/g) ?? []).map(Number)
      if (command === 'M') y = numbers[1]
      const start = y
      if (command === 'v') y = start + numbers[0]
      range[0] = Math.min(range[0], y / 4)
      range[1] = Math.max(range[1], y / 4)
      for (
        let i = command === 'M' ? 1 : command === 'l' || command === 'c' ? 1 : 9;
        i < numbers.length;
        i += 2
      ) {
        y = command === 'M' ? numbers[i] : start + numbers[i]
        range[0] = Math.min(range[0], y / 4)
        range[1] = Math.max(range[1], y / 4)
      }
    }
    found[attributes['class']] = range
  }
  return found
}

describe('a logo', () => {
  it('stacks letters on the line, the largest on top, as high as they are', () => {
    const markup = logo([[10, 0, 30, 5]], { step: 20, scale: 1 })
    const near = (range: readonly number[]) => range.map(value => Math.round(value * 2) / 2 + 0)
    const { A, G, T } = extents(markup)
    expect(near(T)).toEqual([-5, 0])
    expect(near(A)).toEqual([-15, -5])
    expect(near(G)).toEqual([-45, -15])
  })
  it('hangs letters below the line, the largest lowest and on their heads', () => {
    const { C, T } = extents(logo([[0, -8, 0, -20]], { step: 20, scale: 1 }))
    expect(C.map(Math.round)).toEqual([0, 8])
    expect(T.map(Math.round)).toEqual([8, 28])
    const upright = logo([[0, 0, 0, 20]], { step: 20, scale: 1 })
    const turned = logo([[0, 0, 0, -20]], { step: 20, scale: 1 })
    expect(upright.replace(/M[^z]*z/, '')).toBe(turned.replace(/M[^z]*z/, ''))
    expect(turned).not.toBe(upright)
  })
  it('leaves out letters too low to be seen, but not their room', () => {
    const markup = logo([[0.5, 30, 0, 0]], { step: 20, scale: 1, least: 1 })
    expect(Object.keys(extents(markup))).toEqual(['C'])
    expect(extents(markup)['C'][1]).toBe(-0.5)
  })
  it('of nothing is empty', () => {
    expect(elementsOf(logo([], { step: 10, scale: 1 })).map(({ name }) => name)).toEqual(['g'])
    expect(extents(logo([[0, 0, 0, 0]], { step: 10, scale: 1 }))).toEqual({})
  })
})

describe('heights of a sequence logo', () => {
  it('are shares times 2 bits less the entropy', () => {
    expect(informationHeights([[4, 0, 0, 0]])).toEqual([[2, 0, 0, 0]])
    expect(informationHeights([[1, 1, 0, 0]])).toEqual([[0.5, 0.5, 0, 0]])
    expect(informationHeights([[7, 7, 7, 7]])).toEqual([[0, 0, 0, 0]])
    expect(informationHeights([[0, 0, 0, 0]])).toEqual([[0, 0, 0, 0]])
  })
})
