import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { PositionSums } from '../../src/dna/position-sums.js'
import { Heap } from '../../src/kernels/heap.js'
import { doubles } from '../../src/kernels/kernels.js'

const heapOf = (maximum: number) => new Heap(new WebAssembly.Memory({ initial: 1, maximum, shared: true }))
const doublesOf = (heap: Heap, length: number) =>
  heap.take(8 * length, (buffer, at) => new Float64Array(buffer, at, length))

it('arrays lie apart, on lines of the cache, and keep what they hold while the memory grows', () => {
  const heap = heapOf(64)
  const arrays = [1, 7, 1000, 0, 100_000, 3].map((length, n) => doublesOf(heap, length)?.fill(n + 1))
  for (const [n, array] of arrays.entries()) {
    expect(array?.byteOffset).toSatisfy((at: number) => at >= 65_536 && at % 64 === 0)
    expect(array?.every(value => value === n + 1)).toBe(true)
    expect(heap.has(array as Float64Array)).toBe(true)
  }
  expect(heap.has(new Float64Array(1))).toBe(false)
  expect(heap.has((arrays[2] as Float64Array).subarray(10, 20))).toBe(true)
})

it('no array where the memory cannot grow so far, and further ones where it can', () => {
  const heap = heapOf(4)
  expect(doublesOf(heap, 100_000)).toBeUndefined()
  expect(doublesOf(heap, 1000)?.length).toBe(1000)
})

it('room of arrays that are gone is given again, zeroed', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const heap = heapOf(256)
  for (let round = 0; round < 400; round++) {
    expect(doublesOf(heap, 30_000)?.fill(1).length, `round ${round}`).toBe(30_000) // 64 of them would fill it
    if (round % 10 === 9) {
      gc()
      await new Promise(resolve => setTimeout(resolve, 2)) // those who give back are called in a turn of their own
      expect(doublesOf(heap, 30_000)?.every(value => value === 0)).toBe(true)
    }
  }
})

it('room that is given back serves the next array, and is not given back again with the one that had it', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const heap = heapOf(64)
  const place = (() => {
    const array = doublesOf(heap, 5000) as Float64Array
    heap.give(array.fill(1))
    heap.give(array)
    return array.byteOffset
  })()
  const next = doublesOf(heap, 5000) as Float64Array
  expect(next.byteOffset).toBe(place)
  expect(next.every(value => value === 0)).toBe(true)
  gc()
  await new Promise(resolve => setTimeout(resolve, 2))
  expect(doublesOf(heap, 5000)?.byteOffset).not.toBe(place)
  expect(next[0]).toBe(0) // it is held until here
  heap.give(new Float64Array(3)) // none of the memory's
})

it('sums by position keep their memory as long as they live', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const sums = PositionSums.load(new Float64Array(300).fill(5), new Float64Array(100).fill(7))
  for (let round = 0; round < 5; round++) {
    gc()
    await new Promise(resolve => setTimeout(resolve, 2))
    for (let i = 0; i < 20; i++) doubles(400).fill(1)
  }
  expect(new Set(sums.coordinates())).toEqual(new Set([5]))
  expect(new Set(sums.zeros)).toEqual(new Set([7]))
})
