import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import { DataError } from '../../src/core/errors.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { groupOf } from '../../src/dna/groups.js'
import { angularKld } from '../../src/scoring/angular-score.js'
import { kmerKld, type PriorCounts, uniformPrior } from '../../src/scoring/kmer-score.js'
import { type MetricChoices, type MetricOptions, metricOptions } from '../../src/scoring/options.js'
import { scoreModel } from '../../src/scoring/scores.js'
import { recordOf } from '../support/records.js'
import { fold, statisticsOf } from '../support/score.js'

/** A new case is a folder with two files, of which make_cases.py writes the second; see there. */
const CASES = fileURLToPath(new URL('cases/', import.meta.url))
const names = readdirSync(CASES).sort()

interface Input {
  readonly why: string
  readonly dtype: 'float32' | 'float64'
  readonly prior: 'population' | 'uniform' | readonly string[]
  readonly metrics: readonly ('kmer' | 'angular')[]
  readonly options: MetricChoices
  readonly records: readonly {
    readonly id: string
    readonly sequence: string
    readonly attribution?: readonly number[]
    /** Number of the record whose map this one shares. */
    readonly map_of?: number
  }[]
}

interface Expected {
  readonly records: number
  readonly positions: number
  readonly unknown_positions: number
  readonly dead_maps: number
  readonly projected_maps: number
  readonly groups: readonly number[]
  readonly kmer?: {
    readonly error?: string
    readonly attributed_kmers: number
    readonly runs: number
    readonly counts: { readonly [index: string]: number }
    readonly population_kmers: number
    readonly kld_nats: number | null
  }
  readonly angular?: {
    readonly error?: string
    readonly points: number
    readonly grid: { readonly [cell: string]: number }
    readonly effective_points: number
    readonly cut: number | null
    readonly kld_nats: number | null
  }
}

function read<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(`${CASES}${name}/${file}`, 'utf8')) as T
}

function closeTo(found: number | null | undefined, expected: number | null): void {
  if (expected === null) expect(found ?? null).toBeNull()
  else {
    expect(found).toBeTypeOf('number')
    const room = Math.max(1e-9 * Math.abs(expected), 1e-15)
    expect(Math.abs((found as number) - expected), `${found} against ${expected}`).toBeLessThanOrEqual(room)
  }
}

/** What is not zero, by its number. */
function sparse(values: ArrayLike<number>): { [index: string]: number } {
  return Object.fromEntries([...Array.from(values).entries()].filter(([, value]) => value !== 0))
}

function priorOf({ prior }: Input, { kmer }: MetricOptions): PriorCounts | undefined {
  if (prior === 'population') return undefined
  if (prior === 'uniform') return uniformPrior(kmer.k)
  const counter = kmerPrior({ k: kmer.k })
  const counted = counter.result(
    fold(
      counter,
      prior.map((text, row) => recordOf(String(row), text, [])),
    ),
  )
  return { name: 'prior', ...counted }
}

function errorOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    return (error as DataError).code
  }
}

describe('the small cases', () => {
  it('are all there', () => {
    expect(names.length).toBeGreaterThanOrEqual(118)
  })

  for (const name of names) {
    const input = read<Input>(name, 'input.json')
    const expected = read<Expected>(name, 'expected.json')
    const metrics = metricOptions(input.options)
    const records: AttributionRecord[] = input.records.map(({ id, sequence, attribution, map_of }) => {
      const values = attribution ?? input.records[map_of ?? -1].attribution ?? []
      return recordOf(id, sequence, input.dtype === 'float32' ? Float32Array.from(values) : values)
    })

    describe(`${name}: ${input.why}`, () => {
      const prior = priorOf(input, metrics)

      it('counts', () => {
        if (expected.angular?.error !== undefined) return
        const { tally } = statisticsOf(records, metrics, { prior })
        expect(tally.records).toBe(expected.records)
        expect(tally.positions).toBe(expected.positions)
        expect(tally.unknownPositions).toBe(expected.unknown_positions)
        expect(tally.deadMaps).toBe(expected.dead_maps)
        expect(tally.projectedMaps).toBe(expected.projected_maps)
        expect(records.map(({ idHash }) => groupOf(idHash)).sort((a, b) => a - b)).toEqual(expected.groups)
      })

      const { kmer, angular } = expected
      it.runIf(kmer)('scores k-mers', () => {
        if (kmer === undefined) return
        const statistics = statisticsOf(records, metrics, { prior })
        if (kmer.error !== undefined) {
          expect(errorOf(() => scoreModel('model', statistics, metrics, prior))).toBe(kmer.error)
          return
        }
        const { spectrum } = statistics
        expect(spectrum.total).toBe(kmer.attributed_kmers)
        expect(spectrum.runs).toBe(kmer.runs)
        expect(sparse(spectrum.counts)).toEqual(kmer.counts)
        if (statistics.prior !== undefined) {
          expect(statistics.prior.counts.reduce((sum, count) => sum + count, 0)).toBe(kmer.population_kmers)
        }
        closeTo(scoreModel('model', statistics, metrics, prior).kmer.kld_nats, kmer.kld_nats)
        const used = prior ?? {
          name: 'population',
          k: metrics.kmer.k,
          counts: statistics.prior?.counts ?? [],
        }
        closeTo(kmerKld(spectrum, used, metrics.kmer.pseudocount), kmer.kld_nats)
      })

      it.runIf(angular)('scores angles', () => {
        if (angular === undefined) return
        if (angular.error !== undefined) {
          expect(errorOf(() => statisticsOf(records, metrics, { prior }))).toBe(angular.error)
          expect(errorOf(() => statisticsOf(records, metrics, { prior, globalCut: 'bins' }))).toBe(
            angular.error,
          )
          return
        }
        const { grid } = statisticsOf(records, metrics, { prior })
        expect(grid.points).toBe(angular.points)
        const cells = sparse(grid.weights)
        expect(Object.keys(cells)).toEqual(Object.keys(angular.grid))
        for (const [cell, weight] of Object.entries(angular.grid)) closeTo(cells[cell], weight)
        closeTo(grid.effectivePoints, angular.effective_points)
        closeTo(angularKld(grid.weights, metrics.angular), angular.kld_nats)
        if (grid.threshold.kind === 'global') {
          if (angular.cut === null) expect(grid.threshold.cut).toBeNaN()
          else closeTo(grid.threshold.cut, angular.cut)
        }
      })
    })
  }
})
