import { describe, expect, it } from 'vitest'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { groupedWarnings } from '../../src/results/grouped-warnings.js'
import { ranking, rankingText } from '../../src/results/ranking.js'
import { shortVerdict, verdictOf } from '../../src/results/verdict.js'
import { figureAxis } from '../../src/stats/pareto.js'

/** A model of 64 groups with these values and errors; `byGroup` is left out, so that errors of differences are independent. */
function modelOf(
  model: string,
  [kmer, kmerSe]: readonly [number, number],
  [angular, angularSe]: readonly [number, number],
  digest = 'same',
): ModelScore {
  return {
    model,
    records: 300,
    ids: { count: 300, digest },
    kmer: { cv_nats: kmer, cv_se_nats: kmerSe },
    angular: { cv_nats: angular, cv_se_nats: angularSe },
    jackknife: { groups: Array.from({ length: 64 }, (_, i) => i), kmer: {}, angular: {} },
  } as unknown as ModelScore
}

const good = modelOf('good', [1, 0.01], [0.1, 0.01])
const fair = modelOf('fair', [0.5, 0.01], [0.05, 0.01])
const noisy = modelOf('noisy', [0.2, 0.01], [0.001, 0.001])

describe('the verdict', () => {
  it('names models that none beats, those beaten, and values that are not above noise', () => {
    const verdict = verdictOf([noisy, good, fair])
    expect(verdict.unbeaten).toEqual(['good'])
    expect([...verdict.beaten.keys()].toSorted()).toEqual(['fair', 'noisy'])
    // 1.998 (Student's t, 63 degrees) times 0.001 exceeds 0.001
    expect(verdict.noise).toEqual({ kmer: [], angular: ['noisy'] })
    expect(verdict.disagreement).toBeUndefined()
    expect(verdict.sentences[0]).toMatch(
      /^No model beats good; good beats .*\(both consistencies, errors counted\)\.$/,
    )
    expect(verdict.sentences[1]).toBe('Not above noise: angles of noisy.')
    expect(shortVerdict(verdict, 'fair', name => ['good', 'fair', 'noisy'].indexOf(name) + 1)).toMatch(
      /^beaten by [13]$/,
    )
    expect(shortVerdict(verdict, 'good', () => 0)).toBe('not beaten')
  })

  it('does not rank models that differ within their errors', () => {
    // Scored on as many sequences whose ids are not known: errors are those of independent values.
    const [a, b] = [good, modelOf('near', [0.99, 0.01], [0.1, 0.01])].map(model => ({ ...model, ids: null }))
    const { beaten, sentences } = verdictOf([a, b])
    expect(beaten.size).toBe(0)
    expect(sentences[0]).toMatch(/^No model beats another/)
  })

  it('says what to do if the metrics disagree', () => {
    const turned = modelOf('turned', [0.5, 0.01], [0.3, 0.01])
    const { disagreement, unbeaten, sentences } = verdictOf([good, turned])
    expect(disagreement).toEqual(['good', 'turned'])
    expect(unbeaten).toEqual(['good', 'turned'])
    expect(sentences.at(-1)).toContain('good is higher by k-mers, turned by angles; compare their motifs')
  })

  it('counts performance, if it is known: a less consistent model that is more accurate is not beaten', () => {
    const accuracy = new Map([
      ['good', 0.9],
      ['fair', 0.95],
      ['noisy', 0.8],
    ])
    const axis = figureAxis<string>(name => accuracy.get(name) ?? null, { lower: false, error: () => 0 })
    const { unbeaten, sentences } = verdictOf([good, fair, noisy], { performance: { label: 'auroc', axis } })
    expect(unbeaten).toEqual(['good', 'fair'])
    expect(sentences[0]).toContain('auroc and both consistencies')
  })

  it('compares only models that were scored on the same sequences', () => {
    const other = modelOf('other', [2, 0.01], [1, 0.01], 'different')
    const verdict = verdictOf([good, fair, other])
    expect(verdict.apart).toEqual(['other'])
    expect(verdict.unbeaten).toEqual(['good'])
    expect(shortVerdict(verdict, 'other', () => 0)).toBe('not compared')
  })

  it('of one model says whether it is above noise, and calls nothing good', () => {
    expect(verdictOf([good]).sentences).toEqual([
      'The maps are above noise by k-mers and angles; score another model on the same sequences to compare.',
    ])
    expect(verdictOf([modelOf('x', [0.01, 0.01], [0, 0])]).sentences).toEqual([
      'The maps are not above noise by either metric.',
    ])
  })
})

describe('a ranking', () => {
  const differ = (pairs: readonly string[]) => (a: string, b: string) =>
    pairs.includes(a + b) || pairs.includes(b + a)

  it('groups neighbours that do not differ', () => {
    const all = ['AB', 'AC', 'AD', 'AE', 'BC', 'BD', 'BE']
    expect(rankingText(ranking(['A', 'B', 'C', 'D', 'E'], differ(all)))).toBe('1 A > 2 B > 3-5 C, D, E')
  })

  it('gives letters that two models share if, and only if, they do not differ', () => {
    // A differs from C and D, B from D: neighbours do not differ, so that groups overlap.
    const { groups, letters } = ranking(['A', 'B', 'C', 'D'], differ(['AC', 'AD', 'BD']))
    expect(groups).toHaveLength(1)
    expect(Object.fromEntries(letters ?? [])).toEqual({ A: 'a', B: 'ab', C: 'bc', D: 'c' })
  })
})

it('warnings of one kind are one line, with the range of their numbers', () => {
  expect(
    groupedWarnings([
      { model: 'a', warnings: ['78 % is noise', '2 dead maps'] },
      { model: 'b', warnings: ['64 % is noise'] },
      { model: 'c', warnings: ['129 % is noise'] },
    ]),
  ).toEqual(['a, b and c: 64 to 129 % is noise', 'a: 2 dead maps'])
})
