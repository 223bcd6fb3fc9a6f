import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHalves } from '../../src/kernels/float16.js'
import { CODE_OF_BYTE, hasUnknown, N } from '../../src/dna/bases.js'
import type { Basis } from '../../src/dna/basis.js'
import {
  allocateCorrected,
  type CorrectedArrays,
  type CorrectedTotals,
  mapCorrector,
  withVectors,
} from '../../src/dna/corrected-map.js'
import { countKmers } from '../../src/dna/kmers.js'
import { LetterCodes } from '../../src/dna/letters.js'
import { pointBinner } from '../../src/dna/bin-points.js'
import type { PointsRecord } from '../../src/dna/records.js'
import { observedBases } from '../../src/dna/observed-bases.js'
import { PositionSums } from '../../src/dna/position-sums.js'
import { rotator } from '../../src/dna/rotation.js'
import { QuantileSelector } from '../../src/dna/quantiles/quantile-selector.js'
import { allocateSquares, type Squares } from '../../src/dna/corrected-map.js'
import { runFinder } from '../../src/dna/runs.js'
import { KmerBuffer } from '../../src/dna/kmer-buffer.js'
import { squareWindows, type WindowShape, windowSpan } from '../../src/dna/windows.js'
import {
  addressOf,
  doubles,
  floats,
  holdBytes,
  integers,
  isReached,
  kernels,
  naturals,
} from '../../src/kernels/kernels.js'
import { Counts } from '../../src/stats/sums/counts.js'
import { ExactSums } from '../../src/stats/sums/exact-sums.js'
import { FourDraws } from '../../src/stats/four-draws.js'
import { Alias, sfc32 } from '../../src/stats/random.js'
import { cli } from '../support/cli.js'

// Every kernel beside its counterpart in TypeScript, which runs on arrays that kernels cannot reach: equal to the last bit.

const THREE: WindowShape = { kind: 'centered', width: 3 }

function plainSquares(length: number): Squares {
  const values = new Float64Array(length)
  return { values, address: 0 }
}

function plainCorrected(length: number): CorrectedArrays {
  const [e1, e2, e3] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)]
  const magnitudes = new Float64Array(length)
  return { squares: plainSquares(length), magnitudes, e1, e2, e3, at: undefined }
}

interface Map {
  readonly attribution: Float32Array | Float64Array
  readonly sequence: Uint8Array
  readonly basis: Basis
}

/** Maps of every length up to 40 and of some beyond, with zeros, ties, huge, tiny and negative values, and with N. */
const maps: fc.Arbitrary<Map> = fc
  .record({
    length: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(200, 201, 511)),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    kind: fc.constantFrom('noise', 'ties', 'sparse', 'wide'),
    isFloat: fc.boolean(),
    unknown: fc.constantFrom(0, 0, 0.05),
    basis: fc.constantFrom<Basis>('gram-schmidt', 'published'),
  })
  .map(({ length, seed, kind, isFloat, unknown, basis }) => {
    const next = random(seed)
    const value = () => {
      const noise = next() - 0.5
      if (kind === 'ties') return Math.round(4 * noise)
      if (kind === 'sparse') return next() < 0.8 ? 0 : noise
      return kind === 'wide' ? noise * 10 ** (60 * (next() - 0.5)) : noise
    }
    const values = Array.from({ length: 4 * length }, () => Math.fround(value()))
    return {
      attribution: isFloat ? Float32Array.from(values) : Float64Array.from(values),
      sequence: Uint8Array.from({ length }, () => (next() < unknown ? 4 : Math.floor(4 * next()))),
      basis,
    }
  })

const text = (letters: string) =>
  fc
    .array(fc.constantFrom(...Array.from(letters)), { maxLength: 100 })
    .map(list => Uint8Array.from(list, letter => letter.charCodeAt(0)))

function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const anyQuantile = fc.constantFrom(0, 0.1, 0.5, 0.8, 0.9, 0.95, 0.999)

/** A map as kernels and as TypeScript correct it; undefined where both refuse it. */
function corrected({ attribution, sequence, basis }: Map) {
  const { length } = sequence
  const both = [allocateCorrected(length), plainCorrected(length)].map(arrays => {
    const totals = { magnitude: 0, square: 0, unknown: 0, scale: 1 }
    const isUsable = mapCorrector(basis)(attribution, sequence, arrays, totals)
    return { arrays, totals, isUsable }
  })
  const [byKernel, here] = both
  expect(byKernel.isUsable).toBe(here.isUsable)
  return here.isUsable ? { byKernel, here } : undefined
}

function expectEqual(a: CorrectedArrays, b: CorrectedArrays, length: number): void {
  const part = ({ squares, magnitudes, e1, e2, e3 }: CorrectedArrays) =>
    [squares.values, magnitudes, e1, e2, e3].map(values => Array.from(values.subarray(0, length)))
  expect(part(a)).toEqual(part(b))
}

it('there are kernels here', () => {
  expect(kernels).toBeDefined()
  expect(allocateCorrected(10).at).toBeDefined()
  expect(isReached(new Float64Array(1))).toBe(false)
})

describe('kernels and their counterparts give the same bits', () => {
  it('observed bases of some positions, ties included', () => {
    fc.assert(
      fc.property(maps, fc.array(fc.nat()), ({ attribution, sequence }, chosen) => {
        const places = chosen.map(n => n % sequence.length).filter(i => sequence[i] !== N)
        const held =
          attribution instanceof Float32Array ? floats(attribution.length) : doubles(attribution.length)
        held.set(attribution)
        const positions = integers(places.length)
        positions.set(places)
        const [byKernel, here] = [
          { positive: -1, largest: -1 },
          { positive: -1, largest: -1 },
        ]
        observedBases(
          { attribution: held, sequence: holdBytes(sequence) },
          positions,
          places.length,
          byKernel,
        )
        observedBases({ attribution, sequence }, Int32Array.from(places), places.length, here)
        expect(byKernel).toEqual(here)
      }),
    )
  })
  it('sums by position, in both bases, with N and without', () => {
    fc.assert(
      fc.property(maps, map => {
        const found = corrected(map)
        if (found === undefined || !(found.here.totals.square > 0)) return
        const { length } = map.sequence
        const planes = ({ arrays, totals }: { arrays: CorrectedArrays; totals: CorrectedTotals }) => {
          const sums = new PositionSums(length)
          for (let i = 0; i < 2; i++) sums.add(arrays, map.sequence, totals, map.basis)
          return [sums.x, sums.y, sums.z, sums.zeros].map(values => Array.from(values))
        }
        expect(planes(found.byKernel)).toEqual(planes(found.here))
      }),
    )
  })
  it('correction and its totals', () => {
    fc.assert(
      fc.property(maps, map => {
        const found = corrected(map)
        if (found === undefined) return
        expectEqual(found.byKernel.arrays, found.here.arrays, map.sequence.length)
        expect(found.byKernel.totals).toEqual(found.here.totals)
      }),
    )
  })

  it('correction refuses NaN, Infinity and what is too large to square', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e200]) {
      for (const length of [1, 2, 7]) {
        for (let at = 0; at < 4 * length; at++) {
          const attribution = new Float64Array(4 * length).fill(1)
          attribution[at] = bad
          const map: Map = { attribution, sequence: new Uint8Array(length), basis: 'gram-schmidt' }
          expect(corrected(map)).toBeUndefined()
        }
      }
    }
  })

  it('random directions', () => {
    fc.assert(
      fc.property(maps, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (map, seed) => {
        const { length } = map.sequence
        const found = corrected({ ...map, sequence: new Uint8Array(length) })
        if (found === undefined) return
        const rotate = rotator(map.basis)
        const [byKernel, here] = [allocateCorrected(length), plainCorrected(length)]
        rotate(found.byKernel.arrays, length, seed, byKernel)
        rotate(found.here.arrays, length, seed, here)
        expectEqual(
          withVectors(found.byKernel.arrays, byKernel),
          withVectors(found.here.arrays, here),
          length,
        )
      }),
    )
  })

  it('windows, points, their cells and their weights', () => {
    const shapes = fc.oneof(
      fc.constant<WindowShape>(THREE),
      fc.record<WindowShape>({
        kind: fc.constantFrom('centered', 'forward-circular'),
        width: fc.integer({ min: 1, max: 9 }),
      }),
    )
    fc.assert(
      fc.property(maps, shapes, anyQuantile, (map, shape, q) => {
        const { length } = map.sequence
        const found = corrected(map)
        if (found === undefined || !(found.here.totals.square > 0)) return
        const { start, end } = windowSpan(shape, length)
        const [byKernel, here] = [found.byKernel, found.here].map(({ arrays, totals }, n) => {
          const squares = n === 0 ? allocateSquares(length) : plainSquares(length)
          const missing = squareWindows(arrays, map.sequence, totals.unknown, shape, squares)
          const selector = new QuantileSelector()
          const [first, second] = [0, 1].map(() => {
            const pointCount = selector.select(squares, start, end, missing, q, totals.square / length)
            return { pointCount, cut: selector.cut, points: selector.positions }
          })
          expect(first.cut).toEqual(second.cut)
          const { pointCount, points } = second
          const [cells, weights] =
            n === 0
              ? [integers(length + 4), doubles(length + 4)]
              : [new Int32Array(length + 4), new Float64Array(length + 4)]
          const at = n === 0 ? { cells: addressOf(cells), weights: addressOf(weights) } : undefined
          const out = { cells, weights, count: 3, at }
          const record = { sequence: map.sequence } as PointsRecord['record']
          const scale = 1 / (3 * totals.magnitude)
          const squared = pointBinner({ grid: 'full', weight: 2 })(
            {
              record,
              corrected: arrays,
              totals,
              dead: false,
              shape,
              squares,
              start,
              end,
              missing,
              scale,
              points,
              pointCount,
            },
            64,
            out,
          )
          return {
            squares: Array.from(squares.values.subarray(start, end)),
            cut: first.cut,
            points: Array.from(points.subarray(0, pointCount)),
            cells: Array.from(out.cells.subarray(3, 3 + pointCount)),
            weights: Array.from(out.weights.subarray(3, 3 + pointCount)),
            squared,
          }
        })
        expect(byKernel).toEqual(here)
      }),
      { numRuns: 500 },
    )
  })

  it('a selector that guesses from the records before', () => {
    const next = random(77)
    const [byKernel, here] = [new QuantileSelector(), new QuantileSelector()]
    for (let record = 0; record < 200; record++) {
      const length = 150 + Math.floor(100 * next())
      const spread = record % 50 === 49 ? 100 : 1
      const [reached, plain] = [allocateSquares(length), plainSquares(length)]
      for (let i = 0; i < length; i++) {
        reached.values[i] = plain.values[i] = next() < 0.02 ? -1 : spread * next() ** 3
      }
      const missing = plain.values.subarray(0, length).filter(value => value < 0).length
      const q = [0.9, 0.95, 0.5][record % 3]
      const counts = [byKernel.select(reached, 0, length, missing, q, 1)]
      counts.push(here.select(plain, 0, length, missing, q, 1))
      expect(counts[0]).toBe(counts[1])
      expect(byKernel.cut).toBe(here.cut)
      expect(byKernel.positions.subarray(0, counts[0])).toEqual(here.positions.subarray(0, counts[0]))
    }
  })

  it('words of four draws, and how often each was drawn', () => {
    const weights = fc.array(fc.constantFrom(0, 0.5, 1, 3, 100), { minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(
        weights.filter(list => list.some(weight => weight > 0)),
        fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
        (weights, seeds, sizes) => {
          const alias = new Alias(weights)
          const words = sizes.reduce((sum, size) => sum + size, 0)
          const byKernel = new FourDraws(alias, words)
          for (const [g, size] of sizes.entries()) {
            const seedsOf = seeds.map(seed => seed + g) as [number, number, number, number]
            byKernel.draw(
              seedsOf,
              size,
              sizes.slice(0, g).reduce((sum, size) => sum + size, 0),
            )
          }
          for (const [i, seed] of seeds.entries()) {
            const here = sizes.flatMap((size, g) => {
              const next = sfc32(seed + g)
              return Array.from({ length: size }, () => alias.draw(next))
            })
            expect([...byKernel.each[i].words]).toEqual(here)
            const counts = weights.map((_, cell) => here.filter(word => word === cell).length)
            expect([...byKernel.each[i].counts]).toEqual(counts)
          }
        },
      ),
    )
  })

  it('float16 numbers as singles, every one of them', () => {
    const [held, plain] = [new Uint16Array(65_539), new Uint16Array(65_539)].map((halves, n) => {
      for (let i = 0; i < halves.length; i++) halves[i] = i - 3
      const bytes = holdBytes(new Uint8Array(halves.buffer))
      return n === 0 ? new Uint16Array(bytes.buffer, bytes.byteOffset, halves.length) : halves
    })
    const found = (halves: Uint16Array, start: number, singles: Float32Array) => {
      decodeHalves(halves, start, singles)
      return Array.from(singles)
    }
    for (const [start, count] of [
      [3, 65_536],
      [0, 5],
      [100, 13],
      [7, 0],
    ]) {
      const byKernel = found(held, start, floats((count + 7) & ~7).subarray(0, count))
      expect(byKernel).toEqual(found(plain, start, new Float32Array(count)))
    }
    expect(found(held, 3 + 0x8000, floats(8).subarray(0, 1))).toEqual([-0])
  })

  it('codes of letters, and whether there is an N among them', () => {
    const letters = fc.oneof(fc.uint8Array({ minLength: 0, maxLength: 100 }), text('ACGT'), text('acgtACGTN'))
    fc.assert(
      fc.property(letters, fc.nat(20), (bytes, before) => {
        const { length } = bytes
        const [byKernel, here] = [holdBytes, (plain: Uint8Array) => plain].map(hold => {
          const letters = hold(Uint8Array.from([...Array(before).fill(65), ...bytes]))
          return new LetterCodes().of(letters, before, before + length).slice()
        })
        expect(byKernel).toEqual(here)
        expect(here).toEqual(bytes.map(byte => CODE_OF_BYTE[byte]))
        expect(hasUnknown(holdBytes(here))).toBe(here.includes(N))
        expect(hasUnknown(here)).toBe(here.includes(N))
      }),
      { numRuns: 500 },
    )
  })

  it('attributed runs, and the k-mers in them', () => {
    const sequences = fc.uint8Array({ min: 0, max: 4, minLength: 1, maxLength: 300 })
    const chosen = fc.array(fc.boolean(), { minLength: 300, maxLength: 300 })
    const ks = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(sequences, chosen, ks, fc.integer({ min: 0, max: 5 }), (sequence, chosen, k, buffer) => {
        const { length } = sequence
        const attributed = Array.from({ length }, (_, i) => i).filter(i => chosen[i])
        const [byKernel, here] = [integers, (room: number) => new Int32Array(room)].map(allocate => {
          const [positions, runs] = [allocate(attributed.length + 1), allocate(2 * length)]
          positions.set(attributed)
          const count = runFinder(buffer)(positions, attributed.length, length, runs)
          const kmers = new Counts(1, 4 ** k)
          const waiting = new KmerBuffer(1, k, kmers)
          for (let n = 0; n < 100; n++) waiting.addRuns(0, sequence, runs, count)
          waiting.flush()
          return { runs: Array.from(runs.subarray(0, 2 * count)), kmers: kmers.save() }
        })
        expect(byKernel).toEqual(here)
        const [kmers, held] = [new Uint32Array(4 ** k), holdBytes(sequence)]
        const total = countKmers(sequence, 0, length, k, kmers)
        const kmersByKernel = naturals(4 ** k)
        expect(countKmers(held, 0, length, k, kmersByKernel)).toBe(total)
        expect(Array.from(kmersByKernel)).toEqual(Array.from(kmers))
      }),
    )
  })

  it('exact sums, of weights of every size', () => {
    const weights = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 5e-324, 2 ** -1022, Number.MAX_VALUE),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), weights), { maxLength: 60 }), list => {
        const [byKernel, here] = [new ExactSums(10), new ExactSums(10)]
        const [cells, values] = [integers(list.length), doubles(list.length)]
        for (const [i, [cell, weight]] of list.entries()) {
          cells[i] = cell
          values[i] = weight
          here.add(cell, weight)
        }
        for (let from = 0; from < 2; from++) byKernel.addAll(cells, values, list.length)
        for (const [cell, weight] of list) here.add(cell, weight)
        expect(byKernel.save()).toEqual(here.save())
      }),
    )
    const sums = new ExactSums(1)
    const one = doubles(1).fill(Number.NaN)
    expect(() => sums.addAll(integers(1), one, 1)).toThrow('a weight is NaN')
  })
})

it('a run without kernels gives the same scores', async () => {
  const runs = []
  for (const kernels of ['', 'typescript']) {
    const args = ['score', 'data-samples/relu-spectral-norm.arrow', '--workers', '1', '--format', 'json']
    const run = await cli(args, { env: { ATTRSTREAM_KERNELS: kernels } })
    expect(run.code, run.stderr).toBe(0)
    runs.push(JSON.parse(run.stdout).models)
  }
  expect(runs[0]).toEqual(runs[1])
})
