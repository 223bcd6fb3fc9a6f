import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cli, digestOf, temporaryFolder } from '../support/cli.js'

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const arrow = join(SAMPLES, 'relu-spectral-norm.arrow')
const parquet = join(SAMPLES, 'relu-spectral-norm.parquet')

async function scores(...args: string[]) {
  const run = await cli(['score', ...args, '--format', 'json', '--quiet'])
  expect(run.code, run.stderr).toBe(0)
  return run.stdout
}

describe('agreement with ground truth', () => {
  it('is told where a file has a truth column, the same from every format, and not otherwise', async () => {
    const [first, second, third] = JSON.parse(
      await scores(arrow, parquet, join(SAMPLES, 'tf-mindi.parquet')),
    ).models
    expect(first.truth).toMatchObject({
      records: 300,
      records_without_noise: 0,
      options: { score: 'corrected', snr_empty: 'zero' },
    })
    expect(first.truth.snr_se).toBeGreaterThan(0)
    expect(second.truth).toEqual(first.truth)
    expect(third.model).toBe('tf-mindi')
    expect(third).not.toHaveProperty('truth')
  })
  it('is left out on request', async () => {
    expect(JSON.parse(await scores(arrow, '--no-truth')).models[0]).not.toHaveProperty('truth')
  })
  it('is that of the raw map on request', async () => {
    const [corrected, raw] = await Promise.all([scores(arrow), scores(arrow, '--score', 'raw')])
    const snr = (text: string) => JSON.parse(text).models[0].truth.snr
    expect(snr(raw)).not.toBe(snr(corrected))
    expect(JSON.parse(raw).models[0].truth.options.score).toBe('raw')
  })
  it('is the same to the last bit over shards and workers', async () => {
    const folder = temporaryFolder()
    const plan = join(folder, 'plan.json')
    const whole = await scores(arrow, parquet, '--model', 'both')
    expect(digestOf(await scores(arrow, parquet, '--model', 'both', '--workers', '2'))).toBe(digestOf(whole))
    const planned = await cli(['plan', arrow, parquet, '--model', 'both', '--shards', '2', '--out', plan])
    expect(planned.code, planned.stderr).toBe(0)
    const states: string[] = []
    for (const i of [1, 0]) {
      states.push(join(folder, `${i}.state`))
      const shard = await cli([
        'score',
        '--plan',
        plan,
        '--shard',
        `${i}/2`,
        '--state',
        states[states.length - 1],
      ])
      expect(shard.code, shard.stderr).toBe(0)
    }
    const merged = await cli(['merge', '--plan', plan, ...states, '--format', 'json'])
    expect(digestOf(merged.stdout)).toBe(digestOf(whole))
  })
  it('is in the tables', async () => {
    const folder = temporaryFolder()
    await scores(arrow, '--out', folder)
    const [names, values] = readFileSync(join(folder, 'scores.csv'), 'utf8')
      .split('\r\n')
      .map(line => line.split(','))
    const { truth } = JSON.parse(readFileSync(join(folder, 'scores.json'), 'utf8')).models[0]
    expect(Number(values[names.indexOf('truth_snr')])).toBe(truth.snr)
    expect(Number(values[names.indexOf('truth_aupr_se')])).toBe(truth.aupr_se)
  })
  it('names a column that is not there', async () => {
    const run = await cli(['score', arrow, '--truth-column', 'motif'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('has no column motif')
  })
})
