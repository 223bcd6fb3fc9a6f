import { describe, expect, it } from 'vitest'
import { haveOtherSizes } from '../../src/results/compare.js'
import { wordsOf, wordsWarnings } from '../../src/results/words.js'
import { metricOptions } from '../../src/metrics/options.js'
import { fixtureJson, networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { countsOf, scoreRecords } from '../support/score.js'

interface Expected {
  readonly words: {
    readonly order: readonly string[]
    readonly nats: readonly (readonly number[])[]
    readonly a: readonly (readonly number[])[]
    readonly share: readonly (readonly number[])[]
  }
}

describe('the words of two networks', () => {
  const metrics = metricOptions({})
  const models = NETWORKS.map(model => {
    const records = networkRecords(model)
    return { score: { ...scoreRecords(records, metrics), model }, counts: countsOf(records, metrics) }
  })
  const { words } = fixtureJson<Expected>('synthetic/expected-agreement.json')

  it('are predicted as another implementation has it, and by themselves as their cross-validated value says', () => {
    const found = wordsOf(models, (a, b) => !haveOtherSizes(a, b))
    expect(found.order).toEqual(words.order)
    expect(found.a).toEqual(words.a)
    for (const key of ['nats', 'share'] as const) {
      for (const [i, row] of words[key].entries())
        for (const [j, value] of row.entries()) expect(gap(found[key][i][j], value)).toBeLessThan(1e-9)
    }
    expect(wordsWarnings(found)).toEqual([])
  })
  it('are not compared between populations of other sizes', () => {
    const found = wordsOf(models, () => false)
    expect(found.nats).toEqual([
      [null, null],
      [null, null],
    ])
  })
})

it('a model whose words no three others predict is named', () => {
  const share = [
    [1, 0.8, 0.02, 0.7],
    [0.8, 1, 0.03, 0.7],
    [0, 0, 1, 0],
    [0.7, 0.6, 0.01, 1],
  ]
  const words = { order: ['a', 'b', 'bad', 'c'], nats: share, a: share, share }
  expect(wordsWarnings(words)).toEqual([
    'no other model sees the words of bad: on average they predict 2 % of them',
  ])
})
