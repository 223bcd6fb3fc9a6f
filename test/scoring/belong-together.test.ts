import { describe, expect, it } from 'vitest'
import type { AttributionRecord } from '../../src/core/types.js'
import { metricOptions } from '../../src/metrics/options.js'
import { between, randomFrom } from '../support/dumps.js'
import { networkRecords, NETWORKS } from '../support/fixtures.js'
import { scoreRecords } from '../support/score.js'

const TOGETHER = /maps and sequences/
const warned = (records: readonly AttributionRecord[]) =>
  scoreRecords(records, metricOptions({})).warnings.some(text => TOGETHER.test(text))

/** Each map as something of it and its sequence makes it. */
function changed(
  records: readonly AttributionRecord[],
  change: (
    value: number,
    base: number,
    own: boolean,
    at: number,
    map: AttributionRecord['attribution'],
  ) => number,
): AttributionRecord[] {
  return records.map(record => ({
    ...record,
    attribution: record.attribution.map((value, p, map) =>
      change(value, p & 3, (p & 3) === record.sequence[p >> 2], p, map),
    ),
  }))
}

const reversed = (records: readonly AttributionRecord[]) =>
  records.map((record, i) => ({ ...record, attribution: records[records.length - 1 - i].attribution }))
/** 4 x L read as L x 4. */
const otherAxes = (records: readonly AttributionRecord[]) =>
  changed(records, (_, base, _own, p, map) => map[(p >> 2) + base * (map.length / 4)])
const alphabet = (order: readonly number[]) => (records: readonly AttributionRecord[]) =>
  changed(records, (_, base, _own, p, map) => map[p - base + order[base]])

const MISTAKES = [
  ['rows in another order', reversed],
  ['other axes', otherAxes],
  ['channels A G C T', alphabet([1, 2, 3, 0])],
  ['channels T G C A', alphabet([3, 2, 1, 0])],
] as const

/** Differences that in-silico mutagenesis gives for a linear network: each base less the one observed. */
const differences = (records: readonly AttributionRecord[]) =>
  records.map(record => ({
    ...record,
    attribution: record.attribution.map(
      (value, p, map) => value - map[p - (p & 3) + record.sequence[p >> 2]],
    ),
  }))
/** Attribution times one-hot, as integrated gradients from zeros give. */
const projected = (records: readonly AttributionRecord[]) =>
  changed(records, (value, _base, own) => (own ? value : 0))

describe.each(NETWORKS)('maps of %s', model => {
  const records = networkRecords(model).slice(0, 600)
  it.each([
    ['gradients', (all: readonly AttributionRecord[]) => all],
    ['differences', differences],
    ['attribution times one-hot', projected],
    [
      'values below 0 of attribution times one-hot',
      (all: readonly AttributionRecord[]) => changed(projected(all), value => -Math.abs(value)),
    ],
  ] as const)('that are %s go with their sequences without a word', (_, make) => {
    expect(warned(make(records))).toBe(false)
  })
  it.each(MISTAKES)('are warned of with %s', (name, mistake) => {
    // The poor network's own share is only 0.31: that of complements is too near it.
    if (model !== NETWORKS[1] || name !== 'channels T G C A') expect(warned(mistake(records))).toBe(true)
    expect(warned(mistake(differences(records)))).toBe(true)
  })
  it('are warned of if they are projected, with other axes, by which they have more channels', () => {
    expect(warned(otherAxes(projected(records)))).toBe(true)
  })
  it.each(MISTAKES.filter(([, mistake]) => mistake !== otherAxes))(
    'are an error if they are projected, with %s',
    (_, mistake) => {
      expect(() => warned(mistake(projected(records)))).toThrow(
        /in \d+ of 600 it is not that of the sequence's base: maps and sequences do not belong together; check the axes/,
      )
    },
  )
})

it('absolute values are warned of, and some maps without a value below 0 are not', () => {
  const records = networkRecords(NETWORKS[0]).slice(0, 300)
  const text = /were absolute values saved/
  const absolute = changed(records, value => Math.abs(value))
  const found = scoreRecords(absolute, metricOptions({}))
  expect(found.support?.non_negative_maps).toBe(300)
  expect(found.warnings.some(warning => text.test(warning))).toBe(true)
  const some = scoreRecords([...absolute.slice(0, 250), ...records.slice(250)], metricOptions({}))
  expect(some.support?.non_negative_maps).toBe(250)
  expect(some.warnings.some(warning => text.test(warning))).toBe(false)
})

describe('sequences aligned on an element', () => {
  const random = randomFrom(5)
  const records = networkRecords(NETWORKS[0])
  const WORD = [2, 0, 3, 3, 0, 1, 0, 1]
  /** Sequences with a word at a fixed place or anywhere; maps that attribute the place, whatever is there, or the word. */
  const make = (fixed: boolean, follows: boolean) =>
    Array.from({ length: 600 }, (_, row): AttributionRecord => {
      const sequence = Uint8Array.from({ length: 120 }, () => between(random, 0, 3))
      const at = fixed ? 50 : between(random, 2, 108)
      sequence.set(WORD, at)
      const attribution = Float64Array.from({ length: 480 }, () => random() - 0.5)
      const place = follows ? at : 50
      for (let j = 0; j < WORD.length; j++) attribution[4 * (place + j) + sequence[place + j]] += 6
      return { ...records[row], sequence, attribution }
    })
  it('give a network that attributes fixed positions a score that is warned of', () => {
    const { kmer, warnings } = scoreRecords(make(true, false), metricOptions({}))
    const { position } = kmer
    expect(kmer.cv_nats).toBeGreaterThan(0.5)
    expect(Math.abs(position?.beyond_position_nats ?? 9)).toBeLessThan(
      3 * (position?.beyond_position_se_nats ?? 0) + 0.01,
    )
    expect(warnings.some(text => text.startsWith('sequences look aligned'))).toBe(true)
  })
  it('do not, if the word lies anywhere and the network finds it', () => {
    const { kmer, warnings } = scoreRecords(make(false, true), metricOptions({}))
    expect(kmer.cv_nats).toBeGreaterThan(0.5)
    expect(kmer.position?.position_cv_nats).toBeLessThan(0.05)
    expect(warnings.some(text => text.startsWith('sequences look aligned'))).toBe(false)
  })
})
