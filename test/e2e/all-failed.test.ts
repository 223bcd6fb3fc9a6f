import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { type DumpRecord, makeRecords, writeDump } from '../support/dumps.js'

// Where nothing at all can be scored, the quarantine is what tells why: it is the only file that is written.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const clean = makeRecords(60, 60)
const ALL = clean.map((_, row) => row)

const spoil = (record: DumpRecord): DumpRecord => {
  const attributions = record.attributions.slice()
  attributions[17] = Number.NaN
  return { ...record, attributions }
}
const cutShort = (record: DumpRecord): DumpRecord => ({ ...record, attributions: new Float32Array(4 * 59) })

const LONE =
  'model lone has no usable record: all 60 are bad (not-finite 60); repair the data, or leave it out'

beforeAll(() => {
  const lone = clean.map(spoil)
  for (const name of ['lone.arrow', 'lone.arrows', 'lone.parquet']) writeDump(at(name), lone, { rows: 16 })
  writeDump(at('short.arrow'), clean.map(cutShort), { rows: 16 })
  writeDump(at('half.arrow'), [...clean.slice(0, 30), ...lone.slice(30)], { rows: 16 })
  writeFileSync(at('text.arrow'), 'no maps')
})

async function run(args: readonly string[], input?: Uint8Array) {
  const ended = await cli(args, { cwd: folder, input })
  expect(ended.stderr).not.toMatch(/ {4}at /)
  return ended
}

interface Row {
  readonly file: string
  readonly row: number
  readonly id: string
  readonly reason: string
}

function rowsIn(name: string): Row[] {
  const text = readFileSync(at(name), 'utf8').trimEnd()
  return text === '' ? [] : text.split('\n').map(line => JSON.parse(line) as Row)
}

const rowsOf = (file: string, reason: string, rows: readonly number[] = ALL) =>
  rows.map(row => expect.objectContaining({ file, row, id: clean[row].id, reason }))

/** A run that fails, prints and scores nothing, and whose quarantine is `bad.ndjson`; returns the rows of that. */
async function unscored(code: number, error: string, args: readonly string[], input?: Uint8Array) {
  rmSync(at('bad.ndjson'), { force: true })
  const ended = await run([...args, '--quarantine', 'bad.ndjson', '--out', 'nothing'], input)
  expect([ended.code, ended.stdout], ended.stderr).toEqual([code, ''])
  const rows = rowsIn('bad.ndjson')
  const lines = ended.stderr.trimEnd().split('\n')
  expect(lines).toContain(`attrstream: bad.ndjson holds ${rows.length} bad records`)
  expect(lines.at(-1)).toBe(`attrstream: ${error}${rows.length > 0 ? '; bad records are in bad.ndjson' : ''}`)
  expect(existsSync(at('nothing/scores.json'))).toBe(false)
  return rows
}

/** A plan of one file, and the states of its two shards. */
async function sharded(file: string, onBad = 'quarantine'): Promise<readonly string[]> {
  const plan = ['plan', file, '--model', 'lone', '--on-bad', onBad, '--shards', '2']
  expect((await run([...plan, '--out', 'plan.json'])).code).toBe(0)
  const states = ['s0.state', 's1.state']
  for (const [i, state] of states.entries()) {
    const shard = ['--plan', 'plan.json', '--shard', `${i}/2`, '--state', state, '--restart']
    expect((await run(['score', ...shard])).code).toBe(0)
  }
  return ['merge', '--plan', 'plan.json', ...states]
}

describe('a lone model whose records are all bad', () => {
  it.each([
    ['lone.arrow', '--workers', '1'],
    ['lone.arrow', '--workers', '2'],
    ['lone.parquet'],
    ['lone.arrow', '--threshold', 'global', '--top', '0.1'],
    ['lone.arrow', '--until-se', '100'],
    ['lone.arrow', '--checkpoint', 'c.state'],
    ['lone.arrow', '--checkpoint', 'c.state'], // complete already
  ])('has them in quarantine, and its error says where: %s', async (...args) => {
    expect(await unscored(1, LONE, ['score', ...args])).toEqual(rowsOf(args[0], 'not-finite'))
  })

  it('has them there from a pipe too', async () => {
    const args = ['score', '-', '--model', 'lone']
    const rows = await unscored(1, LONE, args, readFileSync(at('lone.arrows')))
    expect(rows).toEqual(rowsOf('-', 'not-finite'))
  })

  it('has them there from a merge', async () => {
    const merge = await sharded('lone.arrow')
    expect(await unscored(1, LONE, merge)).toEqual(rowsOf('lone.arrow', 'not-finite'))
  })

  it('has them there from a merge of some shards, which says that others are missing', async () => {
    const [command, flag, plan, state] = await sharded('lone.arrow')
    const args = [command, flag, plan, state, '--partial', '--quarantine', 'part.ndjson']
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/partial: shards 1 of 2 are missing/)
    const rows = rowsIn('part.ndjson')
    expect(rows.length).toBeLessThan(clean.length)
    expect(stderr).toMatch(new RegExp(`all ${rows.length} are bad .*; bad records are in part\\.ndjson\n$`))
    expect(rows).toEqual(rowsOf('lone.arrow', 'not-finite', ALL.slice(0, rows.length)))
  })

  it('has them in a Parquet quarantine', async () => {
    const { code } = await run(['score', 'lone.arrow', '--quarantine', 'bad.parquet'])
    expect(code).toBe(1)
    expect(readFileSync(at('bad.parquet')).subarray(0, 4).toString()).toBe('PAR1')
  })

  it('is told to machines with the code of its error', async () => {
    const { stderr } = await run(['score', 'lone.arrow', '--quarantine', 'log.ndjson', '--log', 'json'])
    const events = stderr.trimEnd().split('\n')
    expect(events.map(line => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ event: 'begin' }),
      expect.objectContaining({ event: 'note', bad_records: 60 }),
      expect.objectContaining({
        event: 'failed',
        code: 'empty',
        exit_code: 1,
        message: `${LONE}; bad records are in log.ndjson`,
      }),
    ])
  })

  it.runIf(process.platform === 'linux')('keeps its error if its quarantine finds no room', async () => {
    const limit = ['bash', '-c', 'ulimit -f 8; exec "$@"', 'bash'] // in KiB, of a file
    const args = ['score', 'lone.arrow', '--quarantine', 'large.ndjson']
    const { code, stderr } = await cli(args, { cwd: folder, front: limit })
    expect(code).toBe(1)
    const [why, error, ...more] = stderr.trimEnd().split('\n')
    expect(why).toMatch(
      /^attrstream: bad records are not in quarantine: large\.ndjson: cannot be written: .*EFBIG/,
    )
    expect([error, ...more]).toEqual([`attrstream: ${LONE}`])
    expect(existsSync(at('large.ndjson'))).toBe(false)
  })

  it('keeps its error if the quarantine cannot be written, which is said', async () => {
    const merge = await sharded('lone.arrow', 'skip')
    const placeless = await run([...merge, '--quarantine', 'none.ndjson'])
    expect(placeless.code).toBe(1)
    expect(placeless.stderr).toBe(
      'attrstream: bad records are not in quarantine: the plan keeps no places of bad records; ' +
        `plan with --on-bad quarantine\nattrstream: ${LONE}\n`,
    )
    expect(existsSync(at('none.ndjson'))).toBe(false)
  })
})

describe('several models of which none can be scored', () => {
  it('have the bad records of all in quarantine that were read to their end', async () => {
    const error = `3 of 3 models could not be scored: lone, text, short. lone: ${LONE}`
    const rows = await unscored(1, error, ['score', 'lone.arrow', 'text.arrow', 'short.arrow'])
    expect(rows).toEqual([...rowsOf('lone.arrow', 'not-finite'), ...rowsOf('short.arrow', 'length')])
  })

  it('have no quarantine where none was read to its end', async () => {
    writeFileSync(at('more.arrow'), 'no maps either')
    const { code, stderr } = await run(['score', 'text.arrow', 'more.arrow', '--quarantine', 'no.ndjson'])
    expect(code).toBe(1)
    expect(stderr).not.toContain('no.ndjson')
    expect(existsSync(at('no.ndjson'))).toBe(false)
  })
})

describe('a model that fails by something else', () => {
  it('has its bad records in quarantine', async () => {
    writeFileSync(at('prior.fa'), `>a\n${'A'.repeat(100)}\n`)
    const args = ['score', 'half.arrow', '--prior', 'prior.fa', '--quarantine', 'prior.ndjson']
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/\nattrstream: prior prior\.fa lacks .*; bad records are in prior\.ndjson\n$/)
    expect(rowsIn('prior.ndjson')).toEqual(rowsOf('half.arrow', 'not-finite', ALL.slice(30)))
  })

  it('has an empty quarantine where no record is bad, which its error does not speak of', async () => {
    const tiny = ['score', 'clean.arrow', '--threshold', 'global', '--top', '0.001']
    writeDump(at('clean.arrow'), [clean[0]], { rows: 16 })
    const without = await run(tiny)
    expect(without.code).toBe(1)
    const error = without.stderr.replace('attrstream: ', '').trimEnd()
    expect(await unscored(1, error, tiny)).toEqual([])
  })
})

describe('a model with more bad records than are let through', () => {
  const tooMany = (allowed: string) =>
    `30 of 60 records are bad (not-finite 30), and --max-bad allows ${allowed}; repair the data, or allow more`
  const rows = (file: string) => rowsOf(file, 'not-finite', ALL.slice(30))

  it('has all of them in quarantine where that is known at its end: from a merge, or a pipe', async () => {
    const merge = await sharded('half.arrow')
    const merged = await unscored(1, tooMany('29'), [...merge, '--max-bad', '29'])
    expect(merged).toEqual(rows('half.arrow'))
    writeDump(at('half.arrows'), [...clean.slice(0, 30), ...clean.slice(30).map(spoil)], { rows: 16 })
    const pipe = ['score', '-', '--max-bad', '1%']
    const error = tooMany('0.01 of them, 0')
    expect(await unscored(1, error, pipe, readFileSync(at('half.arrows')))).toEqual(rows('-'))
  })

  it('has them there under a checkpoint that covers all of it', async () => {
    const args = ['score', 'half.arrow', '--checkpoint', 'half.state']
    expect((await run([...args, '--quarantine', 'half.ndjson'])).code).toBe(0)
    expect(await unscored(1, tooMany('29'), [...args, '--max-bad', '29'])).toEqual(rows('half.arrow'))
    expect(readFileSync(at('bad.ndjson'))).toEqual(readFileSync(at('half.ndjson')))
  })

  it('has no quarantine where that ends its reading', async () => {
    const args = ['score', 'half.arrow', '--workers', '1', '--max-bad', '29', '--quarantine', 'early.ndjson']
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/is bad record number 30, and --max-bad allows 29/)
    expect(existsSync(at('early.ndjson'))).toBe(false)
  })
})
