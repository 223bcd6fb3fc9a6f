import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/core/errors.js'
import type { BatchSize, Json } from '../../src/core/types.js'
import {
  decodePlan,
  encodePlan,
  loadPlan,
  makePlan,
  type Plan,
  PLAN_VERSION,
  shardOf,
  shortId,
} from '../../src/engine/plan.js'

const batch = fc.record({ rows: fc.nat(1000), bytes: fc.oneof(fc.constant(0), fc.nat(2 ** 31 - 1)) })
const batches: fc.Arbitrary<BatchSize[]> = fc
  .array(fc.tuple(batch, fc.integer({ min: 1, max: 6 })), { maxLength: 8 })
  .map(runs => runs.flatMap(([size, times]) => Array.from({ length: times }, () => size)))
const plans: fc.Arbitrary<Plan> = fc
  .record({
    shards: fc.integer({ min: 1, max: 60 }),
    population: fc.string(),
    params: fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as Json),
    inputs: fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }).map(name => `maps/${name}`),
        size: fc.maxSafeNat(),
        fingerprint: fc.string(),
        batches,
      }),
      { minLength: 1, maxLength: 6, selector: ({ name }) => name },
    ),
  })
  .map(makePlan)

const even = (count: number, shards: number): Plan =>
  makePlan({
    shards,
    population: 'model',
    params: { k: 6 },
    inputs: [
      {
        name: 'maps.arrow',
        size: 9000,
        fingerprint: 'f00d',
        batches: Array.from({ length: count }, () => ({ rows: 10, bytes: 1000 })),
      },
    ],
  })

const shards = (plan: Plan) => Array.from({ length: plan.shards }, (_, i) => shardOf(plan, i))

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    return error instanceof DataError ? error.code : String(error)
  }
}

/** The plan that the text decodes to, or the code of the DataError that it gives. */
function outcomeOf(text: string): Plan | string {
  let plan: Plan | undefined
  const code = codeOf(() => {
    plan = decodePlan(text, 'plan.json')
  })
  return plan ?? code
}

describe('the shards of a plan', () => {
  it('hold every unit once, in the order of the plan', () => {
    fc.assert(
      fc.property(plans, plan => {
        const units = shards(plan).flatMap(parts =>
          parts.flatMap(({ input, range }) =>
            Array.from({ length: range.end - range.start }, (_, i) => [input, range.start + i]),
          ),
        )
        expect(units).toEqual(
          plan.inputs.flatMap(({ batches }, input) => Array.from(batches, (_, i) => [input, i])),
        )
      }),
    )
  })

  it('exceed an even share by no more than one unit', () => {
    fc.assert(
      fc.property(plans, plan => {
        const all = plan.inputs.flatMap(input => Array.from(input.batches, ({ bytes }) => bytes + 1))
        const share = all.reduce((a, b) => a + b, 0) / plan.shards
        const largest = Math.max(0, ...all)
        for (const parts of shards(plan)) {
          const bytes = parts
            .flatMap(({ input, range }) =>
              Array.from(plan.inputs[input].batches).slice(range.start, range.end),
            )
            .reduce((sum, size) => sum + size.bytes + 1, 0)
          expect(bytes).toBeLessThanOrEqual((share + largest) * (1 + 1e-9))
        }
      }),
    )
  })

  it('are equal where units are equal and can be shared out', () => {
    expect(shards(even(12, 4)).map(parts => parts.map(({ range }) => range))).toEqual([
      [{ start: 0, end: 3 }],
      [{ start: 3, end: 6 }],
      [{ start: 6, end: 9 }],
      [{ start: 9, end: 12 }],
    ])
  })

  it('hold one unit or none where there are more shards than units', () => {
    const counts = shards(even(3, 8)).map(parts => parts.length)
    expect(counts.filter(n => n === 1)).toHaveLength(3)
    expect(counts.filter(n => n === 0)).toHaveLength(5)
  })

  it('are numbered from 0 to one less than their number', () => {
    for (const i of [-1, 4, 0.5, Number.NaN]) expect(codeOf(() => shardOf(even(9, 4), i))).toBe('usage')
    expect(() => shardOf(even(9, 4), 4)).toThrow('shard 4 of a plan of 4, expected 0 to 3')
  })
})

describe('the id of a plan', () => {
  const plan = even(9, 4)

  it('does not depend on the order of keys in its params', () => {
    expect(makePlan({ ...plan, params: { a: 1, b: 2 } }).id).toBe(
      makePlan({ ...plan, params: { b: 2, a: 1 } }).id,
    )
    expect(shortId(plan.id)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('changes with everything that a plan says', () => {
    const [input] = plan.inputs
    const others = [
      even(9, 5),
      even(10, 4),
      makePlan({ ...plan, params: { k: 7 } }),
      makePlan({ ...plan, population: 'other' }),
      makePlan({ ...plan, inputs: [{ ...input, name: 'other.arrow' }] }),
      makePlan({ ...plan, inputs: [{ ...input, fingerprint: 'beef' }] }),
      makePlan({ ...plan, inputs: [input, { ...input, name: 'b.arrow' }] }),
      makePlan({ ...plan, inputs: [{ ...input, name: 'b.arrow' }, input] }),
    ]
    expect(new Set([plan, ...others].map(({ id }) => id)).size).toBe(others.length + 1)
  })

  it('is made of good parts only', () => {
    const [input] = plan.inputs
    expect(codeOf(() => even(9, 0))).toBe('usage')
    expect(codeOf(() => even(9, 1.5))).toBe('usage')
    expect(codeOf(() => makePlan({ ...plan, inputs: [] }))).toBe('empty')
    expect(codeOf(() => makePlan({ ...plan, inputs: [input, input] }))).toBe('usage')
    expect(codeOf(() => makePlan({ ...plan, inputs: [{ ...input, name: '/data/maps.arrow' }] }))).toBe(
      'usage',
    )
  })
})

describe('the text of a plan', () => {
  it('holds everything: what is decoded is what was encoded', () => {
    fc.assert(
      fc.property(plans, plan => {
        expect(decodePlan(encodePlan(plan), 'plan.json')).toEqual(plan)
      }),
    )
  })

  it('is short where batches are alike', () => {
    expect(encodePlan(even(1_000_000, 4)).length).toBeLessThan(500)
  })

  it('is damaged wherever it is cut off', () => {
    const text = encodePlan(even(9, 4)).trimEnd()
    for (let end = 0; end < text.length; end++) {
      expect(`${end} ${codeOf(() => decodePlan(text.slice(0, end), 'plan.json'))}`).toBe(`${end} damaged`)
    }
  })

  it('never decodes to another plan, whatever character is changed', () => {
    const plan = even(9, 4)
    const text = encodePlan(plan)
    for (let at = 0; at < text.length; at++) {
      for (const other of ['0', '9', ' ', 'x', ',', '"']) {
        const changed = text.slice(0, at) + other + text.slice(at + 1)
        const outcome = outcomeOf(changed)
        // The root is a hint that people may change, and no part of the id.
        const found = typeof outcome === 'string' ? outcome : { ...outcome, root: plan.root }
        expect([plan, 'format', 'damaged', 'mismatch']).toContainEqual(found)
      }
    }
  })

  it('is told from other JSON, other text and later versions', () => {
    expect(codeOf(() => decodePlan('{"format":"other"}', 'plan.json'))).toBe('format')
    expect(codeOf(() => decodePlan('null', 'plan.json'))).toBe('format')
    expect(codeOf(() => decodePlan('a letter', 'plan.json'))).toBe('format')
    const later = encodePlan({ ...even(9, 4), version: PLAN_VERSION + 1 })
    expect(codeOf(() => decodePlan(later, 'plan.json'))).toBe('mismatch')
  })

  it('with parts of other types is damaged', () => {
    const good = JSON.parse(encodePlan(even(9, 4)))
    const bad = [
      { inputs: [null] },
      { inputs: [{ ...good.inputs[0], batches: 5 }] },
      { inputs: [{ ...good.inputs[0], batches: [[1, 2, 1e300]] }] },
      { inputs: [{ ...good.inputs[0], batches: [[1, 2, 2 ** 52]] }] },
      { inputs: {} },
      { shards: '4' },
      { population: 1 },
      { version: '1' },
    ]
    for (const change of bad) {
      expect(codeOf(() => decodePlan(JSON.stringify({ ...good, ...change }), 'plan.json'))).toBe('damaged')
    }
  })

  it('loads from a file, which must be there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'attrstream-'))
    try {
      const path = join(folder, 'plan.json')
      await expect(loadPlan(path)).rejects.toMatchObject({ code: 'not-found', where: { file: path } })
      await expect(loadPlan(folder)).rejects.toMatchObject({ code: 'io' })
      await writeFile(path, encodePlan(even(9, 4)))
      expect(await loadPlan(path)).toEqual(even(9, 4))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
