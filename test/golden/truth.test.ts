import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { groundTruth } from '../../src/accumulators/ground-truth.js'
import { pipe } from '../../src/core/compose.js'
import type { AttributionRecord, Truth } from '../../src/core/types.js'
import { groupOf } from '../../src/core/hash.js'
import { SNR_EMPTY, TRUTH_SCORES, truthScore } from '../../src/metrics/truth-score.js'
import { correct } from '../../src/stages/correct.js'
import { gap } from '../support/gap.js'
import { recordOf } from '../support/records.js'
import { fold } from '../support/score.js'

/** Small records with ground truth; make_truth.py wrote them, and what NumPy and scikit-learn make of them. */
const CASES = fileURLToPath(new URL('truth.json', import.meta.url))

interface Expected {
  readonly records: number
  readonly records_without_truth: number
  readonly records_without_signal: number
  readonly records_without_noise: number
  readonly records_of_one_class: number
  readonly signal: number | null
  readonly noise: number | null
  readonly snr: { readonly zero: number | null; readonly exclude: number | null }
  readonly auroc: number | null
  readonly aupr: number | null
}

interface Case {
  readonly why: string
  readonly kind: 'probabilities' | 'labels'
  readonly dtype: 'float32' | 'float64'
  readonly records: readonly {
    readonly id: string
    readonly sequence: string
    readonly attribution: readonly number[]
    readonly truth: readonly number[] | null
  }[]
  readonly expected: { readonly corrected: Expected; readonly raw: Expected }
}

const cases: { readonly [name: string]: Case } = JSON.parse(readFileSync(CASES, 'utf8'))

function truthOf(kind: Case['kind'], dtype: Case['dtype'], values: readonly number[]): Truth {
  if (kind === 'labels') return { kind, values: Uint8Array.from(values) }
  return { kind, values: dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values) }
}

function recordsOf({ kind, dtype, records }: Case): AttributionRecord[] {
  return records.map(({ id, sequence, attribution, truth }) =>
    recordOf(
      id,
      sequence,
      dtype === 'float32' ? Float32Array.from(attribution) : attribution,
      truth === null ? {} : { truth: truthOf(kind, dtype, truth) },
    ),
  )
}

it('there are enough cases', () => {
  expect(Object.keys(cases).length).toBeGreaterThanOrEqual(14)
})

describe.each(Object.entries(cases))('%s', (_, made) => {
  const records = recordsOf(made)
  const groups = new Float64Array(64)
  for (const { idHash } of records) groups[groupOf(idHash)]++

  for (const score of TRUTH_SCORES) {
    const accumulator = pipe(correct({ basis: 'gram-schmidt' }), groundTruth({ score }))
    const expected = made.expected[score]
    for (const snrEmpty of SNR_EMPTY) {
      it(`${made.why}: ${score}, ${snrEmpty}`, () => {
        const result = accumulator.result(fold(accumulator, records))
        const found = truthScore(result, groups, { score, snrEmpty })
        expect(found).toMatchObject({
          records: expected.records,
          records_without_truth: expected.records_without_truth,
          records_without_signal: expected.records_without_signal,
          records_without_noise: expected.records_without_noise,
          records_of_one_class: expected.records_of_one_class,
          options: { score, snrEmpty },
        })
        for (const [value, wanted] of [
          [found?.signal, expected.signal],
          [found?.noise, expected.noise],
          [found?.snr, expected.snr[snrEmpty]],
          [found?.auroc, expected.auroc],
          [found?.aupr, expected.aupr],
        ]) {
          if (wanted === null) expect(value).toBeNull()
          else expect(gap(value as number, wanted as number)).toBeLessThanOrEqual(1e-9)
        }
      })
    }
  }
})
