import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../../src/core/types.js'
import { openMaps } from '../../../src/sources/open-maps.js'
import { IdTable } from '../../../src/sources/joined/id-table.js'
import { type Joining, planJoin } from '../../../src/sources/joined/plan-join.js'
import type { RecordOptions } from '../../../src/sources/records/records.js'
import { temporaryFolder } from '../../support/cli.js'
import { type JoinedMap, MADE_UP, writeMaps } from '../../support/joined.js'

const folder = temporaryFolder()
let files = 0
const write = (maps: readonly JoinedMap[], batch = 20) =>
  writeMaps(join(folder, `${files++}.${files % 2 === 0 ? 'arrow' : 'parquet'}`), maps, { batch })

interface Found {
  readonly id: string
  readonly maps: readonly (readonly number[])[]
  readonly attribution: readonly number[]
}

/** All records of a join, batch by batch of its first model's files. */
async function readJoined(joining: Joining, options: RecordOptions = {}): Promise<Found[]> {
  const found: Found[] = []
  const planned = await planJoin(joining, options)
  for (const path of planned.models[0].paths) {
    const source = await openMaps(path, { ...options, join: planned })
    try {
      for await (const batch of source.read()) {
        batch.forEach(({ id, maps = [], attribution, fault }: AttributionRecord) => {
          if (fault !== undefined) throw fault.error
          found.push({ id, maps: maps.map(map => [...map]), attribution: [...attribution] })
        })
      }
    } finally {
      await source.close()
    }
  }
  return found
}

const map = (id: string, sequence: string, value: number): JoinedMap => ({
  id,
  sequence,
  attributions: Array.from({ length: 4 * sequence.length }, (_, p) => value + p),
})
const rows = (ids: readonly string[], value: number) => ids.map(id => map(id, 'ACGTAC', value))

describe('a join by id', () => {
  it('finds the rows of every model, whatever their order, batches and files', async () => {
    const models = await Promise.all(
      Object.entries(MADE_UP.input).map(async ([model, maps], i) => ({
        model,
        paths: [await write(maps.slice(0, 25), 7 - i), await write(maps.slice(25), 11)],
      })),
    )
    const found = await readJoined({ models })
    expect(found.map(({ id }) => id).toSorted()).toEqual(MADE_UP.average.ids)
    const names = Object.keys(MADE_UP.input).toSorted()
    for (const { id, maps, attribution } of found) {
      const expected = names.map(name => MADE_UP.input[name].find(row => row.id === id)?.attributions)
      expect(maps).toEqual(expected)
      expect(attribution).toEqual(expected[0])
    }
  })

  it('counts the ids that some models lack, and needs no table if all have them in one order', async () => {
    const models = await Promise.all(
      Object.entries(MADE_UP.input).map(async ([model, maps]) => ({ model, paths: [await write(maps)] })),
    )
    expect(await planJoin({ models }, {})).toMatchObject({ by: 'id', unmatched: MADE_UP.expected.unmatched })
    const same = [
      { model: 'b', paths: [await write(rows(['x', 'y', 'z'], 1), 2)] },
      { model: 'a', paths: [await write(rows(['x', 'y', 'z'], 2), 1)] },
    ]
    const plan = await planJoin({ models: same }, {})
    expect(plan).toMatchObject({ by: 'order', unmatched: 0 })
    expect(plan.models.map(({ model }) => model)).toEqual(['a', 'b'])
    expect((await readJoined({ models: same })).map(({ maps }) => maps.map(([first]) => first))).toEqual(
      Array.from({ length: 3 }, () => [2, 1]),
    )
  })

  it('averages maps, each as large as it is or all of one size', async () => {
    const models = await Promise.all(
      Object.entries(MADE_UP.input).map(async ([model, maps]) => ({ model, paths: [await write(maps)] })),
    )
    for (const norm of ['none', 'l2'] as const) {
      for (const { id, maps, attribution } of await readJoined({ models, average: norm })) {
        expect(maps).toEqual([])
        const expected = MADE_UP.average[norm][MADE_UP.average.ids.indexOf(id)]
        expect(attribution).toHaveLength(expected.length)
        for (const [p, value] of expected.entries())
          expect(Math.abs(attribution[p] - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)))
      }
    }
  })

  const failing =
    (other: readonly JoinedMap[], joining: Omit<Joining, 'models'> = {}) =>
    async () => {
      const first = await write(rows(['x', 'y', 'z'], 1))
      return readJoined({
        models: [
          { model: 'a', paths: [first] },
          { model: 'b', paths: [await write(other)] },
        ],
        ...joining,
      })
    }

  it('refuses what does not belong together', async () => {
    await expect(failing(rows(['x', 'y', 'x'], 1))).rejects.toMatchObject({
      code: 'pairing',
      message: expect.stringMatching(/row 2 \(x\): occurs twice in b, expected each id once/),
    })
    await expect(failing(rows(['p', 'q', 'r'], 1))).rejects.toThrow(
      /no id is common to a, b; name the column/,
    )
    await expect(failing([map('z', 'ACGTAC', 1), map('y', 'ACTTAC', 1)])).rejects.toThrow(
      /row 1 \(y\): sequence has T at position 2, against G in a; give all models the same sequences/,
    )
    await expect(failing([map('y', 'ACGTACG', 1)])).rejects.toThrow(
      /row 0 \(y\): sequence has 7 bases, against 6 in a/,
    )
    await expect(failing(rows(['y', 'x'], 1), { match: 'order' })).rejects.toThrow(
      /has 2 rows, against 3 of a; give every model the same sequences in one order/,
    )
    await expect(failing(rows(['x', 'z', 'y'], 1), { match: 'order' })).rejects.toThrow(
      /row 1 .*has the id z, expected y as in a; leave --match order out/,
    )
    const one = [{ model: 'a', paths: [await write(rows(['x'], 1))] }]
    await expect(planJoin({ models: one }, {})).rejects.toThrow(
      /needs the maps of two models or more, found one, a/,
    )
  })

  it('has a bad record where any model has one', async () => {
    const bad = rows(['z', 'x', 'y'], 1).map(row =>
      row.id === 'x'
        ? { ...row, attributions: row.attributions.map((_, p) => (p % 2 === 0 ? 1e160 : 0)) }
        : row,
    )
    await expect(failing(bad, { average: 'none' })).rejects.toThrow(
      /row 0 \(x\): map of b: attribution holds values whose squares overflow/,
    )
    const models = [
      { model: 'a', paths: [await write(rows(['x', 'y', 'z'], 1))] },
      { model: 'b', paths: [await write(bad)] },
    ]
    const planned = await planJoin({ models }, {})
    const source = await openMaps(models[0].paths[0], { join: planned, screen: { k: 1, input: 'i' } })
    const seen: string[] = []
    for await (const batch of source.read()) {
      batch.forEach(({ id, fault }) =>
        seen.push(fault === undefined ? id : `${fault.row} ${fault.error.reason}`),
      )
    }
    await source.close()
    expect(seen).toEqual(['0 overflow', 'y', 'z'])
  })
})

it('a table of ids finds every row again', () => {
  const table = new IdTable(2)
  const hashesOf = (i: number): [number, number] => [Math.imul(i, 7) >>> 0, i]
  for (let i = 0; i < 5000; i++) expect(table.add(0, hashesOf(i), 2 * i)).toBe(i)
  for (let i = 4999; i >= 0; i -= 2) table.add(1, hashesOf(i), i)
  expect(table.add(1, hashesOf(4999), 7)).toBe(-1)
  expect(table.count).toBe(5000)
  expect(table.common()).toBe(2500)
  for (let i = 0; i < 5000; i++) {
    const id = table.idOf(hashesOf(i))
    expect([table.rowOf(0, id), table.rowOf(1, id)]).toEqual([2 * i, i % 2 === 1 ? i : -1])
  }
  expect(table.idOf(hashesOf(5000))).toBe(-1)
})
