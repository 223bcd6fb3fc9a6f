import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Accumulator, Batch, Source, Stage } from '../../src/core/types.js'
import { fanOut, foldBranch, rowBranch } from '../../src/engine/fan-out.js'

interface Numbered {
  value: number
}

/** A source whose batches of three share one record, which is no good once the next batch was asked for. */
function numbers(count: number, log: string[] = [], failAt = Number.POSITIVE_INFINITY): Source<Numbered> {
  const record = { value: Number.NaN }
  return {
    name: 'numbers',
    format: 'memory',
    batches: undefined,
    fingerprint: () => Promise.resolve(undefined),
    close: async () => void log.push('closed'),
    async *read() {
      for (let index = 0; 3 * index < count; index++) {
        if (index === failAt) throw new Error('no more of it')
        log.push(`read ${index}`)
        const batch: Batch<Numbered> & { over: boolean } = {
          index,
          rows: { start: 3 * index, end: Math.min(count, 3 * index + 3) },
          over: false,
          forEach(visit) {
            if (batch.over) throw new Error(`batch ${index} is over`)
            for (let row = batch.rows.start; row < batch.rows.end; row++) {
              record.value = row
              visit(record)
            }
          },
        }
        yield batch
        batch.over = true
        record.value = Number.NaN
      }
    },
  }
}

async function* only<T>(...items: T[]) {
  yield* items
}

const times = (factor: number): Stage<Numbered, number> => ({
  name: `times-${factor}`,
  params: { factor },
  connect: next => record => next(record.value * factor),
})
const odd: Stage<Numbered, number> = {
  name: 'odd',
  params: null,
  connect:
    next =>
    ({ value }) =>
      value % 2 === 1 && next(value),
}
const sum: Accumulator<Numbered, { total: number }, number> = {
  name: 'sum',
  params: null,
  empty: () => ({ total: 0 }),
  add: (state, { value }) => void (state.total += value),
  merge: (into, from) => void (into.total += from.total),
  result: state => state.total,
  save: () => ({}),
  load: () => ({ total: 0 }),
}
const into = (seen: unknown[]) => async (rows: AsyncIterable<readonly unknown[]>) => {
  for await (const some of rows) seen.push(...some)
}

describe('a pass with several branches', () => {
  it('gives every branch every record, rows and sums alike, and closes the sources', async () => {
    const log: string[] = []
    const [tens, odds, sums]: unknown[][] = [[], [], []]
    await fanOut(only(numbers(7, log), numbers(4, log)), [
      rowBranch(times(10), into(tens)),
      rowBranch(odd, into(odds)),
      foldBranch(sum, { name: 'sink', write: async total => void sums.push(total) }),
    ])
    expect(tens).toEqual([0, 10, 20, 30, 40, 50, 60, 0, 10, 20, 30])
    expect(odds).toEqual([1, 3, 5, 1, 3])
    expect(sums).toEqual([27])
    expect(log).toEqual(['read 0', 'read 1', 'read 2', 'closed', 'read 0', 'read 1', 'closed'])
  })

  it('waits for the slowest branch before a batch is read', async () => {
    const log: string[] = []
    let read = 0
    const slow = async (rows: AsyncIterable<readonly unknown[]>) => {
      for await (const _some of rows) {
        for (let turn = 0; turn < 20; turn++) await setImmediate()
        const now = log.length
        expect(now - read).toBeLessThanOrEqual(2)
        read = now
      }
    }
    await fanOut(only(numbers(60, log)), [rowBranch(times(1), into([])), rowBranch(times(2), slow)])
    expect(log).toHaveLength(21)
  })

  it('ends all branches with the first error, whichever part it is of', async () => {
    const log: string[] = []
    const ends: unknown[] = []
    const watched = async (rows: AsyncIterable<readonly unknown[]>) => {
      try {
        await into([])(rows)
      } catch (error) {
        ends.push((error as Error).message)
        throw error
      }
    }
    const full = async (rows: AsyncIterable<readonly unknown[]>) => {
      for await (const _some of rows) throw new Error('the disk is full')
    }
    await expect(
      fanOut(only(numbers(9, log)), [rowBranch(times(1), watched), rowBranch(times(1), full)]),
    ).rejects.toThrow('the disk is full')
    expect(ends).toEqual(['the disk is full'])
    expect(log.at(-1)).toBe('closed')
    await expect(
      fanOut(only(numbers(9, [], 2)), [rowBranch(times(1), watched), rowBranch(odd, watched)]),
    ).rejects.toThrow('no more of it')
    expect(ends.slice(1)).toEqual(['no more of it', 'no more of it'])
    const broken = { ...times(1), name: 'broken', connect: () => () => JSON.parse('{') }
    await expect(
      fanOut(only(numbers(9)), [rowBranch(times(1), watched), rowBranch(broken, watched)]),
    ).rejects.toThrow(/^stage broken failed: /)
  })

  it('goes on where a branch has enough', async () => {
    const tens: unknown[] = []
    const first = async (rows: AsyncIterable<readonly unknown[]>) => {
      for await (const _some of rows) break
    }
    await fanOut(only(numbers(9)), [rowBranch(times(1), first), rowBranch(times(10), into(tens))])
    expect(tens).toHaveLength(9)
  })
})
