import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mapAgreement } from '../../src/accumulators/map-agreement.js'
import { agreementOf } from '../../src/metrics/agreement.js'
import { metricOptions } from '../../src/metrics/options.js'
import type { Averaging } from '../../src/sources/records/records.js'
import { MapAverage } from '../../src/sources/joined/average.js'
import { fixtureJson, networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { MADE_UP } from '../support/joined.js'
import { recordOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'

// What make_map_agreement.py says of two networks, of three made-up models, and of the mean of the networks.

interface Golden {
  readonly networks: (typeof MADE_UP)['expected']
  readonly averages: { readonly [norm in Averaging]: { readonly [part: string]: unknown } }
}
const golden: Golden = JSON.parse(readFileSync(new URL('map-agreement.json', import.meta.url), 'utf8'))

/** Every number that is expected is found, to 1e-9 of itself; texts and counts are equal. */
function near(found: unknown, expected: object): void {
  for (const [key, value] of Object.entries(expected)) {
    const other = (found as { readonly [key: string]: unknown })[key]
    if (typeof value === 'object' && value !== null) near(other, value)
    else if (typeof value !== 'number' || value === 0) expect(other, key).toEqual(value)
    else expect(gap(other as number, value), `${key}: ${String(other)} against ${value}`).toBeLessThan(1e-9)
  }
}

describe('two networks', () => {
  const [first, second] = NETWORKS.map(networkRecords)
  const joined = first.map((record, i) => ({ ...record, maps: [record.attribution, second[i].attribution] }))

  it('have the agreement that NumPy finds, and that of the fixtures', () => {
    const accumulator = mapAgreement(NETWORKS)
    const state = accumulator.empty()
    for (const record of joined) accumulator.add(state, record)
    const { agreement, models, warnings } = agreementOf(accumulator.result(state), 0)
    near({ ...agreement, models }, golden.networks)
    const { pairs } = fixtureJson<{ pairs: readonly object[] }>('synthetic/expected-agreement.json')
    near(agreement.pairs, pairs)
    expect(warnings).toEqual([])
  })

  it.each(['none', 'l2'] as const)('have a mean (%s) with the scores that NumPy finds', norm => {
    const average = new MapAverage(norm)
    const score = scoreRecords(
      joined.map(record => ({ ...record, attribution: average.of(record.maps, record.sequence).slice() })),
      metricOptions({}),
    )
    const { constant_share: _, ...expected } = golden.averages[norm]
    near(score, expected)
  })
})

describe('three made-up models', () => {
  const names = Object.keys(MADE_UP.input).toSorted()
  const rows = names.map(name => new Map(MADE_UP.input[name].map(row => [row.id, row])))
  const common = MADE_UP.average.ids
  const joined = common.map(id => {
    const maps = rows.map(of => Float64Array.from(of.get(id)?.attributions ?? []))
    return { ...recordOf(id, rows[0].get(id)?.sequence ?? '', maps[0]), maps }
  })

  it('have the agreement that NumPy finds, with N, dead maps and maps of the base alone', () => {
    const accumulator = mapAgreement(names)
    const state = accumulator.empty()
    for (const record of joined) accumulator.add(state, record)
    const { agreement, models, warnings } = agreementOf(accumulator.result(state), MADE_UP.expected.unmatched)
    near({ ...agreement, models }, MADE_UP.expected)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/maps of second are \d+ times as large as those of (first|third)/)
  })

  it.each(['none', 'l2'] as const)('have the mean (%s) that NumPy finds', norm => {
    const average = new MapAverage(norm)
    for (const [i, { maps, sequence }] of joined.entries()) {
      const found = average.of(maps, sequence)
      expect(found).toHaveLength(MADE_UP.average[norm][i].length)
      for (const [p, value] of MADE_UP.average[norm][i].entries())
        expect(Math.abs(found[p] - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)))
    }
  })
})
