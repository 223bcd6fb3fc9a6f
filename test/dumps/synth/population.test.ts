import { describe, expect, it } from 'vitest'
import type { MapRows } from '../../../src/core/map-table.js'
import { encodeBases } from '../../../src/dna/bases.js'
import { reverseMatrix, sharesOf } from '../../../src/readout/matrix.js'
import { type PopulationOptions, syntheticPopulation } from '../../../src/dumps/synth/population.js'
import { syntheticSequences } from '../../../src/dumps/synth/sequences.js'
import { normals, streamOf } from '../../../src/dumps/synth/streams.js'

const AB = {
  name: 'AB',
  matrix: [
    [8, 1, 1, 0],
    [0, 0, 10, 0],
    [0, 10, 0, 0],
    [1, 1, 4, 4],
  ],
} as const
const CD = {
  name: 'CD',
  matrix: [
    [0, 0, 0, 7],
    [7, 0, 0, 0],
    [0, 0, 0, 7],
  ],
} as const
const OTHER = {
  name: 'OTHER',
  matrix: [
    [0, 5, 0, 0],
    [0, 5, 0, 0],
    [5, 0, 0, 0],
  ],
} as const

const OPTIONS: PopulationOptions = {
  records: 200,
  length: 40,
  seed: 5,
  mapSeed: 5,
  core: [AB, CD],
  others: [OTHER],
  embed: { least: 1, most: 3 },
  positives: 1,
  unknown: 0,
  signal: 1,
  noise: 0.2,
  spikes: 0.02,
  gauge: 0.5,
  dead: 0,
  element: 'float32',
  truth: true,
}

interface Record {
  readonly id: string
  readonly codes: Uint8Array
  readonly map: readonly number[]
  readonly truth: readonly number[]
}

async function population(changes: Partial<PopulationOptions> = {}): Promise<Record[]> {
  const records: Record[] = []
  const add = ({ ids, offsets, letters, attributions, truth }: MapRows) => {
    for (const [row, id] of ids.entries()) {
      const [start, end] = [offsets[row], offsets[row + 1]]
      records.push({
        id,
        codes: encodeBases(Buffer.from(letters.subarray(start, end)).toString()),
        map: Array.from(attributions?.subarray(4 * start, 4 * end) ?? []),
        truth: Array.from(truth?.values ?? []).slice(4 * start, 4 * end),
      })
    }
  }
  for await (const rows of syntheticPopulation({ ...OPTIONS, ...changes })()) add(rows)
  return records
}

const texts = (records: readonly Record[]) => records.map(({ codes }) => codes.join(''))

describe('sequences', () => {
  it('are drawn from the motifs of their class, on both strands, that do not overlap, and 1/4 elsewhere', () => {
    const sequenceOf = syntheticSequences({ ...OPTIONS, positives: 0.5 })
    const seen = new Map<string, number>()
    const known = [AB, CD, OTHER].flatMap(({ name, matrix }) => [
      [JSON.stringify(sharesOf(matrix)), `${name}+`] as const,
      [JSON.stringify(reverseMatrix(sharesOf(matrix))), `${name}-`] as const,
    ])
    const names = new Map(known)
    let positives = 0
    for (let row = 0; row < 400; row++) {
      const { positive, truth, sites } = sequenceOf(row)
      if (positive) positives++
      expect(sites.length).toBeGreaterThanOrEqual(1)
      expect(sites.length).toBeLessThanOrEqual(3)
      const expected = new Float32Array(160).fill(0.25)
      let end = 0
      for (const { start, shares } of sites) {
        expect(start).toBeGreaterThanOrEqual(end)
        end = start + shares.length
        for (const [i, column] of shares.entries()) expected.set(column, 4 * (start + i))
        const name = names.get(JSON.stringify(shares)) ?? 'unknown'
        expect(name.startsWith('OTHER')).toBe(!positive)
        seen.set(name, (seen.get(name) ?? 0) + 1)
      }
      expect(end).toBeLessThanOrEqual(40)
      expect(truth).toEqual(expected)
    }
    expect([...seen.keys()].toSorted()).toEqual(['AB+', 'AB-', 'CD+', 'CD-', 'OTHER+', 'OTHER-'])
    // Four standard errors of 400 throws of a coin.
    expect(Math.abs(positives - 200)).toBeLessThan(40)
  })
  it('have each base as often as its probability', () => {
    const sequenceOf = syntheticSequences({ ...OPTIONS, length: 4, core: [AB], embed: { least: 1, most: 1 } })
    const counts = new Map<string, number>()
    let rows = 0
    for (let row = 0; row < 8000; row++) {
      const { codes, sites } = sequenceOf(row)
      if (JSON.stringify(sites[0].shares) !== JSON.stringify(sharesOf(AB.matrix))) continue
      rows++
      for (let i = 0; i < 4; i++) counts.set(`${i}${codes[i]}`, (counts.get(`${i}${codes[i]}`) ?? 0) + 1)
    }
    expect(Math.abs(rows - 4000)).toBeLessThan(4 * Math.sqrt(2000))
    for (const [i, column] of sharesOf(AB.matrix).entries()) {
      for (const [base, share] of column.entries()) {
        const error = Math.sqrt(rows * share * (1 - share))
        expect(Math.abs((counts.get(`${i}${base}`) ?? 0) - rows * share)).toBeLessThanOrEqual(4.5 * error)
      }
    }
  })
  it('have N at about the share that is asked for, and the same letters elsewhere', async () => {
    const [whole, holed] = [await population(), await population({ unknown: 0.1 })]
    let unknown = 0
    for (const [row, { codes }] of holed.entries()) {
      for (const [i, code] of codes.entries()) {
        if (code === 4) unknown++
        else expect(code).toBe(whole[row].codes[i])
      }
    }
    expect(Math.abs(unknown - 800)).toBeLessThan(4 * Math.sqrt(8000 * 0.09))
  })
})

describe('a population', () => {
  it('begins with the smaller one, whatever the batches', async () => {
    const all = await population({ records: 60, batchRows: 7, positives: 0.5, dead: 0.1, unknown: 0.1 })
    const few = await population({ records: 23, batchRows: 10, positives: 0.5, dead: 0.1, unknown: 0.1 })
    expect(few).toEqual(all.slice(0, 23))
    expect(new Set(all.map(({ id }) => id)).size).toBe(60)
    expect(all.every(({ id }, row) => id === `pos${row}` || id === `neg${row}`)).toBe(true)
  })
  it('of another seed has other sequences, of another map seed other maps of the same', async () => {
    const [first, second, third] = [
      await population(),
      await population({ seed: 6 }),
      await population({ mapSeed: 6 }),
    ]
    expect(texts(second)).not.toEqual(texts(first))
    expect(texts(third)).toEqual(texts(first))
    expect(third.map(({ truth }) => truth)).toEqual(first.map(({ truth }) => truth))
    expect(third[0].map).not.toEqual(first[0].map)
  })
  it('of no records has none', async () => {
    expect(await population({ records: 0 })).toEqual([])
  })
})

describe('maps', () => {
  const clean = { noise: 0, spikes: 0, gauge: 0 }

  it('without noise are the motifs, by their information, times a weight of each site', async () => {
    for (const { map, truth } of await population(clean)) {
      for (let i = 0; i < 40; i++) {
        const g = truth.slice(4 * i, 4 * i + 4)
        const bits = 2 + g.reduce((sum, share) => sum + (share > 0 ? share * Math.log2(share) : 0), 0)
        const found = map.slice(4 * i, 4 * i + 4)
        if (bits < 1e-6) expect(found).toEqual([0, 0, 0, 0])
        else {
          const best = g.indexOf(Math.max(...g))
          const weight = found[best] / ((bits / 2) * (g[best] - 0.25))
          expect(weight).toBeGreaterThanOrEqual(0.5 - 1e-5)
          expect(weight).toBeLessThan(1.5 + 1e-5)
          for (const [base, share] of g.entries())
            expect(found[base]).toBeCloseTo(weight * (bits / 2) * (share - 0.25), 5)
        }
      }
    }
  })
  it('with gauge only are the same once the mean over bases is taken off', async () => {
    const [plain, shifted] = [
      await population({ ...clean, element: 'float64' }),
      await population({ ...clean, element: 'float64', gauge: 3 }),
    ]
    let moved = 0
    for (const [row, { map }] of shifted.entries()) {
      for (let i = 0; i < 40; i++) {
        const mean = (map[4 * i] + map[4 * i + 1] + map[4 * i + 2] + map[4 * i + 3]) / 4
        moved += mean ** 2
        for (let base = 0; base < 4; base++)
          expect(map[4 * i + base] - mean).toBeCloseTo(plain[row].map[4 * i + base], 10)
      }
    }
    expect(moved / 8000).toBeGreaterThan(9 * 0.93)
    expect(moved / 8000).toBeLessThan(9 * 1.07)
  })
  it('with spikes only have them at the share of positions that is asked for, each as long as a motif position', async () => {
    let count = 0
    for (const { map } of await population({ ...clean, signal: 0, spikes: 0.1, element: 'float64' })) {
      for (let i = 0; i < 40; i++) {
        const vector = map.slice(4 * i, 4 * i + 4)
        const size = Math.hypot(...vector)
        if (size === 0) continue
        count++
        expect(vector[0] + vector[1] + vector[2] + vector[3]).toBeCloseTo(0, 12)
        expect(size).toBeGreaterThanOrEqual((0.5 * Math.sqrt(3)) / 2 - 1e-9)
        expect(size).toBeLessThan((1.5 * Math.sqrt(3)) / 2 + 1e-9)
      }
    }
    expect(Math.abs(count - 800)).toBeLessThan(4 * Math.sqrt(8000 * 0.09))
  })
  it('are dead at about the share that is asked for', async () => {
    const dead = (await population({ dead: 0.25 })).filter(({ map }) => map.every(value => value === 0))
    expect(Math.abs(dead.length - 50)).toBeLessThan(4 * Math.sqrt(200 * 0.1875))
  })
  it('as float16 are those of float32, rounded', async () => {
    const [wide, narrow] = [
      await population({ records: 5 }),
      await population({ records: 5, element: 'float16' }),
    ]
    const half = (bits: number) => {
      const exponent = (bits >> 10) & 31
      const size = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1024 + (bits & 1023)) * 2 ** (exponent - 25)
      return bits & 0x8000 ? -size : size
    }
    for (const [row, { map }] of narrow.entries()) {
      for (const [p, bits] of map.entries())
        expect(Math.abs(half(bits) - wide[row].map[p])).toBeLessThanOrEqual(
          Math.abs(wide[row].map[p]) * 2 ** -11 + 2 ** -25,
        )
    }
  })
})

it('normal numbers have the moments of the normal distribution', () => {
  const normal = normals(streamOf(1, 'noise', 0))
  const count = 200_000
  const moments = [0, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const z = normal()
    for (let power = 1; power <= 4; power++) moments[power - 1] += z ** power / count
  }
  // Four standard errors: the variances of z, z^2, z^3 and z^4 are 1, 2, 15 and 96.
  for (const [i, [mean, variance]] of [
    [0, 1],
    [1, 2],
    [0, 15],
    [3, 96],
  ].entries())
    expect(Math.abs(moments[i] - mean)).toBeLessThan(4 * Math.sqrt(variance / count))
})

it('options that do not go together are refused', () => {
  const make = (changes: Partial<PopulationOptions>) => () => syntheticPopulation({ ...OPTIONS, ...changes })
  expect(make({ length: 3 })).toThrow('motif AB has 4 positions, expected at most length 3')
  expect(make({ positives: 0.5, others: [] })).toThrow('there is no other motif to embed')
  expect(make({ positives: 1.5 })).toThrow('positives is 1.5, expected a share from 0 to 1')
  expect(make({ noise: -1 })).toThrow('noise is -1, expected a number from 0 to 1e6')
  expect(make({ seed: 0.5 })).toThrow('seed is 0.5, expected a whole number from 0 to 4294967295')
  expect(make({ embed: { least: 3, most: 2 } })).toThrow('embed is 2, expected a whole number from 3 to 1000')
})
