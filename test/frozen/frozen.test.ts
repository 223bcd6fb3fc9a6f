import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Convention } from '../../src/metrics/options.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { cli, temporaryFolder } from '../support/cli.js'

// States that older versions wrote are read, and give the numbers that they gave: those of another implementation.

const FROZEN = fileURLToPath(new URL('.', import.meta.url))
const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const { samples } = JSON.parse(readFileSync(join(SAMPLES, 'expected.json'), 'utf8'))
const versions = readdirSync(FROZEN).filter(name => /^v\d+$/.test(name))

/** Version of the file that both formats of states are kept in; they differ in what is added up. */
const CONTAINER = 2

function check(score: ModelScore, sample: string, convention: Convention): void {
  const { records, positions, kmer, angular } = samples[sample]
  expect(score.records).toBe(records)
  expect(score.positions).toBe(positions)
  expect(score.kmer.attributed_kmers).toBe(kmer.attributed_kmers)
  expect(score.kmer.runs).toBe(kmer.runs)
  expect(score.angular.points).toBe(angular[convention].points)
  for (const [found, expected] of [
    [score.kmer.kld_nats, kmer.kld_nats.population],
    [score.angular.kld_nats, angular[convention].kld_nats],
    [score.angular.effective_points, angular[convention].effective_points],
  ]) {
    expect(Math.abs(found / expected - 1), `${found} against ${expected}`).toBeLessThanOrEqual(1e-9)
  }
}

it('there is a version to read', () => {
  expect(versions).toEqual(['v2', 'v3'])
})

describe.each(versions)('states of format %s', version => {
  const folder = join(temporaryFolder(), version)
  const at = (name: string) => join(folder, name)

  beforeAll(() => {
    mkdirSync(folder)
    const names = readdirSync(join(FROZEN, version))
    expect(names.length).toBeGreaterThanOrEqual(7)
    for (const name of names) {
      writeFileSync(at(name.replace(/\.gz$/, '')), gunzipSync(readFileSync(join(FROZEN, version, name))))
    }
  })

  it.each([
    ['paper.state', 'paper', 1],
    ['global.state', 'acme-atac', 2],
  ] as const)('%s is gone on from, and gives the expected scores', async (name, convention, passes) => {
    const file = join(SAMPLES, 'exponential-standard.arrow')
    const args = ['score', file, '--checkpoint', at(name), '--convention', convention]
    args.push('--format', 'json')
    const before = readFileSync(at(name))
    const run = await cli(args)
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr.match(/resumed from 300 records \(3 batches\)/g)).toHaveLength(passes)
    check(JSON.parse(run.stdout).models[0], 'exponential-standard', convention)
    expect(readFileSync(at(name)).equals(before)).toBe(true)
  })

  it('states of shards are merged, and give the expected scores', async () => {
    const states = [2, 0, 1].map(i => at(`shard-${i}.state`))
    const run = await cli(['merge', '--plan', at('plan.json'), ...states, '--format', 'json'])
    expect(run.code, run.stderr).toBe(0)
    check(JSON.parse(run.stdout).models[0], 'relu-spectral-norm', 'paper')
  })

  it('a shard of the plan made now goes with the states of then', async () => {
    copyFileSync(join(SAMPLES, 'relu-spectral-norm.arrow'), at('relu-spectral-norm.arrow'))
    const args = ['score', '--plan', at('plan.json'), '--shard', '1/3', '--state', at('now.state')]
    expect((await cli(args)).code).toBe(0)
    const states = [at('shard-0.state'), at('now.state'), at('shard-2.state')]
    const run = await cli(['merge', '--plan', at('plan.json'), ...states, '--format', 'json'])
    expect(run.code, run.stderr).toBe(0)
    check(JSON.parse(run.stdout).models[0], 'relu-spectral-norm', 'paper')
    expect(existsSync(at('now.state.checkpoint'))).toBe(false)
  })

  it('every state says what it is', async () => {
    for (const name of ['paper.state', 'global.state', 'global.state.radii', 'shard-0.state']) {
      const run = await cli(['state', at(name), '--format', 'json'])
      expect(run.code).toBe(0)
      expect(JSON.parse(run.stdout).version).toBe(CONTAINER)
    }
  })
})
