import { expect, it } from 'vitest'
import { compareModels } from '../../src/results/compare.js'
import { metricOptions } from '../../src/metrics/options.js'
import { networkRecords, NETWORKS } from '../support/fixtures.js'
import { gap } from '../support/gap.js'
import { scoreRecords } from '../support/score.js'

it('two real models differ by what paired.py finds, with its paired error', () => {
  const scores = NETWORKS.map(model => ({
    ...scoreRecords(networkRecords(model), metricOptions()),
    model,
  }))
  const found = compareModels(scores).differences.find(
    ({ metric, statistic }) => metric === 'kmer' && statistic === 'kld',
  )
  expect(found?.paired).toBe(true)
  expect(gap(found?.difference_nats, 0.604517112811398)).toBeLessThanOrEqual(1e-9)
  expect(gap(found?.se_nats, 0.02065073286213524)).toBeLessThanOrEqual(1e-6)
  // As independent models they would have an error of 0.022: 0.0183 and 0.0128, of expected.json, together.
  expect(found?.better).toBe('exponential_bn_standard_s0')
})
