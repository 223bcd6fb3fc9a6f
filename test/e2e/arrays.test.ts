import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cli } from '../support/cli.js'
import { FIXTURES, fixtureJson } from '../support/fixtures.js'
import { gap } from '../support/gap.js'

/** Dumps as they lie in the fixtures, scored by the command line. */
const SEQUENCES = `${FIXTURES}synthetic/sequences.npz`
const MAPS = `${FIXTURES}synthetic/maps`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arrays-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Score {
  readonly model: string
  readonly records: number
  readonly kmer: { readonly kld_nats: number; readonly attributed_kmers: number }
  readonly angular: { readonly kld_nats: number; readonly points: number }
  readonly truth?: { readonly snr: number }
}

async function score(...args: readonly string[]): Promise<Score[]> {
  const run = await cli(['score', '--quiet', '--format', 'json', ...args])
  expect(run.code, run.stderr).toBe(0)
  return (JSON.parse(run.stdout) as { models: Score[] }).models
}

function expectedOf(set: string) {
  return fixtureJson<{
    readonly [model: string]: {
      readonly records: number
      readonly kmer_kld_prior_population: number
      readonly attributed_kmers: number
      readonly angular_paper: number
      readonly angular_paper_points: number
      readonly authors_code?: { readonly snr: number }
    }
  }>(`${set}/expected.json`)
}

function expectScore(found: Score, set: string): void {
  const expected = expectedOf(set)[set === 'tf-mindi' ? set : found.model]
  expect(found.records).toBe(expected.records)
  expect(found.kmer.attributed_kmers).toBe(expected.attributed_kmers)
  expect(found.angular.points).toBe(expected.angular_paper_points)
  expect(gap(found.kmer.kld_nats, expected.kmer_kld_prior_population)).toBeLessThanOrEqual(1e-9)
  expect(gap(found.angular.kld_nats, expected.angular_paper)).toBeLessThanOrEqual(1e-9)
}

describe('scores of npz files as they lie', () => {
  it('are the golden ones, the sequences in a file of their own', { timeout: 120_000 }, async () => {
    const models = await score('--sequences', SEQUENCES, MAPS)
    expect(models.map(({ model }) => model)).toEqual(Object.keys(expectedOf('synthetic')).toSorted())
    for (const model of models) expectScore(model, 'synthetic')
  })

  it('are the golden ones where the sequences lie beside the maps', async () => {
    const [found, ...others] = await score(`${FIXTURES}tf-mindi`)
    expect(others).toEqual([])
    expectScore(found, 'tf-mindi')
  })

  it('have ground truth of a third file', async () => {
    const map = `${MAPS}/exponential_bn_standard_s0.npz`
    const [found] = await score(
      '--sequences',
      SEQUENCES,
      '--truth-file',
      `${FIXTURES}synthetic/truth.npz`,
      map,
    )
    const snr = expectedOf('synthetic')[found.model].authors_code?.snr
    expect(gap(found.truth?.snr ?? 0, snr)).toBeLessThanOrEqual(1e-6)
  })

  it('are the same over shards and workers, run in another folder', {
    timeout: 120_000,
  }, async () => {
    const map = `${MAPS}/relu_bn_spectral-norm_s0.npz`
    const plan = join(folder, 'plan.json')
    const made = await cli([
      'plan',
      '--sequences',
      SEQUENCES,
      map,
      '--model',
      'relu_bn_spectral-norm_s0',
      '--shards',
      '2',
      '--out',
      plan,
    ])
    expect(made.code, made.stderr).toBe(0)
    expect(readFileSync(plan, 'utf8')).toContain('"files":{"sequences":"../sequences.npz"}')
    const states = ['0', '1'].map(shard => join(folder, `${shard}.state`))
    for (const [i, state] of states.entries()) {
      // From another folder: the plan knows where the sequences are.
      const run = await cli(
        ['score', '--plan', plan, '--shard', `${i}/2`, '--state', state, '--workers', '2'],
        { cwd: folder },
      )
      expect(run.code, run.stderr).toBe(0)
    }
    const merged = await cli(['merge', '--plan', plan, ...states, '--format', 'json'])
    expect(merged.code, merged.stderr).toBe(0)
    expectScore((JSON.parse(merged.stdout) as { models: Score[] }).models[0], 'synthetic')
  })

  it('are refused over other sequences than those of the checkpoint', async () => {
    const map = `${MAPS}/relu_bn_spectral-norm_s0.npz`
    const state = join(folder, 'run.state')
    await score('--sequences', SEQUENCES, map, '--checkpoint', state)
    const truth = `${FIXTURES}synthetic/test_set.npz`
    const run = await cli(['score', '--quiet', '--sequences', truth, map, '--checkpoint', state])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('has 4000 rows, against 1934')
  })

  it('need the sequences, and say how to give them', async () => {
    const run = await cli(['score', '--quiet', `${MAPS}/relu_bn_spectral-norm_s0.npz`])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('has no column sequence, found attributions (float32 (1934, 200, 4))')
    expect(run.stderr).toContain('give the file it is in with --sequences')
  })
})
