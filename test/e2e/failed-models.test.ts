import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { FailedModel, ScoreDocument } from '../../src/results/document.js'
import type { ModelScore } from '../../src/metrics/model-score.js'
import { cli, digestOfFile, temporaryFolder } from '../support/cli.js'
import { compiled } from '../support/dist.js'
import { type DumpRecord, makeRecords, writeDump } from '../support/dumps.js'

// A model that cannot be scored does not keep the others of its file from being, however that is read.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const clean = makeRecords(400, 60)

/** Every 20th record is followed by a copy of another model, changed. */
function mixed(net: string, change: (record: DumpRecord) => DumpRecord): DumpRecord[] {
  return clean.flatMap((record, row) =>
    row % 20 === 0 ? [record, { ...change(record), id: `${net}:${row}`, net }] : [record],
  )
}

/** Rows of the model in between: the 2nd of every 21. */
const BETWEEN = Array.from({ length: 20 }, (_, i) => 21 * i + 1)

const spoil = (record: DumpRecord): DumpRecord => {
  const attributions = record.attributions.slice()
  attributions[17] = Number.NaN
  return { ...record, attributions }
}

const hopeless = mixed('hopeless', spoil)
const NO_RECORD: FailedModel = {
  model: 'hopeless',
  code: 'empty',
  message:
    'model hopeless has no usable record: all 20 are bad (not-finite 20); repair the data, or leave it out',
}

beforeAll(() => {
  writeDump(at('clean.arrow'), clean, { rows: 16 })
  writeDump(at('lone.arrow'), clean.map(spoil), { rows: 16 })
  for (const name of ['maps.arrow', 'maps.arrows', 'maps.parquet'])
    writeDump(at(name), hopeless, { rows: 16 })
})

function documentIn(out: string): ScoreDocument {
  return JSON.parse(readFileSync(at(join(out, 'scores.json')), 'utf8')) as ScoreDocument
}

async function run(...args: readonly string[]) {
  const ended = await cli(args, { cwd: folder })
  expect(ended.stderr).not.toMatch(/ {4}at /)
  return ended
}

const NETS = ['--model-column', 'net', '--null', 'none']

/** A run that fails by some models, and scores as many others; returns what it wrote. */
async function scoredInPart(out: string, failed: ScoreDocument['failed'], ...args: readonly string[]) {
  const { code, stdout, stderr } = await run(...args, '--out', out)
  expect(code, stderr).toBe(1)
  const document = documentIn(out)
  expect(document.failed).toEqual(failed)
  const lines = stderr.trimEnd().split('\n')
  const names = failed?.map(({ model }) => model) ?? []
  for (const { model, message } of failed ?? []) {
    expect(lines.filter(line => line === `attrstream: ${model} is not scored: ${message}`)).toHaveLength(1)
    expect(stdout).not.toContain(model)
  }
  for (const { model } of document.models) expect(stdout).toContain(model)
  expect(lines.at(-1)).toBe(
    `attrstream: ${names.length} of ${names.length + document.models.length} models could not be scored: ` +
      `${names.join(', ')}; the others are. ${names[0]}: ${failed?.[0].message}`,
  )
  return document
}

/** The models of the file without those that cannot be scored. */
async function cleanModels(...args: readonly string[]): Promise<readonly ModelScore[]> {
  const { code, stdout } = await run('score', 'clean.arrow', ...NETS, '--format', 'json', ...args)
  expect(code).toBe(0)
  return (JSON.parse(stdout) as ScoreDocument).models
}

function quarantined(name: string) {
  const lines = readFileSync(at(name), 'utf8').trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as { file: string; row: number; id: string; reason: string })
}

/** The rows of the hopeless model, as a quarantine has them. */
const rowsOf = (file: string) =>
  BETWEEN.map((row, i) =>
    expect.objectContaining({ file, row, id: `hopeless:${20 * i}`, reason: 'not-finite' }),
  )

describe('a model of a file whose records are all bad', () => {
  const skip = [...NETS, '--on-bad', 'skip']

  it('is told and counted as failed, and the others score as without it', async () => {
    const models = await cleanModels()
    expect(models.map(({ model }) => model)).toEqual(['left', 'right'])
    for (const [i, args] of [
      ['maps.arrow', '--workers', '1'],
      ['maps.arrow', '--workers', '2'],
      ['maps.parquet'],
      ['maps.arrow', '--checkpoint', 'c.state'],
      ['maps.arrow', '--checkpoint', 'c.state'], // complete already
    ].entries()) {
      const document = await scoredInPart(`skip-${i}`, [NO_RECORD], 'score', ...skip, ...args)
      expect(document.models).toEqual(models)
      expect(digestOfFile(at(`skip-${i}/scores.json`))).toBe(digestOfFile(at('skip-0/scores.json')))
    }
  })

  it('is failed in a pipe too', async () => {
    const args = ['score', '-', ...NETS, '--quarantine', 'pipe.ndjson', '--format', 'json']
    const { code, stdout } = await cli(args, { cwd: folder, input: readFileSync(at('maps.arrows')) })
    expect(code).toBe(1)
    const { models, failed } = JSON.parse(stdout) as ScoreDocument
    expect(failed).toEqual([NO_RECORD])
    expect(models).toEqual(await cleanModels())
    expect(quarantined('pipe.ndjson')).toEqual(rowsOf('-'))
  })

  it('has its rows in quarantine', async () => {
    const args = ['score', 'maps.arrow', ...NETS, '--quarantine', 'one.ndjson']
    await scoredInPart('quarantine', [NO_RECORD], ...args)
    expect(quarantined('one.ndjson')).toEqual(rowsOf('maps.arrow'))
  })

  it('is failed by a merge of shards, with its rows in quarantine', async () => {
    await scoredInPart('whole', [NO_RECORD], 'score', 'maps.arrow', ...skip)
    const plan = ['plan', 'maps.arrow', ...NETS, '--on-bad', 'quarantine', '--shards', '3']
    expect((await run(...plan, '--out', 'plan.json')).code).toBe(0)
    for (const i of [2, 0, 1]) {
      const shard = ['--plan', 'plan.json', '--shard', `${i}/3`, '--state', `s${i}.state`]
      expect((await run('score', ...shard)).code).toBe(0)
    }
    const merge = ['merge', '--plan', 'plan.json']
    expect((await run(...merge, 's2.state', 's0.state', '--state', 'part.state')).code).toBe(0)
    const states = ['part.state', 's1.state', '--quarantine', 'merged.ndjson']
    await scoredInPart('merged', [NO_RECORD], ...merge, ...states)
    expect(digestOfFile(at('merged/scores.json'))).toBe(digestOfFile(at('whole/scores.json')))
    expect(quarantined('merged.ndjson')).toEqual(rowsOf('maps.arrow'))
  })

  it('is not among the models of a finished state', async () => {
    await run('score', 'maps.arrow', ...skip, '--checkpoint', 'compared.state')
    const { code, stdout } = await run('compare', 'compared.state', '--format', 'csv')
    expect(code).toBe(0)
    expect(stdout).toMatch(/left,right/)
    expect(stdout).not.toContain('hopeless')
  })

  it('is in the report', async () => {
    await scoredInPart('shown', [NO_RECORD], 'score', 'maps.arrow', ...skip, '--report', 'page.html')
    expect(readFileSync(at('page.html'), 'utf8')).toContain('hopeless (model hopeless has no usable record')
  })

  it('does not end a run that stops at small errors: more of it may come', async () => {
    const long = Array.from({ length: 3 }, () => hopeless).flat()
    writeDump(at('until.arrow'), long, { rows: 64 })
    const args = ['score', 'until.arrow', ...skip, '--until-se', '100']
    const failed = [{ ...NO_RECORD, message: NO_RECORD.message.replaceAll('20', '60') }]
    const { models } = await scoredInPart('until', failed, ...args)
    const read = { records: 1260, of: 1260, until_se_nats: 100 }
    expect(models.map(score => score.read)).toEqual([read, read])
  })

  it('is left out of the scores so far', async () => {
    const parts = await compiled()
    const long = Array.from({ length: 4 }, () => hopeless).flat()
    writeDump(at('long.arrow'), long, { rows: 64 })
    const interim: string[][] = []
    const pool = new parts.WorkerPool(1)
    try {
      const { scores, failed } = await parts.scorePopulation(
        pool,
        { model: 'long', paths: [at('long.arrow')] },
        { metrics: parts.metricOptions(), records: { columns: { model: 'net' } }, bad: { kind: 'skip' } },
        { interimMs: 1, report: { interim: scores => interim.push(scores.map(({ model }) => model)) } },
      )
      expect(scores?.map(({ model }) => model)).toEqual(['left', 'right'])
      expect(failed.map(({ model }) => model)).toEqual(['hopeless'])
    } finally {
      await pool.close()
    }
    expect(interim.length).toBeGreaterThan(0)
    for (const models of interim) expect(['left', 'right']).toEqual(expect.arrayContaining(models))
  })

  it('is told to machines with its name and the code of its error', async () => {
    const { stderr } = await run('score', 'maps.arrow', ...skip, '--log', 'json')
    const events = stderr
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { readonly [key: string]: unknown })
    const told = { event: 'warning', level: 'warning', model: 'hopeless', code: 'empty' }
    expect(events).toContainEqual(expect.objectContaining(told))
    expect(events.at(-1)).toMatchObject({ event: 'failed', code: 'empty', exit_code: 1 })
  })

  it('stands among the failed of all files in their order', async () => {
    writeDump(at('other.arrow'), mixed('lost', spoil), { rows: 16 })
    const lost = { ...NO_RECORD, model: 'lost', message: NO_RECORD.message.replace('hopeless', 'lost') }
    writeFileSync(at('text.arrow'), 'no maps')
    const text = { model: 'text', code: 'format', message: expect.stringMatching(/^text\.arrow: /) }
    const { code } = await run('score', 'other.arrow', 'text.arrow', 'maps.arrow', ...skip, '--out', 'files')
    expect(code).toBe(1)
    const { models, failed } = documentIn('files')
    expect(models.map(({ model }) => model)).toEqual(['left', 'right', 'left', 'right'])
    expect(failed).toEqual([lost, text, NO_RECORD])
  })

  it('ends the run where there is no other, and leaves nothing to write', async () => {
    const both = mixed('hopeless', spoil).filter(({ net }) => net === 'hopeless')
    writeDump(at('both.arrow'), [...both, { ...both[0], net: 'lost' }], { rows: 16 })
    const several = await run('score', 'both.arrow', ...skip, '--out', 'nothing')
    expect(several.stderr).toContain(
      `2 of 2 models could not be scored: hopeless, lost. hopeless: ${NO_RECORD.message}`,
    )
    writeDump(at('single.arrow'), both, { rows: 16 })
    const single = await run('score', 'single.arrow', ...skip, '--out', 'nothing')
    expect(single.stderr).toBe(`attrstream: ${NO_RECORD.message}\n`)
    for (const { code, stdout } of [several, single]) {
      expect(code).toBe(1)
      expect(stdout).toBe('')
    }
    expect(existsSync(at('nothing/scores.json'))).toBe(false)

    expect((await run('plan', 'both.arrow', ...skip, '--shards', '1', '--out', 'both.json')).code).toBe(0)
    await run('score', '--plan', 'both.json', '--shard', '0/1', '--state', 'both.state')
    const merged = await run('merge', '--plan', 'both.json', 'both.state', '--out', 'nothing')
    expect(merged.code).toBe(1)
    expect(merged.stderr.trimEnd().split('\n').at(-1)).toBe(several.stderr.trimEnd().split('\n').at(-1))
    expect(existsSync(at('nothing/scores.json'))).toBe(false)
  })
})

describe('a model that is a file of its own, and all bad', () => {
  it('has its rows in quarantine too', async () => {
    const failed = {
      model: 'lone',
      code: 'empty',
      message: expect.stringMatching(/^model lone has no usable record: all 400 are bad/),
    }
    const args = ['clean.arrow', 'lone.arrow', '--quarantine', 'lone.ndjson', '--out', 'lone']
    const { code, stderr } = await run('score', ...args)
    expect(code).toBe(1)
    expect(stderr).toContain('lone.ndjson holds 400 bad records')
    const document = documentIn('lone')
    expect(document.failed).toEqual([failed])
    expect(document.models.map(({ model }) => model)).toEqual(['clean'])
    expect(document.provenance.inputs.map(({ model }) => model)).toEqual(['clean'])
    expect(quarantined('lone.ndjson').map(({ file, row }) => [file, row])).toEqual(
      clean.map((_, row) => ['lone.arrow', row]),
    )
  })
})

describe('a model of a file that a prior does not fit', () => {
  const withoutT = (record: DumpRecord) => ({
    ...record,
    sequence: record.sequence?.replaceAll('T', 'A') ?? null,
  })
  const prior = ['--prior', 'prior.fa']

  beforeAll(() => {
    const few = clean.map(withoutT)
    writeFileSync(at('prior.fa'), few.map(({ id, sequence }) => `>${id}\n${sequence}\n`).join(''))
    const odd = makeRecords(30, 60, 2).map((record, row) => ({ ...record, id: `odd:${row}`, net: 'odd' }))
    const bad = clean.slice(0, 5).map(record => ({ ...spoil(record), net: 'hopeless' }))
    writeDump(at('few.arrow'), few, { rows: 16 })
    writeDump(at('odd.arrow'), [...odd, ...bad, ...few], { rows: 16 })
  })

  it('is failed beside one that is all bad, and the others score as without them', async () => {
    const failed = [
      { ...NO_RECORD, message: NO_RECORD.message.replaceAll('20', '5') },
      {
        model: 'odd',
        code: 'prior',
        message: expect.stringMatching(/^prior prior\.fa lacks \d+ of the attributed 6-mers /),
      },
    ]
    const args = ['odd.arrow', ...NETS, ...prior, '--on-bad', 'skip', '--out', 'odd']
    const { code, stderr } = await run('score', ...args)
    expect(code).toBe(1)
    expect(stderr).toContain('2 of 4 models could not be scored: hopeless, odd; the others are. hopeless: ')
    const document = documentIn('odd')
    expect(document.failed).toEqual(failed)
    const alone = await run('score', 'few.arrow', ...NETS, ...prior, '--format', 'json')
    expect(alone.code).toBe(0)
    expect(document.models).toEqual((JSON.parse(alone.stdout) as ScoreDocument).models)
  })

  it('does not hide an error of the whole run', async () => {
    const args = ['odd.arrow', ...NETS, ...prior, '--on-bad', 'skip', '--max-bad', '4']
    const { code, stdout, stderr } = await run('score', ...args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/--max-bad allows 4/)
  })
})

describe('a model of a file with too few windows for a global threshold', () => {
  const global = ['--threshold', 'global', '--top', '0.001']
  const tiny = {
    model: 'tiny',
    code: 'empty',
    message: expect.stringMatching(/^a global threshold of the top 0\.001 of \d+ windows is none of them; /),
  }

  beforeAll(() => {
    const records = [{ ...clean[0], id: 'tiny', net: 'tiny' }, ...clean]
    for (const name of ['tiny.arrow', 'tiny.arrows']) writeDump(at(name), records, { rows: 16 })
  })

  it('is failed over two passes, of files and of shards', async () => {
    const { code } = await run('score', 'tiny.arrow', ...NETS, ...global, '--out', 'tiny')
    expect(code).toBe(1)
    const { models, failed } = documentIn('tiny')
    expect(failed).toEqual([tiny])
    expect(models).toEqual(await cleanModels(...global))

    const plan = ['tiny.arrow', ...NETS, ...global, '--shards', '2', '--out', 'tiny.json']
    expect((await run('plan', ...plan)).code).toBe(0)
    for (const [pass, ...radii] of [['radii'], ['statistics', '--radii', 'radii.state']]) {
      for (const i of [0, 1]) {
        const shard = ['--shard', `${i}/2`, '--pass', pass, '--state', `${pass}-${i}.state`, ...radii]
        expect((await run('score', '--plan', 'tiny.json', ...shard)).code).toBe(0)
      }
      const states = [`${pass}-1.state`, `${pass}-0.state`, '--pass', pass, ...radii]
      const to = pass === 'radii' ? ['--state', 'radii.state'] : ['--out', 'tiny-merged']
      const merged = await run('merge', '--plan', 'tiny.json', ...states, ...to)
      expect(merged.code, merged.stderr).toBe(pass === 'radii' ? 0 : 1)
    }
    expect(digestOfFile(at('tiny-merged/scores.json'))).toBe(digestOfFile(at('tiny/scores.json')))
  })

  it('is failed in a pipe', async () => {
    const args = ['score', '-', ...NETS, ...global, '--format', 'json']
    const { code, stdout } = await cli(args, { cwd: folder, input: readFileSync(at('tiny.arrows')) })
    expect(code).toBe(1)
    const { models, failed } = JSON.parse(stdout) as ScoreDocument
    expect(models.map(({ model }) => model)).toEqual(['left', 'right'])
    expect(failed).toEqual([tiny])
  })

  it('ends the run where there is no other', async () => {
    writeDump(at('one.arrow'), [clean[0]], { rows: 16 })
    const { code, stdout, stderr } = await run('score', 'one.arrow', ...global)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^attrstream: a global threshold of the top 0\.001 of \d+ windows is none of them; /,
    )
  })
})
