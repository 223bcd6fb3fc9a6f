import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import { DataError } from '../../src/core/errors.js'
import type { AttributionRecord } from '../../src/core/types.js'
import { angularKld } from '../../src/metrics/angular/kld.js'
import { type PriorCounts, uniformPrior } from '../../src/metrics/kmer/kld.js'
import { type MetricChoices, type MetricOptions, metricOptions } from '../../src/metrics/options.js'
import { scoreModel } from '../../src/metrics/score-model.js'
import { gap } from '../support/gap.js'
import { recordOf } from '../support/records.js'
import { fold, scoreRecords, statisticsOf } from '../support/score.js'

/** A new case is a folder with two files, of which make_cases.py writes the second; see there. */
const CASES = fileURLToPath(new URL('cases/', import.meta.url))
const names = readdirSync(CASES).toSorted()

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

function read(name: string, file: string): unknown {
  return JSON.parse(readFileSync(`${CASES}${name}/${file}`, 'utf8'))
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

/** The code of the DataError thrown; anything else that is thrown passes through. */
function errorOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof DataError) return error.code
    throw error
  }
}

const CLOSE = 1e-9

/** A test of what this case has an answer for; a case without it is not a test that is skipped. */
function check(has: unknown, title: string, body: () => void): void {
  // oxlint-disable-next-line vitest/no-conditional-tests, vitest/valid-title -- tests are made from a table of cases
  if (has !== undefined && has !== false) it(title, body)
}

describe('the small cases', () => {
  it('are all there', () => {
    expect(names.length).toBeGreaterThanOrEqual(118)
  })

  for (const name of names) {
    const input = read(name, 'input.json') as Input
    const expected = read(name, 'expected.json') as Expected
    const metrics = metricOptions(input.options)
    const records: AttributionRecord[] = input.records.map(({ id, sequence, attribution, map_of }) => {
      const values = attribution ?? input.records[map_of ?? -1].attribution ?? []
      return recordOf(id, sequence, input.dtype === 'float32' ? Float32Array.from(values) : values)
    })
    const prior = priorOf(input, metrics)
    const { kmer, angular } = expected

    describe(`${name}: ${input.why}`, () => {
      check(angular?.error, 'refuses the population, whichever way the cut is found', () => {
        for (const globalCut of ['exact', 'bins'] as const) {
          expect(errorOf(() => scoreRecords(records, metrics, { prior, globalCut }))).toBe(angular?.error)
        }
      })
      if (angular?.error !== undefined) return
      const statistics = statisticsOf(records, metrics, { prior })

      it('counts records, positions and groups', () => {
        const { tally } = statistics
        expect(tally.records).toBe(expected.records)
        expect(tally.positions).toBe(expected.positions)
        expect(tally.unknownPositions).toBe(expected.unknown_positions)
        expect(tally.deadMaps).toBe(expected.dead_maps)
        expect(tally.projectedMaps).toBe(expected.projected_maps)
        const groups = Array.from(tally.groupRecords).flatMap((count, g) => Array<number>(count).fill(g))
        expect(groups).toEqual(expected.groups)
      })

      check(kmer?.error, 'refuses the prior', () => {
        expect(errorOf(() => scoreModel('model', statistics, { metrics, prior }))).toBe(kmer?.error)
      })

      check(kmer !== undefined && kmer.error === undefined, 'scores k-mers', () => {
        const { spectrum } = statistics
        expect(spectrum.total).toBe(kmer?.attributed_kmers)
        expect(spectrum.runs).toBe(kmer?.runs)
        expect(sparse(spectrum.counts)).toEqual(kmer?.counts)
        const score = scoreModel('model', statistics, { metrics, prior })
        expect(gap(score.kmer.kld_nats, kmer?.kld_nats)).toBeLessThanOrEqual(CLOSE)
      })

      check(kmer !== undefined && input.prior === 'population', 'counts the k-mers of all sequences', () => {
        const counted = statistics.prior?.counts.reduce((sum, count) => sum + count, 0)
        expect(counted).toBe(kmer?.population_kmers)
      })

      check(angular, 'scores angles', () => {
        const { grid } = statistics
        expect(grid.points).toBe(angular?.points)
        const cells = sparse(grid.weights)
        expect(Object.keys(cells)).toEqual(Object.keys(angular?.grid ?? {}))
        for (const [cell, weight] of Object.entries(angular?.grid ?? {})) {
          expect(Math.abs(cells[cell] / weight - 1)).toBeLessThanOrEqual(CLOSE)
        }
        expect(gap(grid.effectivePoints, angular?.effective_points)).toBeLessThanOrEqual(CLOSE)
        expect(gap(angularKld(grid.weights, metrics.angular) ?? null, angular?.kld_nats)).toBeLessThanOrEqual(
          CLOSE,
        )
        const cut =
          grid.threshold.kind === 'global' && !Number.isNaN(grid.threshold.cut) ? grid.threshold.cut : null
        expect(gap(cut, angular?.cut)).toBeLessThanOrEqual(CLOSE)
      })
    })
  }
})
