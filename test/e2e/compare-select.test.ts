import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)

beforeAll(async () => {
  for (const name of ['exponential-standard', 'relu-spectral-norm']) {
    const file = join(SAMPLES, `${name}.arrow`)
    const run = await cli(['score', file, '--quiet', '--out', at(name), '--checkpoint', at(`${name}.state`)])
    expect(run.code, run.stderr).toBe(0)
  }
  const few = await cli(['score', join(SAMPLES, 'tf-mindi.parquet'), '--quiet', '--out', at('tf-mindi')])
  expect(few.code, few.stderr).toBe(0)
  writeFileSync(
    at('models.csv'),
    'model,auroc,activation\nexponential-standard,0.989,exponential\nrelu-spectral-norm,0.979,relu\nother,0.5,relu\n',
  )
}, 120_000)

describe('attrstream compare', () => {
  it('tells of two models on the same sequences which is better, from scores or from states alike', async () => {
    const scores = await cli([
      'compare',
      at('exponential-standard'),
      at('relu-spectral-norm'),
      '--format',
      'json',
    ])
    expect(scores.code, scores.stderr).toBe(0)
    expect(scores.stderr).toBe('')
    const states = await cli([
      'compare',
      at('exponential-standard.state'),
      at('relu-spectral-norm.state'),
      '--format',
      'json',
    ])
    expect(states.code, states.stderr).toBe(0)
    const { differences, schema } = JSON.parse(scores.stdout)
    expect(schema).toBe('attrstream.comparison/1')
    expect(JSON.parse(states.stdout).differences).toEqual(differences)
    expect(differences).toHaveLength(6)
    for (const difference of differences) {
      expect(difference).toMatchObject({ paired: true, better: 'exponential-standard', reason: null })
      expect(difference.p_holm).toBeLessThan(1e-8)
    }
  })
  it('writes JSON, CSV and Parquet, and prints a table', async () => {
    const out = at('comparison')
    const run = await cli([
      'compare',
      at('exponential-standard', 'scores.json'),
      at('relu-spectral-norm'),
      '--out',
      out,
    ])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(
      /^k-mer cv: 1 exponential-standard > 2 relu-spectral-norm\nangular cv: 1 exponential-standard > 2 relu/,
    )
    expect(run.stdout).toMatch(
      /\nmodel +k-mer cv +angular cv\nexponential-standard +0\.949 ± 0\.038 +a +0\.158 ± 0\.020 +a\n/,
    )
    const pairs = await cli(['compare', at('exponential-standard'), at('relu-spectral-norm'), '--pairs'])
    expect(pairs.stdout).toMatch(/\nmetric +model_a +model_b .*better\nkmer +exponential-standard/)
    expect(readdirSync(out).toSorted()).toEqual(['comparison.csv', 'comparison.json', 'comparison.parquet'])
    const table = tableFromIPC(readParquet(readFileSync(join(out, 'comparison.parquet'))).intoIPCStream())
    expect(table.numRows).toBe(6)
    const { differences } = JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'))
    expect([...(table.getChild('difference_nats') ?? [])]).toEqual(
      differences.map(({ difference_nats }: { difference_nats: number }) => difference_nats),
    )
  })
  it('warns of populations of different size, and says how to score them alike', async () => {
    const run = await cli(['compare', at('exponential-standard'), at('tf-mindi'), '--format', 'csv'])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('score all with --thin 42')
    expect(run.stdout).toContain('populations of 300 and 42 records')
  })
  it('refuses states that do not hold scores: of a global threshold, of a plan, of radii', async () => {
    const file = join(SAMPLES, 'relu-spectral-norm.arrow')
    const global = ['score', file, '--quiet', '--convention', 'acme-atac', '--checkpoint', at('global.state')]
    expect((await cli(global)).code).toBe(0)
    const plan = await cli(['plan', file, '--shards', '2', '--out', at('plan.json')])
    expect(plan.code, plan.stderr).toBe(0)
    const shard = ['score', '--plan', at('plan.json'), '--shard', '0/2', '--state', at('shard.state')]
    expect((await cli(shard)).code).toBe(0)
    for (const [state, message] of [
      ['global.state', 'which it does not hold; give the scores.json of that run'],
      ['shard.state', 'is a state of a plan; finish it with merge --out'],
      ['global.state.radii', 'is a state of radii, expected one of the scoring pass'],
    ]) {
      const run = await cli(['compare', at(state), at('exponential-standard')])
      expect(run.code).toBe(2)
      expect(run.stderr).toContain(message)
    }
  })
  it.each([
    [[], 'compare needs scores'],
    [[SAMPLES], 'holds no scores.json'],
    [['exponential-standard'], 'a comparison needs two models or more, found 1'],
    [['exponential-standard', 'exponential-standard'], 'is given twice'],
    [['exponential-standard', 'exponential-standard.state'], 'two models are named exponential-standard'],
    [['models.csv', 'exponential-standard'], 'is not JSON'],
  ])('refuses %j', async (names, message) => {
    const run = await cli(['compare', ...names.map(name => (name === SAMPLES ? name : at(name)))])
    expect([1, 2]).toContain(run.code)
    expect(run.stderr).toContain(message)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('attrstream select', () => {
  it('ranks by the usual column where none is named, and asks for one that less is better of', async () => {
    const args = [
      'select',
      at('exponential-standard'),
      at('relu-spectral-norm'),
      '--performance',
      at('models.csv'),
    ]
    const [usual, named] = [await cli(args), await cli([...args, '--by', 'auroc'])]
    expect(usual.code, usual.stderr).toBe(0)
    expect(usual.stdout).toBe(named.stdout)
    for (const more of [['--lower'], ['--by-se', '0.01']]) {
      const { code, stderr } = await cli([...args, ...more])
      expect(code).toBe(2)
      expect(stderr).toBe(`attrstream: ${more[0]} applies to a performance column; choose it with --by\n`)
    }
  })
  it('joins scores with a table of figures, and tells what is on one side only', async () => {
    const out = at('selection')
    const run = await cli([
      'select',
      at('exponential-standard'),
      at('relu-spectral-norm'),
      at('tf-mindi'),
      '--performance',
      at('models.csv'),
      '--by',
      'auroc',
      '--filter',
      'auroc>=0.97',
      '--strata',
      'activation',
      '--out',
      out,
    ])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('1 scored model is not in the table: tf-mindi')
    expect(run.stderr).toContain('1 model of the table is not scored: other')
    expect(run.stdout).toMatch(/^Choose exponential-standard\.\nNo model beats exponential-standard; /)
    expect(run.stdout).toMatch(
      /exponential-standard +activation exponential +0\.989 .* 1\/1\/1 +1\/1\/1 +none\n/,
    )
    expect(run.stdout).toMatch(/relu-spectral-norm .* 2\/2\/2 +1\/1\/1 +exponential-standard\n/)
    const { models, schema } = JSON.parse(readFileSync(join(out, 'selection.json'), 'utf8'))
    expect(schema).toBe('attrstream.selection/1')
    expect(models[0]).toMatchObject({ model: 'exponential-standard', front: true })
    // The true signal-to-noise ratio, which these samples tell.
    expect(models[0].truth).toBeGreaterThan(models[1].truth)
    const csv = readFileSync(join(out, 'selection.csv'), 'utf8').split('\r\n')
    expect(csv).toHaveLength(4)
    const table = tableFromIPC(readParquet(readFileSync(join(out, 'selection.parquet'))).intoIPCStream())
    expect(table.getChild('model')?.toJSON()).toEqual(['exponential-standard', 'relu-spectral-norm'])
  })
  it.each([
    [['--by', 'auroc'], 'select needs scores'],
    [['exponential-standard', '--by', 'auprc'], 'has no column auprc, found auroc, activation'],
    [
      ['exponential-standard', '--by', 'auroc', '--front', 'speed'],
      '--front has speed, expected some of performance',
    ],
    [['tf-mindi', '--by', 'auroc'], 'has none of the scored models'],
  ])('refuses %j', async ([name, ...args], message) => {
    const scores = name.startsWith('--') ? [name] : [at(name)]
    const run = await cli(['select', ...scores, ...args, '--performance', at('models.csv')])
    expect([1, 2]).toContain(run.code)
    expect(run.stderr).toContain(message)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })
})
