import { expect, it } from 'vitest'
import { ALL } from '../../../src/metrics/by-model.js'
import { metricOptions } from '../../../src/metrics/options.js'
import { scoreAccumulator } from '../../../src/metrics/score-accumulator.js'
import { scoreModel } from '../../../src/metrics/score-model.js'
import type { PopulationStatistics } from '../../../src/metrics/statistics.js'
import { whiteNoise } from '../../support/controls.js'

/** Maps are made so many at a time. */
const PART = 500

it.each([1934, 20_000, 200_000])(
  'nothing recurs in %i maps of white noise: cross-validated values within 3 errors of 0',
  count => {
    const metrics = metricOptions({})
    const accumulator = scoreAccumulator({ metrics, populationPrior: true, byModel: false })
    const state = accumulator.empty()
    for (let start = 0; start < count; start += PART) {
      for (const record of whiteNoise(Math.min(PART, count - start), 200, 1000 + start)) {
        accumulator.add(state, record)
      }
    }
    const statistics = accumulator.result(state).get(ALL) as PopulationStatistics
    const { records, kmer, angular, constant_share } = scoreModel('noise', statistics, { metrics })
    expect(records).toBe(count)
    for (const { cv_nats, cv_se_nats } of [kmer, angular]) {
      expect(cv_nats).not.toBeNull()
      expect(cv_nats as number).toBeLessThanOrEqual(3 * (cv_se_nats as number))
    }
    expect(Math.abs(constant_share as number)).toBeLessThan(0.001)
    expect(kmer.position?.position_cv_nats).toBeLessThan(0.01)
  },
  1_200_000,
)
