import { describe, expect, it } from 'vitest'
import { DataError } from '../../src/core/errors.js'
import { CONVENTIONS, type MetricChoices, metricOptions } from '../../src/metrics/options.js'

describe('conventions', () => {
  const acme = {
    window: 3,
    windowKind: 'forward-circular',
    reduce: 'sum',
    basis: 'published',
    normalise: 'l2-sum',
    weight: 2,
    grid: 'halved',
    prior: 'published',
    cells: 'interior',
  }
  it('are the bundles of section 4 of the method', () => {
    expect(CONVENTIONS).toEqual({
      paper: {
        kmer: { k: 6, q: 0.9, buffer: 2, pseudocount: 0 },
        angular: {
          window: 3,
          windowKind: 'centered',
          reduce: 'mean',
          basis: 'gram-schmidt',
          threshold: { kind: 'per-sequence', q: 0.9 },
          normalise: 'l2-sum',
          weight: 2,
          grid: 'full',
          prior: 'symmetric',
          cells: 'all',
        },
      },
      'acme-atac': {
        kmer: { k: 6, q: 0.9, buffer: 2, pseudocount: 0 },
        angular: { ...acme, threshold: { kind: 'global', top: 0.1 } },
      },
      'acme-synthetic': {
        kmer: { k: 6, q: 0.9, buffer: 2, pseudocount: 0 },
        angular: { ...acme, threshold: { kind: 'global', top: 0.99 } },
      },
      'd3-pipeline': {
        kmer: { k: 6, q: 0.9, buffer: 2, pseudocount: 0 },
        angular: { ...acme, window: 6, threshold: { kind: 'global', top: 0.04 } },
      },
    })
  })
  it('are paper where nothing is said', () => {
    expect(metricOptions()).toEqual(CONVENTIONS.paper)
  })
  it('give way to single options', () => {
    const { kmer, angular } = metricOptions({
      convention: 'acme-atac',
      kmer: { k: 4 },
      angular: { window: 5 },
    })
    expect(kmer).toEqual({ k: 4, q: 0.9, buffer: 2, pseudocount: 0 })
    expect(angular).toEqual({ ...CONVENTIONS['acme-atac'].angular, window: 5 })
  })
})

describe('an option out of range', () => {
  const cases: { readonly [message: string]: MetricChoices } = {
    'k is 11, expected a whole number from 1 to 10 (more would need gigabytes of counts)': {
      kmer: { k: 11 },
    },
    'k is 0, expected a whole number from 1 to 10 (more would need gigabytes of counts)': { kmer: { k: 0 } },
    'k is 5.5, expected a whole number from 1 to 10 (more would need gigabytes of counts)': {
      kmer: { k: 5.5 },
    },
    'k is NaN, expected a whole number from 1 to 10 (more would need gigabytes of counts)': {
      kmer: { k: Number.NaN },
    },
    'q is 1, expected a quantile in [0, 1)': { kmer: { q: 1 } },
    'q is -0.1, expected a quantile in [0, 1)': { kmer: { q: -0.1 } },
    'buffer is -1, expected a whole number from 0 to 1000000': { kmer: { buffer: -1 } },
    'pseudocount is -1, expected a number >= 0': { kmer: { pseudocount: -1 } },
    'pseudocount is NaN, expected a number >= 0': { kmer: { pseudocount: Number.NaN } },
    'window is 0, expected a whole number from 1 to 100000': { angular: { window: 0 } },
    'weight is Infinity, expected a number': { angular: { weight: Number.POSITIVE_INFINITY } },
    'angular q is 1, expected a quantile in [0, 1)': {
      angular: { threshold: { kind: 'per-sequence', q: 1 } },
    },
    'top is 0, expected a fraction in (0, 1]': { angular: { threshold: { kind: 'global', top: 0 } } },
    'top is 1.01, expected a fraction in (0, 1]': { angular: { threshold: { kind: 'global', top: 1.01 } } },
  }
  for (const [message, choices] of Object.entries(cases)) {
    it(`is refused: ${message}`, () => {
      expect(() => metricOptions(choices)).toThrow(new DataError('usage', message))
    })
  }
})
