import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, digestOf, digestOfFile, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const PIPELINE = fileURLToPath(new URL('../../pipelines/attributed-runs.ts', import.meta.url))
const at = (name: string) => join(folder, name)
/** Some two of five records. */
const WHERE = 'net == "left" && length >= 60'
let dump: string
let expected: string

const json = (text: string) => JSON.parse(text) as { models: { [key: string]: unknown }[] }

beforeAll(async () => {
  dump = at('dump')
  mkdirSync(dump)
  const records = makeRecords(120, 60)
  writeDump(join(dump, 'a.arrow'), records.slice(0, 70), { rows: 9 })
  writeDump(join(dump, 'b.parquet'), records.slice(70), { rows: 20 })
  // What the filter keeps, as a dump of its own.
  mkdirSync(at('kept'))
  const kept = records.filter(({ net }) => net === 'left')
  expect(kept.length).toBeGreaterThan(20)
  expect(kept.length).toBeLessThan(100)
  writeDump(at('kept/a.arrow'), kept, { rows: 13 })
  const whole = await cli(['score', '--model', 'net', dump, '--where', WHERE, '--format', 'json'])
  expect(whole.code).toBe(0)
  expected = digestOf(whole.stdout)
  const alone = json((await cli(['score', '--model', 'net', at('kept'), '--format', 'json'])).stdout)
  const { filter, warnings, ...score } = json(whole.stdout).models[0]
  const { warnings: others, ...same } = alone.models[0]
  const left = 120 - kept.length
  expect(score).toEqual(same)
  expect(filter).toEqual({ where: WHERE, records_left_out: left })
  expect(warnings).toEqual([`${left} records left out by --where ${WHERE}`, ...(others as string[])])
})

describe('score --where', () => {
  it('comes to the same however it is run', async () => {
    for (const more of [
      ['--workers', '2'],
      ['--checkpoint', at('net.state'), '--every', '20r'],
    ]) {
      const { stdout } = await cli([
        'score',
        '--model',
        'net',
        dump,
        '--where',
        WHERE,
        '--format',
        'json',
        ...more,
      ])
      expect(digestOf(stdout)).toBe(expected)
    }
    const plan = at('plan.json')
    expect(
      (await cli(['plan', dump, '--model', 'net', '--where', WHERE, '--shards', '2', '--out', plan])).code,
    ).toBe(0)
    for (const i of [0, 1]) {
      const shard = ['--plan', plan, '--shard', `${i}/2`, '--state', at(`${i}.state`)]
      expect((await cli(['score', ...shard])).code).toBe(0)
    }
    const merged = await cli(['merge', '--plan', plan, at('1.state'), at('0.state'), '--out', at('merged')])
    expect(merged.code).toBe(0)
    expect(digestOfFile(at('merged/scores.json'))).toBe(expected)
    expect(readFileSync(at('merged/scores.csv'), 'utf8')).toContain('records_left_out')
  })

  it('refuses the checkpoint of another filter, or of none', async () => {
    const state = at('filtered.state')
    const score = (...more: string[]) =>
      cli(['score', '--model', 'net', dump, '--checkpoint', state, ...more])
    expect((await score('--where', WHERE)).code).toBe(0)
    for (const more of [['--where', 'net == "right"'], []]) {
      const { code, stderr } = await score(...more)
      expect(code).toBe(78)
      expect(stderr).toContain('where')
    }
  })

  it('says so where it keeps nothing, and where it names what is not there', async () => {
    const none = await cli(['score', '--model', 'net', dump, '--where', 'length < 0'])
    expect(none).toMatchObject({ code: 1, stdout: '' })
    expect(none.stderr).toContain('--where length < 0 matches none of 120 records')
    const plan = ['plan', dump, '--model', 'net', '--shards', '2', '--out', at('no.json')]
    const wrong = await cli([...plan, '--where', 'label == "x"'])
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toMatch(/a\.arrow: --where names label, found id, length, file/)
  })
})

describe('transform and run --where', () => {
  it('keep the same records, and count the others', async () => {
    const found = await cli(['transform', dump, '--stages', 'features', '--where', WHERE, '--format', 'csv'])
    const kept = await cli(['transform', at('kept'), '--stages', 'features', '--format', 'csv'])
    const ids = ({ stdout }: { stdout: string }) => stdout.split('\r\n').map(line => line.split(',')[0])
    expect(ids(found)).toEqual(ids(kept))
    const left = 121 - (ids(kept).length - 1)
    expect(found.stderr).toBe(`attrstream: ${left} of 120 records are left out by --where ${WHERE}\n`)
    const run = await cli(['run', PIPELINE, dump, '--where', WHERE])
    const runs = await cli(['run', PIPELINE, at('kept')])
    expect([run.stderr, runs.stderr]).toEqual([found.stderr, ''])
    const lines = ({ stdout }: { stdout: string }) =>
      stdout
        .trimEnd()
        .split('\n')
        .map(line => ({ ...JSON.parse(line), file: '' }))
    expect(lines(run)).toEqual(lines(runs))
  })
})

describe('transform --keep', () => {
  it('gives rows the columns of their record, in every form', async () => {
    const rows = async (...more: string[]) =>
      (await cli(['transform', dump, '--stages', 'runs', '--keep', 'net', ...more])).stdout.trimEnd()
    const lines = (await rows('--format', 'ndjson')).split('\n').map(line => JSON.parse(line))
    const nets = new Map(makeRecords(120, 60).map(({ id, net }) => [id, net]))
    expect(lines.length).toBeGreaterThan(100)
    for (const { id, net } of lines) expect(net, id).toBe(nets.get(id))
    const bed = (await rows('--format', 'bed')).split('\n')
    expect(bed.map(line => line.split('\t').at(-1))).toEqual(lines.map(({ net }) => net))
  })

  it('says what it cannot keep before it writes', async () => {
    const keep = (...args: string[]) => cli(['transform', dump, ...args])
    const maps = await keep('--keep', 'sequence')
    expect(maps).toMatchObject({ code: 2, stdout: '' })
    expect(maps.stderr).toContain('--keep sequence: maps have a column of that name themselves')
    const twice = await keep('--stages', 'runs', '--keep', 'id')
    expect(twice).toMatchObject({ code: 2, stdout: '' })
    expect(twice.stderr).toContain('--keep id: the table has a column of that name itself')
    const none = await keep('--stages', 'runs', '--keep', 'label')
    expect(none).toMatchObject({ code: 1, stdout: '' })
    expect(none.stderr).toMatch(
      /a\.arrow: has no column label, expected one of text, numbers or flags: .*net/,
    )
  })
})
