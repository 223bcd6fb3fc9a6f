import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, startCli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { COMMON, type Line, linesOf, PROGRESS, samplesOf } from '../support/events.js'

// Commands that run in jobs beside score, and that all others say nothing but events.

const GUIDE = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
const RECORDS = 200
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const pipeline = (name: string) => fileURLToPath(new URL(`../../pipelines/${name}.ts`, import.meta.url))
let plan: string

/** A run with its events and, where it has them, its metrics. */
async function job(args: readonly string[], metrics?: string) {
  const more = metrics === undefined ? [] : ['--metrics', at(metrics)]
  const run = await cli([...args, '--log', 'json', ...more])
  return { ...run, lines: linesOf(run.stderr) }
}

/** The value of a metric whose labels hold all of these; undefined where there is none. */
function valueOf(metrics: string, name: string, ...labels: string[]): number | undefined {
  const found = [...samplesOf(at(metrics))].find(
    ([sample]) => sample.startsWith(`attrstream_${name}{`) && labels.every(label => sample.includes(label)),
  )
  return found?.[1]
}

function expectEvents(lines: readonly Line[], command: string): void {
  for (const line of lines) {
    expect(Object.keys(line).slice(0, COMMON.length)).toEqual(COMMON)
    expect(line).toMatchObject({ schema: 'attrstream.log/1', command })
    expect(GUIDE).toContain(`\`${String(line['event'])}\``)
    for (const key of Object.keys(line)) expect(GUIDE, key).toContain(`\`${key}\``)
  }
}

function expectOutcome(metrics: string, command: string, outcome: string, exitCode: number): void {
  const label = `command="${command}"`
  for (const state of ['running', 'done', 'stopped', 'failed']) {
    expect(valueOf(metrics, 'state', `state="${state}"`, label), state).toBe(Number(state === outcome))
  }
  expect(valueOf(metrics, 'exit_code', label)).toBe(exitCode)
  for (const name of samplesOf(at(metrics)).keys()) expect(GUIDE).toContain(name.replace(/\{.*/, ''))
}

beforeAll(async () => {
  writeDump(at('maps.arrow'), makeRecords(RECORDS, 120), { rows: 10 })
  await cli(['plan', at('maps.arrow'), '--model', 'net', '--shards', '2', '--out', at('plan.json')])
  plan = JSON.parse(readFileSync(at('plan.json'), 'utf8')).id.slice(0, 16)
  for (const i of [0, 1]) {
    const shard = ['--plan', at('plan.json'), '--shard', `${i}/2`, '--state', at(`${i}.state`)]
    expect((await cli(['score', ...shard])).code).toBe(0)
  }
})

describe('records that are read or made', () => {
  const jobs: readonly (readonly [string, ...string[]])[] = [
    ['transform', at('maps.arrow'), '--stages', 'runs', '-o', at('runs.bed')],
    ['convert', at('maps.arrow'), '-o', at('converted.parquet'), '--checkpoint', at('c'), '--every', '50r'],
    ['run', pipeline('attributed-runs'), at('maps.arrow'), '--out', at('rows.bed')],
    ['run', pipeline('branches'), at('maps.arrow'), '--out', folder],
    ['run', pipeline('kmer-consistency'), at('maps.arrow'), '--out', at('kmer.csv')],
    ['synth', '--records', `${RECORDS}`, '--length', '60', '-o', at('synth.arrow')],
  ]
  it.each(jobs)('are counted by %s %s', async (command, ...args) => {
    const { code, stdout, lines } = await job([command, ...args], 'done.prom')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expectEvents(lines, command)
    expect(lines[0]).toMatchObject({ event: 'begin', level: 'info' })
    const last = lines.at(-1) ?? {}
    expect(last).toMatchObject({ event: 'done', records: RECORDS })
    expect(Object.keys(last).slice(COMMON.length)).toEqual(expect.arrayContaining(PROGRESS))
    expect(last['records_per_second']).toBeGreaterThan(0)
    expectOutcome('done.prom', command, 'done', 0)
    expect(valueOf('done.prom', 'records_total')).toBe(RECORDS)
    expect(valueOf('done.prom', 'read_bytes_total')).toBe(last['bytes'])
    const saved = lines.filter(({ event }) => event === 'saved')
    expect(saved.length > 0).toBe(command === 'convert')
    expect(valueOf('done.prom', 'checkpoint_saves_total')).toBe(saved.length)
    if (command === 'synth') expect(valueOf('done.prom', 'expected_records')).toBe(RECORDS)
    else expect(last['bytes']).toBeGreaterThan(4 * 4 * 120 * RECORDS)
  })
})

it('plan tells of each file, and what the plan comes to', async () => {
  const args = [at('maps.arrow'), '--model', 'net', '--shards', '2', '--out', at('again.json')]
  const { code, lines } = await job(['plan', ...args], 'plan.prom')
  expect(code).toBe(0)
  expectEvents(lines, 'plan')
  const { inputs } = JSON.parse(readFileSync(at('again.json'), 'utf8'))
  const bytes = inputs[0].batches.reduce(
    (sum: number, [, each, times]: [rows: number, bytes: number, times: number]) => sum + each * times,
    0,
  )
  expect(lines).toMatchObject([
    { event: 'begin', files: 1, model: 'net' },
    { event: 'opened', file: at('maps.arrow'), batches: 20, records: RECORDS, bytes },
    { event: 'done', plan, shards: 2, units: 2, batches: 20, files: 1, records: RECORDS, bytes },
  ])
  expectOutcome('plan.prom', 'plan', 'done', 0)
})

describe('merge', () => {
  const states = (...shards: number[]) => [
    'merge',
    '--plan',
    at('plan.json'),
    ...shards.map(shard => at(`${shard}.state`)),
  ]

  it('tells of each state, and of its scores', async () => {
    const { code, stdout, lines } = await job([...states(1, 0), '--format', 'json'], 'merge.prom')
    expect(code).toBe(0)
    expectEvents(lines, 'merge')
    for (const line of lines) {
      expect(line).toMatchObject({ plan, model: 'net', shards: 2, pass: 'statistics' })
    }
    const [model] = JSON.parse(stdout).models
    const warnings = model.warnings.map((text: string) => ({ event: 'warning', message: `net: ${text}` }))
    expect(lines).toMatchObject([
      { event: 'begin', files: 2 },
      { event: 'added', file: at('1.state'), shard: 1, records: 100 },
      { event: 'added', file: at('0.state'), shard: 0, records: 100 },
      ...warnings,
      { event: 'done', records: RECORDS, states: 2, missing_shards: 0 },
    ])
    expect(Object.keys(lines.at(-1) ?? {})).toEqual(expect.arrayContaining(PROGRESS))
    expectOutcome('merge.prom', 'merge', 'done', 0)
    const labels = [`plan="${plan}"`, 'model="net"', 'shards="2"', 'pass="statistics"']
    expect(valueOf('merge.prom', 'records_total', ...labels)).toBe(RECORDS)
    expect(valueOf('merge.prom', 'missing_shards', ...labels)).toBe(0)
    expect(valueOf('merge.prom', 'warnings_total', ...labels)).toBe(warnings.length)
    expect(valueOf('merge.prom', 'score_nats', 'metric="kmer"', 'value="kld"')).toBe(model.kmer.kld_nats)
  })

  it('warns of shards that are missing, and of the state that it saves', async () => {
    const partial = [...states(1), '--partial', '--state', at('part.state'), '--out', at('part')]
    const { code, lines } = await job([...partial], 'partial.prom')
    expect(code).toBe(0)
    expect(lines.find(({ event }) => event === 'saved')).toMatchObject({
      path: at('part.state'),
      records: 100,
    })
    expect(lines.find(({ message }) => (message as string).startsWith('partial: '))).toMatchObject({
      event: 'warning',
      level: 'warning',
      missing: '0',
      missing_shards: 1,
    })
    expect(lines.at(-1)).toMatchObject({ event: 'done', records: 100, states: 1, missing_shards: 1 })
    expect(valueOf('partial.prom', 'missing_shards')).toBe(1)
  })

  it('fails of them without --partial', async () => {
    const { code, lines } = await job(states(1), 'missing.prom')
    expect(code).toBe(3)
    expectEvents(lines, 'merge')
    expect(lines.at(-1)).toMatchObject({
      event: 'failed',
      level: 'error',
      plan,
      code: 'missing',
      exit_code: 3,
    })
    expectOutcome('missing.prom', 'merge', 'failed', 3)
    expect(valueOf('missing.prom', 'missing_shards')).toBe(1)
  })
})

describe('a failure', () => {
  const none = at('none.arrow')
  const jobs: readonly (readonly [string, ...string[]])[] = [
    ['score', '--plan', none, '--shard', '0/2', '--state', at('x.state')],
    ['transform', none, '-o', at('x.arrow')],
    ['convert', none, '-o', at('x.arrow')],
    ['plan', none, '--out', at('x.json')],
    ['merge', '--plan', none],
    ['run', pipeline('attributed-runs'), none],
    ['synth', '--motifs', none, '-o', at('x.arrow')],
  ]
  it.each(jobs)('of %s is its last line, and in its metrics', async (command, ...args) => {
    const { code, lines } = await job([command, ...args], 'failed.prom')
    expect(code).toBe(1)
    expectEvents(lines, command)
    const { event, level, code: error, exit_code, file } = lines.at(-1) ?? {}
    expect({ event, level, error, exit_code, file }).toEqual({
      event: 'failed',
      level: 'error',
      error: 'not-found',
      exit_code: 1,
      file: none,
    })
    expectOutcome('failed.prom', command, 'failed', 1)
  })

  it.each([
    ['compare', none],
    ['select', none, '--performance', none, '--by', 'auroc'],
    ['report', none, '-o', at('x.html')],
    ['plot', 'consistency', none, '-o', at('x.svg')],
    ['state', none],
    ['inspect', none],
  ])('of %s is an event too', async (command, ...args) => {
    const { code, stderr, lines } = await job([command, ...args])
    expect(code, stderr).toBe(1)
    expectEvents(lines, command)
    expect(lines.at(-1)).toMatchObject({ event: 'failed', level: 'error', exit_code: 1, file: none })
  })
})

it('report tells where it is', async () => {
  await cli(['merge', '--plan', at('plan.json'), at('0.state'), at('1.state'), '--out', at('scores')])
  const { code, lines } = await job(['report', at('scores'), '-o', at('report.html')])
  expect(code).toBe(0)
  expectEvents(lines, 'report')
  expect(lines).toMatchObject([{ event: 'note', message: `the report is in ${at('report.html')}` }])
})

describe('a signal', () => {
  it('ends a pipeline at once', async () => {
    const args = ['run', pipeline('attributed-runs'), '-', '--log', 'json', '--metrics', at('stopped.prom')]
    const { child, ended } = startCli(args, { hold: true })
    child.stderr?.on('data', (text: string) => {
      if (text.includes('"begin"')) child.kill('SIGTERM')
    })
    const { code, stderr } = await ended
    expect(code).toBe(143)
    const lines = linesOf(stderr)
    expectEvents(lines, 'run')
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', signal: 'SIGTERM' })
    expectOutcome('stopped.prom', 'run', 'stopped', 143)
  })

  it('ends synth after a batch', async () => {
    const args = ['synth', '--records', '1e7', '-o', at('endless.arrow'), '--batch-rows', '10']
    const { child, ended } = startCli([...args, '--log', 'json', '--metrics', at('synth.prom')])
    child.stderr?.on('data', (text: string) => {
      if (text.includes('"begin"')) child.kill('SIGTERM')
    })
    const { code, stderr } = await ended
    expect(code).toBe(143)
    const lines = linesOf(stderr)
    expectEvents(lines, 'synth')
    expect(lines.at(-1)).toMatchObject({ event: 'stopped', signal: 'SIGTERM' })
    expectOutcome('synth.prom', 'synth', 'stopped', 143)
    expect(existsSync(at('endless.arrow'))).toBe(false)
  })
})

it('a reader that closes the pipe ends a job that is done', async () => {
  const args = ['synth', '--records', '1e7', '-o', '-', '--log', 'json', '--metrics', at('head.prom')]
  const { child, ended } = startCli(args)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { code, stderr } = await ended
  expect(code).toBe(0)
  const lines = linesOf(stderr)
  expectEvents(lines, 'synth')
  expect(lines.map(({ event }) => event).filter(event => event !== 'progress')).toEqual(['begin', 'done'])
  expectOutcome('head.prom', 'synth', 'done', 0)
})
