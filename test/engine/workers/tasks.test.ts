import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { normaliseRanges } from '../../../src/engine/checkpoints/ranges.js'
import { cutTasks } from '../../../src/engine/workers/tasks.js'

const MiB = 2 ** 20
const sizes = (count: number, bytes: number) => Array.from({ length: count }, () => ({ rows: 1, bytes }))

it('leaves ranges as they are for one worker', () => {
  expect(cutTasks([{ start: 0, end: 50 }], sizes(50, MiB), 1)).toEqual([{ start: 0, end: 50 }])
})

it('cuts tasks of up to 64 MiB, shorter towards the end, of 8 MiB at the least', () => {
  const tasks = cutTasks([{ start: 0, end: 2000 }], sizes(2000, MiB), 2)
  const lengths = tasks.map(({ start, end }) => end - start)
  expect(lengths[0]).toBe(64)
  expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
  expect(lengths.at(-2)).toBe(8)
})

it('cuts long ones where much follows in other files', () => {
  expect(cutTasks([{ start: 0, end: 128 }], sizes(128, MiB), 2, 2 ** 40)).toHaveLength(2)
})

it('cuts shorter ones where there is little, so that each worker has several', () => {
  const tasks = cutTasks([{ start: 0, end: 16 }], sizes(16, MiB), 2)
  expect(tasks[0]).toEqual({ start: 0, end: 4 })
  expect(tasks.length).toBeGreaterThanOrEqual(6)
})

it('covers what is missing, all of it once and in order', () => {
  const range = fc.tuple(fc.nat(3), fc.nat(9)).map(([gap, length]) => ({ gap, length: length + 1 }))
  const bytes = fc.array(fc.nat(200 * MiB), { minLength: 120, maxLength: 120 })
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 8 }),
      bytes,
      fc.integer({ min: 1, max: 9 }),
      (list, all, workers) => {
        let at = 0
        const missing = list.map(({ gap, length }) => {
          const start = at + gap
          at = start + length
          return { start, end: at }
        })
        const tasks = cutTasks(
          missing,
          all.map(bytes => ({ rows: 1, bytes })),
          workers,
        )
        expect(normaliseRanges(tasks)).toEqual(normaliseRanges(missing))
        expect(tasks).toEqual(tasks.toSorted((a, b) => a.start - b.start))
        expect(tasks.every(({ start, end }) => start < end)).toBe(true)
      },
    ),
  )
})

it('leaves batches that share what is decompressed to one lane, whatever their sizes', () => {
  const batch = fc.record({ bytes: fc.nat(200 * MiB), continues: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(batch, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 9 }),
      (list, lanes) => {
        const all = list.map(each => ({ rows: 1, ...each }))
        const tasks = cutTasks([{ start: 0, end: all.length }], all, lanes)
        expect(tasks.slice(1).filter(({ start }) => all[start].continues)).toEqual([])
        expect(normaliseRanges(tasks)).toEqual([{ start: 0, end: all.length }])
      },
    ),
  )
})
