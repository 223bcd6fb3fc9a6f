import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compareModels } from '../../src/scoring/compare.js'
import { metricOptions } from '../../src/scoring/options.js'
import { gap } from '../support/gap.js'
import { readNpz } from '../support/npz.js'
import { recordsOf } from '../support/records.js'
import { scoreRecords } from '../support/score.js'

/** Real maps; beside the repository, not in it. */
const FOLDER = fileURLToPath(new URL('../../../shared/fixtures/synthetic/', import.meta.url))
const HERE = existsSync(FOLDER)
if (!HERE) console.warn(`\n!!! ${FOLDER} is not there: a comparison on real maps is SKIPPED !!!\n`)

it.skipIf(!HERE)('two real models differ by what paired.py finds, with its paired error', () => {
  const scores = ['exponential_bn_standard_s0', 'exponential_bn_noise_s0'].map(model => {
    const maps = readNpz(`${FOLDER}maps/${model}.npz`).get('attributions')
    const sequences = readNpz(`${FOLDER}sequences.npz`).get('one_hot')
    if (maps === undefined || sequences === undefined) throw new Error('arrays lack')
    return { ...scoreRecords(recordsOf(maps, sequences), metricOptions()), model }
  })
  const found = compareModels(scores).differences.find(
    ({ metric, statistic }) => metric === 'kmer' && statistic === 'kld',
  )
  expect(found?.paired).toBe(true)
  expect(gap(found?.difference_nats, 0.18358575901742702)).toBeLessThanOrEqual(1e-9)
  expect(gap(found?.se_nats, 0.016513688666191684)).toBeLessThanOrEqual(1e-6)
  // As independent models they would have an error of 0.022: 0.0183 and 0.0128, of expected.json, together.
  expect(found?.better).toBe('exponential_bn_standard_s0')
})
