import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { randomRounds } from '../../src/scoring/random-rounds.js'

const inputOf = (name: string, rows: readonly number[]) => ({
  name,
  path: `/maps/${name}`,
  idPrefix: '',
  fingerprint: 'f',
  batches: rows.map(rows => ({ rows, bytes: 1 })),
})
const batchesOf = (rounds: ReturnType<typeof randomRounds>) =>
  rounds.flatMap(tasks => tasks.map(({ input, batches }) => `${input.path} ${batches?.start}`))

it('has every batch of every input once, in rounds that begin with 1,024 records and double what is read', () => {
  const rows = fc.array(fc.nat(300), { maxLength: 60 })
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const rounds = randomRounds([inputOf('a', a), inputOf('b', b)])
      expect(batchesOf(rounds).toSorted()).toEqual(
        [...a.map((_, i) => `/maps/a ${i}`), ...b.map((_, i) => `/maps/b ${i}`)].toSorted(),
      )
      let read = 0
      for (const [i, round] of rounds.entries()) {
        const rows = round.map(
          ({ input, batches }) => (input.path === '/maps/a' ? a : b)[batches?.start ?? 0],
        )
        const before = read
        read += rows.reduce((sum, each) => sum + each, 0)
        if (i < rounds.length - 1) expect(read).toBeGreaterThanOrEqual(Math.max(1024, 2 * before))
        expect(read - Math.max(...rows)).toBeLessThan(Math.max(1024, 2 * before))
      }
    }),
  )
})

it('does not begin with the first batches of a file, and is the same every time', () => {
  const inputs = [
    inputOf(
      'sorted',
      Array.from({ length: 400 }, () => 64),
    ),
  ]
  const [first] = randomRounds(inputs)
  expect(first).toHaveLength(16)
  expect(first.map(({ batches }) => batches?.start)).not.toEqual(Array.from({ length: 16 }, (_, i) => i))
  expect(randomRounds(inputs)).toEqual(randomRounds(inputs))
})
