import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { describe, expect, it } from 'vitest'
import { cli, startCli, temporaryFolder, until } from '../support/cli.js'

const folder = temporaryFolder()
const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))

async function synth(name: string, ...args: string[]): Promise<string> {
  const path = join(folder, name)
  const run = await cli(['synth', '-o', path, ...args])
  expect(run.code, run.stderr).toBe(0)
  return path
}

describe('attrstream synth', () => {
  it('writes the same records as Arrow and as Parquet, with ids, sequences, maps, truth and what they were made by', async () => {
    const args = ['--records', '40', '--positives', '0.5', '--unknown', '0.01']
    const arrow = tableFromIPC(readFileSync(await synth('maps.arrow', ...args)))
    const bytes = readFileSync(await synth('maps.parquet', ...args, '--batch-rows', '7'))
    const parquet = tableFromIPC(readParquet(bytes).intoIPCStream())
    expect(arrow.schema.fields.map(({ name }) => name)).toEqual(['id', 'sequence', 'attributions', 'truth'])
    expect(parquet.toArray().map(row => JSON.stringify(row))).toEqual(
      arrow.toArray().map(row => JSON.stringify(row)),
    )
    expect(arrow.schema.metadata.get('attrstream.axes')).toBe('L4')
    expect(JSON.parse(arrow.schema.metadata.get('attrstream.synth') ?? '')).toMatchObject({
      records: 40,
      core: ['CTCF', 'SP1', 'YY1', 'Gabpa', 'SRF'],
      embed: { least: 3, most: 5 },
      noise: 0.2,
    })
  })
  it('makes equal bytes again', async () => {
    const args = ['--records', '30', '--seed', '9', '--float16']
    for (const ending of ['arrow', 'parquet']) {
      const [one, two] = [await synth(`one.${ending}`, ...args), await synth(`two.${ending}`, ...args)]
      expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
    }
  })
  it('is scored as it is made, over a pipe', async () => {
    const made = await cli(['synth', '--records', '50', '-o', '-', '--no-truth'])
    expect(made.code).toBe(0)
    expect(made.stdout.length).toBeGreaterThan(1000)
    const file = await synth('whole.arrow', '--records', '400')
    const run = await cli(['score', file, '--format', 'json', '--quiet'])
    const { truth, records } = JSON.parse(run.stdout).models[0]
    expect(records).toBe(400)
    expect(truth.snr).toBeGreaterThan(0.5)
  })
  it('makes maps of the quality that is asked for: less noise, a higher score and a better agreement with truth', async () => {
    const files = [
      await synth('good.arrow', '--noise', '0.1', '--spikes', '0'),
      await synth('middle.arrow', '--noise', '0.5'),
      await synth('poor.arrow', '--noise', '2'),
    ]
    const run = await cli(['score', ...files, '--format', 'json', '--quiet'])
    const models: { model: string; truth: { snr: number; auroc: number }; kmer: { cv_nats: number } }[] =
      JSON.parse(run.stdout).models
    const of = (name: string) => models.find(({ model }) => model === name) ?? models[0]
    const [good, middle, poor] = ['good', 'middle', 'poor'].map(of)
    expect(good.truth.snr).toBeGreaterThan(middle.truth.snr)
    expect(middle.truth.snr).toBeGreaterThan(poor.truth.snr)
    expect(good.truth.auroc).toBeGreaterThan(middle.truth.auroc)
    expect(good.kmer.cv_nats).toBeGreaterThan(middle.kmer.cv_nats)
    expect(middle.kmer.cv_nats).toBeGreaterThan(poor.kmer.cv_nats)
  })
  it.each([
    [['--core', 'CTCF,NONE'], 'motifs.pfm: has no motif NONE, found CTCF, SP1'],
    [['--length', '15'], 'motif CTCF has 19 positions, expected at most length 15'],
    [['--embed', 'some'], '--embed is some, expected a number or a range, e.g. 3-5'],
    [['--records', '1.5'], '--records is 1.5, expected a whole number'],
    [['--motifs', join(SAMPLES, 'expected.json')], 'expected motifs: JASPAR'],
    [['--motifs', 'nowhere.pfm'], 'nowhere.pfm: cannot be read'],
    [
      ['--out', join(folder, 'maps.npz')],
      'unsupported file extension, expected .arrow, .feather or .parquet',
    ],
  ])('refuses %j', async (args, message) => {
    const run = await cli([
      'synth',
      ...(args.includes('--out') ? [] : ['-o', join(folder, 'bad.arrow')]),
      ...args,
    ])
    expect(run.code).not.toBe(0)
    expect(run.stderr).toContain(message)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
  })
  it('leaves nothing behind when it is stopped', async () => {
    const own = temporaryFolder()
    const { child, ended } = startCli(['synth', '--records', '1e8', '-o', join(own, 'maps.arrow')])
    await until(() => readdirSync(own).length > 0, 'the file is begun')
    child.kill('SIGTERM')
    const run = await ended
    expect(run.code).toBe(143)
    expect(run.stderr).toMatch(/stopped by SIGTERM after \d+ records; nothing is left of them/)
    expect(readdirSync(own)).toEqual([])
  })
})
