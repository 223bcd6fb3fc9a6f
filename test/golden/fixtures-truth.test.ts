import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { groundTruth, type TruthScore } from '../../src/accumulators/ground-truth.js'
import { after } from '../../src/core/compose.js'
import { groupOf } from '../../src/dna/groups.js'
import { type ModelTruth, truthScore } from '../../src/scoring/truth-score.js'
import { correct } from '../../src/stages/correct.js'
import { readNpz } from '../support/npz.js'
import { matrixRow, recordsOf } from '../support/records.js'
import { fold } from '../support/score.js'

/** Real maps with answers by the authors' code; beside the repository, not in it. */
const FOLDER = fileURLToPath(new URL('../../../shared/fixtures/synthetic/', import.meta.url))
const HERE = existsSync(FOLDER)
if (!HERE)
  console.warn(`\n!!! ${FOLDER} is not there: ground truth on real maps of six models is SKIPPED !!!\n`)

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

describe.skipIf(!HERE)('ground truth on real maps', () => {
  const expected: { readonly [model: string]: Expected } = HERE
    ? JSON.parse(readFileSync(`${FOLDER}expected.json`, 'utf8'))
    : {}

  it('covers six models', () => {
    expect(Object.keys(expected)).toHaveLength(6)
  })

  it.each(Object.entries(expected))('of %s is what the authors found', (model, { authors_code }) => {
    const maps = readNpz(`${FOLDER}maps/${model}.npz`).get('attributions')
    const sequences = readNpz(`${FOLDER}sequences.npz`).get('one_hot')
    const truth = readNpz(`${FOLDER}truth.npz`).get('truth')
    if (maps === undefined || sequences === undefined || truth === undefined) throw new Error('arrays lack')
    const records = recordsOf(maps, sequences).map((record, row) => ({
      ...record,
      truth: { kind: 'probabilities' as const, values: matrixRow(truth, row) },
    }))
    const groups = new Float64Array(64)
    for (const { idHash } of records) groups[groupOf(idHash)]++
    const measure = (score: TruthScore) => {
      const accumulator = after(correct({ basis: 'gram-schmidt' }), groundTruth({ score }))
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
