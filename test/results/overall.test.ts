import { describe, expect, it } from 'vitest'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { overallOf } from '../../src/results/overall.js'
import { PLAIN_SCORE } from '../support/plain-score.js'

const POSITION = {
  sample_records: 100,
  sample_cv_nats: 1,
  position_cv_nats: 0,
  position_cv_se_nats: 0.01,
  beyond_position_nats: 1,
  beyond_position_se_nats: 0.01,
}

function modelOf(
  model: string,
  cv: number | null,
  agreement?: number | null,
  more: { readonly positive?: number; readonly position?: number; readonly ids?: string } = {},
): ModelScore {
  const { positive = 0.5, position = 0, ids = 'same' } = more
  return {
    ...PLAIN_SCORE,
    model,
    ids: { count: 100, digest: ids },
    support: { positive_share: positive, positive_share_se: 0.01, non_negative_maps: 0 },
    ...(agreement === undefined ? {} : { agreement_with_others: agreement }),
    kmer: {
      ...PLAIN_SCORE.kmer,
      cv_nats: cv,
      position:
        cv === null
          ? null
          : {
              ...POSITION,
              sample_cv_nats: cv,
              position_cv_nats: position,
              beyond_position_nats: cv - position,
            },
    },
  }
}

const means = (
  scores: readonly ModelScore[],
  ...rest: [Parameters<typeof overallOf>[1]?, Parameters<typeof overallOf>[2]?]
) => Object.fromEntries(overallOf(scores, ...rest).means)

describe('overall', () => {
  const three = [modelOf('a', 3, 0.2), modelOf('b', 2, 0.6), modelOf('c', 2, 0.4)]

  it('is the mean rank in k-mer consistency and agreement; ties share', () => {
    expect(means(three)).toEqual({ a: 2, b: (2.5 + 1) / 2, c: (2.5 + 2) / 2 })
    expect(overallOf(three)).toMatchObject({
      criteria: [
        { criterion: 'kmer', column: 'kmer_cv_nats' },
        { criterion: 'agreement', column: 'agreement_with_others' },
      ],
      left_out: [],
    })
  })

  it('has the positive share only if it is asked for', () => {
    const shared = [modelOf('a', 3, 0.2, { positive: 0.9 }), ...three.slice(1)]
    expect(means(shared)).toEqual(means(three))
    expect(means(shared, ['kmer', 'agreement', 'positive_share'])).toEqual({
      a: (1 + 3 + 1) / 3,
      b: (2.5 + 1 + 2.5) / 3,
      c: (2.5 + 2 + 2.5) / 3,
    })
  })

  it('leaves agreement out for fewer than three models, other ids, and a model without it', () => {
    const leftOut = (scores: readonly ModelScore[]) => overallOf(scores).left_out
    expect(leftOut(three.slice(0, 2))).toEqual([
      { name: 'agreement', reason: 'needs 3 models or more, found 2' },
    ])
    expect(leftOut([...three, modelOf('d', 1, 0.3, { ids: 'other' })])).toEqual([
      { name: 'agreement', reason: 'needs models of the same ids, and a and d have others' },
    ])
    const lacking = [...three, modelOf('d', 1)]
    expect(leftOut(lacking)).toEqual([
      { name: 'agreement', reason: 'd has no agreement_with_others; score all models at once with --agree' },
    ])
    expect(means(lacking)).toEqual({ a: 1, b: 2.5, c: 2.5, d: 4 })
  })

  it('leaves a model without a k-mer value out by itself', () => {
    const { means: found, left_out } = overallOf([...three, modelOf('d', null, 0.9)])
    expect(left_out).toEqual([{ name: 'd', reason: 'has no kmer_cv_nats' }])
    expect(Object.fromEntries(found)).toEqual(means(three))
  })

  it('ranks by what is beyond position if sequences of any model look aligned', () => {
    const aligned = [modelOf('a', 3, 0.2, { position: 2.5 }), ...three.slice(1)]
    expect(overallOf(aligned).criteria[0]).toEqual({ criterion: 'kmer', column: 'kmer_beyond_position_nats' })
    expect(means(aligned, ['kmer'])).toEqual({ a: 3, b: 1.5, c: 1.5 })
  })

  it('takes agreement from elsewhere', () => {
    const elsewhere = new Map([
      ['a', 0.9],
      ['b', 0.1],
      ['c', 0.5],
    ])
    expect(means(three, ['agreement'], elsewhere)).toEqual({ a: 1, b: 3, c: 2 })
  })
})
