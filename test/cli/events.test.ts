import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, startCli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { COMMON, linesOf, PROGRESS, samplesOf } from '../support/events.js'

const SAMPLE = fileURLToPath(new URL('../../data-samples/tf-mindi.parquet', import.meta.url))
const GUIDE = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const OF_SHARD = [...COMMON, 'plan', 'model', 'shard', 'shards', 'pass']

describe('--log json', () => {
  it('makes every line an event with keys that stay', async () => {
    const { code, stdout, stderr } = await cli(['score', SAMPLE, '--log', 'json', '--format', 'csv'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^model,/)
    const lines = linesOf(stderr)
    expect(lines[0]).toMatchObject({
      schema: 'attrstream.log/1',
      event: 'begin',
      level: 'info',
      command: 'score',
    })
    expect(Object.keys(lines[0])).toEqual([...COMMON, 'files'])
    expect(lines[0]['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const last = lines.at(-1) ?? {}
    expect(Object.keys(last)).toEqual([...COMMON, ...PROGRESS])
    expect(last).toMatchObject({ event: 'done', records: 42, seconds_left: 0 })
    expect(last['bytes']).toBe(last['expected_bytes'])
    for (const line of lines.slice(1, -1)) expect(line).toMatchObject({ event: 'warning', level: 'warning' })
  })

  it('tells of all models what is to come, and of none more than there is', async () => {
    const lost = at('lost.arrow')
    writeFileSync(lost, 'ARROW1 and no more')
    const samples = ['exponential-standard', 'relu-spectral-norm'].map(name =>
      fileURLToPath(new URL(`../../data-samples/${name}.arrow`, import.meta.url)),
    )
    await cli(['score', ...samples, lost, '--metrics', at('models.prom')])
    const valueOf = (name: string) =>
      [...samplesOf(at('models.prom'))].find(([sample]) => sample.startsWith(name))?.[1]
    expect(valueOf('attrstream_read_bytes_total')).toBeGreaterThan(0)
    expect(valueOf('attrstream_expected_bytes')).toBe(valueOf('attrstream_read_bytes_total'))
  })

  it('ends with the error, its code and its place', async () => {
    const { code, stderr } = await cli(['score', at('nowhere.arrow'), '--log=json'])
    expect(code).toBe(1)
    expect(linesOf(stderr).at(-1)).toMatchObject({
      event: 'failed',
      level: 'error',
      code: 'not-found',
      exit_code: 1,
      file: at('nowhere.arrow'),
    })
    const usage = await cli(['score', SAMPLE, '--nonsense', '--log', 'json'])
    expect(linesOf(usage.stderr)).toMatchObject([{ event: 'failed', code: 'usage', exit_code: 2 }])
  })
})

describe('of a shard', () => {
  const shard = (...more: string[]) => ['score', '--plan', at('plan.json'), '--shard', '0/2', ...more]

  beforeAll(async () => {
    writeDump(at('maps.arrow'), makeRecords(4000, 200), { rows: 5 })
    await cli(['plan', at('maps.arrow'), '--model', 'net', '--shards', '2', '--out', at('plan.json')])
  })

  it('lines have plan, shard and pass, and tell what was saved and what is done', async () => {
    const { code, stderr } = await cli(shard('--state', at('0.state'), '--log', 'json'))
    expect(code).toBe(0)
    // One that takes longer than 10 s reports its progress.
    const lines = linesOf(stderr).filter(({ event }) => event !== 'progress')
    const { id } = JSON.parse(readFileSync(at('plan.json'), 'utf8'))
    for (const line of lines) {
      expect(Object.keys(line).slice(0, OF_SHARD.length)).toEqual(OF_SHARD)
      expect(line).toMatchObject({
        plan: id.slice(0, 16),
        model: 'net',
        shard: 0,
        shards: 2,
        pass: 'statistics',
      })
    }
    expect(lines.map(({ event }) => event)).toEqual(['begin', 'saved', 'done'])
    expect(lines[2]).toMatchObject({ records: 2000, batches: 400 })
    const again = await cli(shard('--state', at('0.state'), '--log', 'json'))
    expect(linesOf(again.stderr)).toMatchObject([{ event: 'done', records: 0 }])
  })

  it('lines tell of the signal that stopped it, and of going on', async () => {
    const args = shard(
      '--state',
      at('1.state'),
      '--log',
      'json',
      '--metrics',
      at('stopped.prom'),
      '--every',
      '5r',
    )
    const { child, ended } = startCli(args, { node: ['--no-opt', '--no-sparkplug'] })
    child.stderr?.on('data', (text: string) => {
      if (text.includes('"saved"')) child.kill('SIGTERM')
    })
    const { code, stderr } = await ended
    expect(code).toBe(143)
    expect(linesOf(stderr).at(-1)).toMatchObject({ event: 'stopped', signal: 'SIGTERM' })
    const labels = /attrstream_state\{state="stopped",[^}]*shard="0",shards="2",pass="statistics"\}/
    const samples = [...samplesOf(at('stopped.prom'))]
    expect(samples.find(([name]) => labels.test(name))?.[1]).toBe(1)
    expect(samples.find(([name]) => name.startsWith('attrstream_exit_code'))?.[1]).toBe(143)
    const next = await cli(shard('--state', at('1.state'), '--log', 'json'))
    const resumed = linesOf(next.stderr).find(({ event }) => event === 'resumed')
    expect(resumed?.['records']).toBeGreaterThan(0)
  })
})

describe('--metrics', () => {
  it('tells what was read, how the run stands and what it scored', async () => {
    const run = await cli(['score', SAMPLE, '--metrics', at('done.prom'), '--format', 'json'])
    expect(run.code).toBe(0)
    const [model] = JSON.parse(run.stdout).models
    const samples = samplesOf(at('done.prom'))
    const value = (name: string, labels = '') => samples.get(`attrstream_${name}{${labels}command="score"}`)
    expect(value('records_total')).toBe(42)
    expect(value('read_bytes_total')).toBe(value('expected_bytes'))
    expect(value('state', 'state="done",')).toBe(1)
    expect(value('state', 'state="running",')).toBe(0)
    expect(value('exit_code')).toBe(0)
    expect(value('warnings_total')).toBe(model.warnings.length)
    for (const metric of ['kmer', 'angular']) {
      for (const kind of ['kld', 'excess', 'cv']) {
        const labels = `model="tf-mindi",metric="${metric}",value="${kind}",`
        expect(value('score_nats', labels), labels).toBe(model[metric][`${kind}_nats`])
      }
    }
    expect(readdirSync(folder).filter(name => name.includes('done.prom'))).toEqual(['done.prom'])
    for (const name of samples.keys()) expect(GUIDE).toContain(name.replace(/\{.*/, ''))
  })

  it('tells of a run that failed', async () => {
    expect((await cli(['score', at('nowhere.arrow'), '--metrics', at('failed.prom')])).code).toBe(1)
    const samples = samplesOf(at('failed.prom'))
    expect(samples.get('attrstream_state{state="failed",command="score"}')).toBe(1)
    expect(samples.get('attrstream_exit_code{command="score"}')).toBe(1)
  })

  it('is refused before the run where it cannot be written', async () => {
    const { code, stderr } = await cli(['score', SAMPLE, '--metrics', at('none/x.prom')])
    expect({ code, stderr }).toMatchObject({ code: 75, stderr: expect.stringContaining('make it first') })
  })
})
