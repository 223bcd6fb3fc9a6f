import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ScoreDocument } from '../../src/results/document.js'
import { cli, digestOfFile, startCli, temporaryFolder, until } from '../support/cli.js'
import { type DumpRecord, makeRecords, writeDump } from '../support/dumps.js'

// What is left out is counted, and what is left is scored as if the rest had never been there.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const clean = makeRecords(400, 60)

/** Each way to be bad, made out of a good record. */
const SPOIL: { readonly [reason: string]: (record: DumpRecord) => DumpRecord } = {
  'not-finite': record => withValue(record, 17, Number.NaN),
  infinite: record => withValue(record, 0, Number.NEGATIVE_INFINITY),
  length: record => ({ ...record, attributions: record.attributions.slice(0, 4 * 59) }),
  short: record => ({ ...record, sequence: 'ACGTA', attributions: record.attributions.slice(0, 20) }),
  null: record => ({ ...record, sequence: null }),
}
const KINDS = Object.keys(SPOIL)
/** Rows that are spoiled, each in its turn another way. */
const BAD_ROWS = [3, 4, 50, 99, 100, 101, 250, 251, 252, 398]

function withValue(record: DumpRecord, place: number, value: number): DumpRecord {
  const attributions = record.attributions.slice()
  attributions[place] = value
  return { ...record, attributions }
}

const dirty = clean.map((record, row) => {
  const turn = BAD_ROWS.indexOf(row)
  return turn < 0 ? record : SPOIL[KINDS[turn % KINDS.length]](record)
})
const reasonOf = (row: number) => {
  const kind = KINDS[BAD_ROWS.indexOf(row) % KINDS.length]
  return kind === 'infinite' ? 'not-finite' : kind
}

beforeAll(() => {
  const good = clean.filter((_, row) => !BAD_ROWS.includes(row))
  writeDump(at('good.arrow'), good, { rows: 16 })
  for (const name of ['dirty.arrow', 'dirty.arrows', 'dirty.parquet'])
    writeDump(at(name), dirty, { rows: 16 })
  writeDump(at('first.arrow'), dirty.slice(0, 101), { rows: 7 })
  writeDump(at('second.parquet'), dirty.slice(101), { rows: 40 })
  writeDump(at('hopeless.arrow'), clean.map(SPOIL.length), { rows: 16 })
})

interface Scores {
  readonly models: readonly { readonly [key: string]: unknown }[]
  readonly failed?: ScoreDocument['failed']
  readonly provenance: ScoreDocument['provenance']
}

function documentIn(out: string): Scores {
  return JSON.parse(readFileSync(join(out, 'scores.json'), 'utf8')) as Scores
}

function modelOf(out: string): { readonly [key: string]: unknown } {
  return documentIn(out).models[0]
}

async function score(args: readonly string[], input?: Uint8Array) {
  const run = await cli(['score', ...args], { cwd: folder, input })
  expect(run.stderr).not.toMatch(/ {4}at /)
  return run
}

async function scored(args: readonly string[], out: string, input?: Uint8Array): Promise<string> {
  const run = await score([...args, '--model', 'm', '--out', out], input)
  expect(run.stderr).toContain('10 bad records are left out: null 2, length 2, short 2, not-finite 4')
  expect(run.code).toBe(0)
  return digestOfFile(join(folder, out, 'scores.json'))
}

interface Quarantined {
  readonly file: string
  readonly row: number
  readonly id: string | null
  readonly reason: string
  readonly message: string
  readonly record: { readonly sequence: string | null; readonly attributions: readonly unknown[] }
}

/** A row without the name of its file. */
const nameless = ({ file: _file, ...row }: Quarantined) => row

function quarantine(name: string): Quarantined[] {
  const lines = readFileSync(at(name), 'utf8').trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as Quarantined)
}

describe('bad records', () => {
  it('end the run unless said otherwise, at the first of them', async () => {
    const run = await score(['dirty.arrow'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(
      /^attrstream: dirty\.arrow batch 0 row 3 \(chr1:180\): attribution at position 4, base C is NaN/,
    )
  })

  it('of one model do not keep others from being scored, nor the run from failing', async () => {
    const dumps = ['good.arrow', 'hopeless.arrow', 'dirty.arrow']
    const run = await score([...dumps, '--out', 'several', '--workers', '1'])
    expect(run.code).toBe(1)
    const { models, failed, provenance } = documentIn(at('several'))
    const alone = await score(['good.arrow', '--out', 'good-alone'])
    expect(alone.code).toBe(0)
    expect(models).toEqual(documentIn(at('good-alone')).models)
    expect(failed).toEqual([
      {
        model: 'hopeless',
        code: 'record',
        message: expect.stringMatching(/^hopeless\.arrow batch 0 row 0 /),
      },
      { model: 'dirty', code: 'record', message: expect.stringMatching(/^dirty\.arrow batch 0 row 3 /) },
    ])
    expect(provenance.inputs.map(({ model }) => model)).toEqual(['good'])
    const lines = run.stderr.trimEnd().split('\n')
    for (const { model, message } of failed ?? []) {
      expect(lines).toContain(`attrstream: ${model} is not scored: ${message}`)
    }
    expect(lines.at(-1)).toMatch(
      /^attrstream: 2 of 3 models could not be scored: hopeless, dirty; the others are\. hopeless: hopeless\.arrow /,
    )
    expect(run.stdout).toMatch(/^1 +good /m)
    expect(run.stdout).not.toMatch(/hopeless|dirty/)
  })

  it('that are all of a model end in the same way where they are left out', async () => {
    const dumps = ['good.arrow', 'hopeless.arrow', 'dirty.arrow']
    for (const workers of ['1', '2']) {
      const run = await score([...dumps, '--on-bad', 'skip', '--out', 'skipped', '--workers', workers])
      expect(run.code).toBe(1)
      const { models, failed } = documentIn(at('skipped'))
      expect(models.map(({ model }) => model)).toEqual(['good', 'dirty'])
      expect(failed).toEqual([{ model: 'hopeless', code: 'empty', message: expect.any(String) }])
    }
  })

  it('of all models leave nothing to write', async () => {
    const run = await score(['hopeless.arrow', 'dirty.arrow', '--out', 'nothing'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/2 of 2 models could not be scored: hopeless, dirty\. hopeless: /)
    expect(run.stdout).toBe('')
    expect(existsSync(at('nothing/scores.json'))).toBe(false)
  })

  it('do not hide an option that no model can be scored by', async () => {
    const run = await score(['good.arrow', 'dirty.arrow', '--on-bad', 'skip', '--memory-limit', '1MB'])
    expect(run.code).toBe(2)
    expect(run.stderr).not.toContain('is not scored')
  })

  it('are left out and counted, and the rest scores as without them', async () => {
    await scored(['dirty.arrow', '--on-bad', 'skip'], 'skip')
    const alone = await score(['good.arrow', '--model', 'm', '--out', 'alone'])
    expect(alone.code).toBe(0)
    const { bad_records, bad_records_by_reason, warnings, ...rest } = modelOf(at('skip'))
    const {
      bad_records: none,
      bad_records_by_reason: empty,
      warnings: others,
      ...expected
    } = modelOf(at('alone'))
    const former = { badRecords: none, badRecordsByReason: empty }
    expect({ ...rest, ...former }).toEqual({ ...expected, ...former })
    expect([none, empty]).toEqual([0, {}])
    expect(bad_records).toBe(10)
    expect(bad_records_by_reason).toEqual({ null: 2, length: 2, short: 2, 'not-finite': 4 })
    expect(warnings).toEqual([expect.stringContaining('10 bad records'), ...(others as string[])])
  })

  it('are left out of both passes of a global threshold', async () => {
    const global = ['--threshold', 'global', '--top', '0.1']
    await scored(['dirty.parquet', '--on-bad', 'skip', ...global], 'skip-global')
    await score(['good.arrow', '--model', 'm', '--out', 'alone-global', ...global])
    expect(modelOf(at('skip-global')).angular).toEqual(modelOf(at('alone-global')).angular)
  })

  it('are the same however the run is cut, and so is their quarantine', async () => {
    const one = await scored(['dirty.arrow', '--on-bad', 'quarantine', '--quarantine', 'one.ndjson'], 'one')
    for (const [i, args] of [
      ['dirty.parquet'],
      ['dirty.arrow', '--workers', '3'],
      ['dirty.arrow', '--workers', '2', '--checkpoint', 'w.state', '--every', '16r'],
      ['dirty.arrow', '--checkpoint', 'w.state'], // complete already
    ].entries()) {
      const again = await scored([...args, '--quarantine', `again-${i}.ndjson`], `again-${i}`)
      expect(again).toBe(one)
      const found = quarantine(`again-${i}.ndjson`).map(nameless)
      expect(found).toEqual(quarantine('one.ndjson').map(nameless))
    }
    const piped = await scored(['-', '--quarantine', 'pipe.ndjson'], 'pipe', readFileSync(at('dirty.arrows')))
    expect(piped).toBe(one)
    expect(quarantine('pipe.ndjson').map(nameless)).toEqual(quarantine('one.ndjson').map(nameless))
  })

  it('have id, place, reason and the row itself in quarantine', () => {
    const rows = quarantine('one.ndjson')
    expect(rows.map(({ file, row, id, reason }) => ({ file, row, id, reason }))).toEqual(
      BAD_ROWS.map(row => ({ file: 'dirty.arrow', row, id: `chr1:${row * 60}`, reason: reasonOf(row) })),
    )
    for (const { row, record } of rows) {
      const { sequence, attributions } = dirty[row]
      expect(record.sequence).toBe(sequence)
      const flat = record.attributions.flat() as (number | string)[]
      expect(flat.map(Number)).toEqual(Array.from(attributions))
    }
    expect(rows[0].message).toMatch(/^attribution at position 4, base C is NaN, expected a finite number/)
  })

  it('are the same in a Parquet quarantine', async () => {
    await scored(['dirty.parquet', '--quarantine', 'one.parquet'], 'one-parquet')
    const file = readFileSync(at('one.parquet'))
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)
    const rows = await parquetReadObjects({ file: buffer, compressors })
    expect(
      rows.map(({ row, record, ...rest }) => ({ ...rest, row: Number(row), record: JSON.parse(record) })),
    ).toEqual(quarantine('one.ndjson').map(row => ({ ...row, file: 'dirty.parquet' })))
  })

  it('outlive a kill, shards and merging', async () => {
    const inputs = ['first.arrow', 'second.parquet']
    const whole = await scored([...inputs, '--quarantine', 'whole.ndjson'], 'whole')
    const args = [...inputs, '--quarantine', 'killed.ndjson', '--checkpoint', 'k.state', '--every', '16r']
    const { child, ended } = startCli(
      ['score', ...args, '--model', 'm', '--out', 'killed', '--workers', '1'],
      { cwd: folder },
    )
    await until(() => {
      try {
        return readFileSync(at('k.state')).length > 0
      } catch {
        return child.exitCode !== null
      }
    }, 'a checkpoint stands')
    child.kill('SIGKILL')
    await ended
    expect(await scored(args, 'killed')).toBe(whole)
    expect(quarantine('killed.ndjson')).toEqual(quarantine('whole.ndjson'))

    const plan = ['plan', ...inputs, '--model', 'm', '--on-bad', 'quarantine', '--shards', '3']
    expect((await cli([...plan, '--out', 'plan.json'], { cwd: folder })).code).toBe(0)
    for (const shard of [2, 0, 1]) {
      const run = await score(['--plan', 'plan.json', '--shard', `${shard}/3`, '--state', `s${shard}.state`])
      expect(run.stderr).toMatch(/done/)
    }
    const merge = ['merge', '--plan', 'plan.json', 's1.state', 's2.state', 's0.state', '--out', 'merged']
    const merged = await cli([...merge, '--quarantine', 'merged.ndjson'], { cwd: folder })
    expect(merged.stderr).toContain('merged.ndjson holds 10 bad records')
    expect(merged.code).toBe(0)
    expect(digestOfFile(at('merged/scores.json'))).toBe(whole)
    expect(quarantine('merged.ndjson')).toEqual(quarantine('whole.ndjson'))
    const unasked = await cli(
      ['merge', '--plan', 'plan.json', 's0.state', '--state', 'm.state', '--quarantine', 'm.ndjson'],
      { cwd: folder },
    )
    expect(unasked.stderr).toContain(
      '--quarantine is written together with scores; give --out or --report too',
    )
    expect(unasked.code).toBe(2)
    const refused = await cli([...merge, '--max-bad', '9'], { cwd: folder })
    expect(refused.stderr).toContain('10 of 400 records are bad')
    expect(refused.code).toBe(1)
  })

  it.each([
    [
      'a count',
      ['dirty.arrow', '--max-bad', '9'],
      /row 398 .*is bad record number 10, and --max-bad allows 9/,
    ],
    [
      'a share',
      ['dirty.arrow', '--max-bad', '2%'],
      /row 252 .*is bad record number 9, and --max-bad allows 8/,
    ],
    ['none at all', ['dirty.parquet', '--max-bad', '0'], /row 3 .*is bad record number 1/],
  ])('end the run when there are too many: %s', async (_, args, said) => {
    const run = await score([...args, '--on-bad', 'skip', '--workers', '1'])
    expect(run.stderr).toMatch(said)
    expect(run.code).toBe(1)
    expect(run.stdout).toBe('')
  })

  it('of a pipe are held against a share at its end', async () => {
    const run = await score(['-', '--on-bad', 'skip', '--max-bad', '0.02'], readFileSync(at('dirty.arrows')))
    expect(run.stderr).toContain('10 of 400 records are bad')
    expect(run.code).toBe(1)
  })

  it('may be as many as are allowed', async () => {
    await scored(['dirty.arrow', '--on-bad', 'skip', '--max-bad', '10'], 'ten')
    await scored(['dirty.arrow', '--on-bad', 'skip', '--max-bad', '2.5%'], 'share')
  })

  it('alone give no score', async () => {
    const run = await score(['hopeless.arrow', '--on-bad', 'skip'])
    expect(run.stderr).toContain('model hopeless has no usable record: all 400 are bad (length 400)')
    expect(run.code).toBe(1)
  })

  it('belong to the model that their row names', async () => {
    const run = await score(['dirty.arrow', '--on-bad', 'skip', '--model-column', 'net', '--out', 'models'])
    expect(run.code).toBe(0)
    const { models } = JSON.parse(readFileSync(at('models/scores.json'), 'utf8')) as Scores
    const nets = models.map(({ model }) => model)
    expect(nets).toEqual(['left', 'right'])
    expect(models.map(({ bad_records }) => bad_records)).toEqual(
      nets.map(net => BAD_ROWS.filter(row => clean[row].net === net).length),
    )
  })

  it('are told from a damaged file, which still ends the run', async () => {
    const bytes = readFileSync(at('dirty.parquet'))
    writeFileSync(at('cut.parquet'), bytes.subarray(0, bytes.length / 2))
    const run = await score(['cut.parquet', '--on-bad', 'skip'])
    expect(run.code).toBe(65)
  })

  it.each([
    [['--on-bad', 'quarantine'], /--on-bad quarantine needs a file/],
    [['--on-bad', 'skip', '--quarantine', 'x.ndjson'], /--on-bad skip writes no quarantine/],
    [['--quarantine', 'x.csv'], /x\.csv: unsupported file extension, expected \.parquet or \.ndjson/],
    [['--max-bad', '3'], /--max-bad limits skipped records/],
    [['--on-bad', 'skip', '--max-bad', '-1'], /--max-bad is -1, expected a count/],
    [['--on-bad', 'skip', '--max-bad', '1.5'], /--max-bad is 1.5, expected a count/],
  ])('refuse options that make no sense: %s', async (args, said) => {
    const run = await score(['dirty.arrow', ...args])
    expect(run.stderr).toMatch(said)
    expect(run.code).toBe(2)
  })
})
