import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { firstOf } from '../support/thorough.js'

const folder = temporaryFolder()
const NAMES = firstOf(['a', 'b', 'c', 'd', 'e'], 3)
const files = NAMES.map(name => join(folder, `${name}.arrow`))

beforeAll(() => {
  for (const [i, file] of files.entries()) writeDump(file, makeRecords(40 + i, 60), { rows: 7 })
})

async function modelsBy(workers: number, ...more: string[]) {
  const run = await cli(['score', ...files, '--workers', String(workers), '--format', 'json', ...more])
  expect(run.code, run.stderr).toBe(0)
  return (JSON.parse(run.stdout) as { readonly models: readonly { readonly model: string }[] }).models
}

it.each([
  ['by default', []],
  ['with a readout', ['--readout']],
  ['with a global threshold', ['--convention', 'acme-atac']],
  ['with a sweep', ['--sweep', 'k=3,4']],
  ['with thinning', ['--thin', '0.5']],
])('scores of several short models are the same by one worker and by three, %s', async (_, more) => {
  const one = await modelsBy(1, ...more)
  expect(one.map(({ model }) => model)).toEqual(NAMES)
  expect(await modelsBy(3, ...more)).toEqual(one)
})

it('skips bad records of each model, by any number of workers', async () => {
  const bad = join(folder, 'bad.arrow')
  const records = makeRecords(20, 60)
  records[3].attributions[5] = Number.NaN
  writeDump(bad, records, { rows: 7 })
  const by = async (workers: number) => {
    const run = await cli([
      'score',
      ...files,
      bad,
      '--workers',
      String(workers),
      '--format',
      'json',
      '--on-bad',
      'skip',
    ])
    expect(run.code, run.stderr).toBe(0)
    return (JSON.parse(run.stdout) as { readonly models: readonly { readonly bad_records: number }[] }).models
  }
  const one = await by(1)
  expect(one.map(({ bad_records }) => bad_records)).toEqual([...NAMES.map(() => 0), 1])
  expect(await by(3)).toEqual(one)
})

it('fails a model without a usable record, and no other, by any number of workers', async () => {
  const hopeless = join(folder, 'hopeless.arrow')
  const records = makeRecords(6, 60)
  for (const { attributions } of records) attributions[0] = Number.POSITIVE_INFINITY
  writeDump(hopeless, records, { rows: 7 })
  const by = async (workers: number) => {
    const args = ['score', ...files, hopeless, '--workers', String(workers), '--on-bad', 'skip']
    const { code, stdout } = await cli([...args, '--format', 'json'])
    const { models, failed } = JSON.parse(stdout)
    return { code, models, failed }
  }
  const one = await by(1)
  expect(one.code).toBe(1)
  expect(one.failed).toMatchObject([{ model: 'hopeless', code: 'empty' }])
  expect(one.models).toHaveLength(NAMES.length)
  expect(await by(3)).toEqual(one)
})

it('reports models of one name in several files, and scores them as one population if that is named', async () => {
  const parts = [0, 1].map(i => join(folder, `part-${i}.arrow`))
  for (const [i, part] of parts.entries()) {
    const records = makeRecords(20, 60).map(record => ({ ...record, id: `${i}-${record.id}`, net: 'net' }))
    writeDump(part, records, { rows: 7 })
  }
  const apart = await cli(['score', ...parts, '--model-column', 'net', '--format', 'json'])
  expect(JSON.parse(apart.stdout).models).toMatchObject([
    { model: 'net', records: 20 },
    { model: 'net', records: 20 },
  ])
  expect(apart.stderr).toContain('net was scored more than once, from each file by itself')
  const together = await cli([
    'score',
    ...parts,
    '--model-column',
    'net',
    '--model',
    'all',
    '--format',
    'json',
  ])
  expect(JSON.parse(together.stdout).models).toMatchObject([{ model: 'net', records: 40 }])
  expect(together.stderr).not.toContain('more than once')
})
