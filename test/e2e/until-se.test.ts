import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { cli } from '../support/cli.js'

// Runs that stop as soon as errors are small enough.

const folder = mkdtempSync(join(tmpdir(), 'attrstream-test-'))
const dump = join(folder, 'maps.arrow')

async function score(...args: string[]) {
  const run = await cli(['score', dump, '--no-truth', '--format', 'json', ...args])
  expect(run.code, run.stderr).toBe(0)
  const { models, provenance } = JSON.parse(run.stdout)
  const asked = args.indexOf('--until-se')
  expect(provenance.options.until_se_nats).toBe(asked < 0 ? undefined : Number(args[asked + 1]))
  return models[0]
}

beforeAll(async () => {
  const size = ['--records', '6000', '--length', '60', '--batch-rows', '50']
  const run = await cli(['synth', ...size, '-o', dump])
  expect(run.code, run.stderr).toBe(0)
})

it('stops early, says after how many records, and gives the same for any number of workers', async () => {
  const one = await score('--until-se', '0.05', '--workers', '1')
  const two = await score('--until-se', '0.05', '--workers', '2')
  expect(two).toEqual(one)
  expect(one.read).toEqual({ records: one.records, of: 6000, until_se_nats: 0.05 })
  expect(one.records).toBeGreaterThanOrEqual(1024)
  expect(one.records).toBeLessThan(6000)
  expect(one.kmer.se_nats).toBeLessThanOrEqual(0.05)
  expect(one.angular.se_nats).toBeLessThanOrEqual(0.05)
  expect(one.warnings.join()).toContain(`stopped after ${one.records} of 6000 records`)
})

it('reads all where errors stay larger, and scores as a run without it', async () => {
  const { read, warnings, ...tight } = await score('--until-se', '1e-9')
  const { warnings: _usual, ...usual } = await score()
  expect(read).toEqual({ records: 6000, of: 6000, until_se_nats: 1e-9 })
  expect(warnings.join()).toContain('all 6000 records had been read')
  expect(tight).toEqual(usual)
})

it.each([
  ['0', [dump, '--until-se', '0'], 'expected nats above 0'],
  ['words', [dump, '--until-se', 'small'], '--until-se is small, expected a number'],
  ['a pipe', ['-', '--until-se', '0.1'], 'a pipe'],
  ['a global threshold', [dump, '--until-se', '0.1', '--convention', 'acme-atac'], 'a global threshold'],
  [
    'a shard',
    ['--plan', 'plan.json', '--shard', '0/1', '--state', join(folder, '0.state'), '--until-se', '0.1'],
    '--until-se cannot be used with shards',
  ],
  ['a checkpoint', [dump, '--until-se', '0.1', '--checkpoint', join(folder, 'c.state')], '--checkpoint'],
])('refuses %s', async (_name, args, why) => {
  const run = await cli(['score', ...args])
  expect(run.code).toBe(2)
  expect(run.stderr).toContain(why)
})
