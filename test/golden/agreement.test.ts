import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { metricOptions } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { fixtureArray, networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { recordsOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'

// What make_agreement.py says of the real maps: composition, positions, support, and what maps have in common.

type Expected = Pick<
  ModelScore,
  'support' | 'observed_base_share' | 'observed_base_share_se' | 'constant_share' | 'unseen_share'
> & { readonly kmer: Pick<ModelScore['kmer'], 'composition' | 'position'> }

const expected: { readonly [model: string]: Expected } = JSON.parse(
  readFileSync(new URL('agreement.json', import.meta.url), 'utf8'),
)
const SHARES = ['observed_base_share', 'observed_base_share_se', 'unseen_share'] as const

function recordsOfModel(model: string) {
  if (model !== 'tf-mindi') return networkRecords(model)
  const maps = fixtureArray('tf-mindi/sample_contrib.npz', 'contrib')
  return recordsOf(maps, fixtureArray('tf-mindi/sample_oh.npz', 'oh'))
}

/**
 * What rounding the coordinates of unit maps to 2^-30 may change in the mean cosine of n maps: of their sum S, five standard
 * deviations of 2 S d / (n (n - 1)), where each coordinate of d is the sum of n roundings.
 */
function rounding(share: number, n: number): number {
  const pairs = n * (n - 1)
  return (5 * 2 * Math.sqrt(share * pairs + n) * Math.sqrt(n / 12) * 2 ** -30) / pairs
}

/** Every number of the expected part is found to 1e-9 of itself. */
function near(found: unknown, of: object | null): void {
  for (const [key, value] of Object.entries(of ?? {})) {
    const other = (found as { readonly [key: string]: number | null })[key]
    if (value === null || value === 0) expect(other, key).toBe(value)
    else expect(gap(other, value as number), `${key}: ${other} against ${value}`).toBeLessThan(1e-9)
  }
}

it('every model of the fixtures is a case', () => {
  expect(Object.keys(expected).toSorted()).toEqual([...NETWORKS, 'tf-mindi'].toSorted())
})

describe.each(Object.keys(expected))('%s', model => {
  const score = scoreRecords(recordsOfModel(model), metricOptions({}))
  const { kmer, support, ...shares } = expected[model]

  it('has the composition shares of its k-mer score', () => near(score.kmer.composition, kmer.composition))
  it('has the score that positions alone give', () => near(score.kmer.position, kmer.position))
  it('has the support, and the observed bases that are largest', () => {
    near(score.support, support)
    near(score, Object.fromEntries(SHARES.map(key => [key, shares[key]])))
    const { constant_share } = shares
    expect(Math.abs((score.constant_share ?? 1) - (constant_share ?? 0))).toBeLessThan(
      rounding(constant_share ?? 0, score.records),
    )
  })
  it('has no warning of it', () => {
    expect(
      score.warnings.filter(text => !/what noise scores|effective points|noise too recurs/.test(text)),
    ).toEqual([])
  })
})
