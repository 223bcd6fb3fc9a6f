import { expect, it } from 'vitest'
import { halfBits, halfTable } from '../../src/kernels/float16.js'

const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits)
const half = halfTable()

it('every float16 has its own bits', () => {
  for (const bits of finite) {
    if (halfBits(half[bits]) !== bits) expect(halfBits(half[bits])).toBe(bits)
    if (halfBits(-half[bits]) !== (bits | 0x8000)) expect(halfBits(-half[bits])).toBe(bits | 0x8000)
  }
  expect(halfBits(Number.POSITIVE_INFINITY)).toBe(0x7c00)
  expect(halfBits(Number.NEGATIVE_INFINITY)).toBe(0xfc00)
  expect(half[halfBits(Number.NaN)]).toBeNaN()
})

it('what lies between two of them becomes the nearer one, or the even one of two as near', () => {
  for (const bits of finite.slice(0, -1)) {
    const middle = (half[bits] + half[bits + 1]) / 2
    const nudge = middle * 2 ** -40
    const found = [middle - nudge, middle, middle + nudge].map(halfBits)
    const even = bits % 2 === 0 ? bits : bits + 1
    if (found.join() !== [bits, even, bits + 1].join()) expect(found).toEqual([bits, even, bits + 1])
  }
})

it('what is nearer to 65536 than to 65504 is infinite', () => {
  expect([65519.9, 65520, 1e300].map(halfBits)).toEqual([0x7bff, 0x7c00, 0x7c00])
  expect(halfBits(2 ** -25)).toBe(0)
  expect(halfBits(2 ** -25 * 1.001)).toBe(1)
  expect(halfBits(1e-300)).toBe(0)
})
