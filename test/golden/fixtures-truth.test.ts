import { describe, expect, it } from 'vitest'
import { groundTruth, type TruthScore } from '../../src/accumulators/ground-truth.js'
import { pipe } from '../../src/core/compose.js'
import { groupOf } from '../../src/core/hash.js'
import { type ModelTruth, truthScore } from '../../src/metrics/truth-score.js'
import { correct } from '../../src/stages/correct.js'
import { fixtureArray, fixtureJson, networkRecords, NETWORKS } from '../support/fixtures.js'
import { matrixRow } from '../support/records.js'
import { fold } from '../support/score.js'

/** The authors' code computes in float32. */
const AUTHORS = 1e-5

interface Expected {
  readonly authors_code: {
    readonly snr: number
    readonly snr_raw: number
    readonly interpretability_auroc: number
    readonly interpretability_aupr: number
  }
}

describe('ground truth on real maps', () => {
  const expected = fixtureJson<{ readonly [model: string]: Expected }>('synthetic/expected.json')
  const truth = fixtureArray('synthetic/truth.npz', 'truth')

  it.each(NETWORKS)('of %s is what the authors found', model => {
    const { authors_code } = expected[model]
    const records = networkRecords(model).map((record, row) => ({
      ...record,
      truth: { kind: 'probabilities' as const, values: matrixRow(truth, row) },
    }))
    const groups = new Float64Array(64)
    for (const { idHash } of records) groups[groupOf(idHash)]++
    const measure = (score: TruthScore) => {
      const accumulator = pipe(correct({ basis: 'gram-schmidt' }), groundTruth({ score }))
      const result = accumulator.result(fold(accumulator, records))
      return truthScore(result, groups, { score, snrEmpty: 'zero' }) as ModelTruth
    }
    const corrected = measure('corrected')
    expect(corrected.records).toBe(1934)
    expect(Math.abs((corrected.snr ?? 0) - authors_code.snr)).toBeLessThanOrEqual(AUTHORS)
    expect(Math.abs((corrected.auroc ?? 0) - authors_code.interpretability_auroc)).toBeLessThanOrEqual(
      AUTHORS,
    )
    expect(Math.abs((corrected.aupr ?? 0) - authors_code.interpretability_aupr)).toBeLessThanOrEqual(AUTHORS)
    expect(Math.abs((measure('raw').snr ?? 0) - authors_code.snr_raw)).toBeLessThanOrEqual(AUTHORS)
  })
})
