import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, type CliRun, digestOfFile, startCli, temporaryFolder, until } from '../support/cli.js'
import { makeRecords, randomFrom, shuffled, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const dump = join(folder, 'dump')
const plan = join(folder, 'plan.json')
const SHARDS = 5
let expected: string

function at(name: string): string {
  return join(folder, name)
}

/** Folds a shard; the state is `<name>-<i>.state`. */
function shard(i: number, name = 'part', ...more: string[]): Promise<CliRun> {
  return cli([
    'score',
    '--plan',
    plan,
    '--shard',
    `${i}/${SHARDS}`,
    '--state',
    at(`${name}-${i}.state`),
    ...more,
  ])
}

function states(...indices: number[]): string[] {
  return (indices.length > 0 ? indices : [...Array(SHARDS).keys()]).map(i => at(`part-${i}.state`))
}

function merge(...args: string[]): Promise<CliRun> {
  return cli(['merge', '--plan', plan, ...args])
}

beforeAll(async () => {
  mkdirSync(dump)
  const records = makeRecords(240, 100)
  writeDump(join(dump, 'a.arrow'), records.slice(0, 100), { rows: 9 })
  writeDump(join(dump, 'b.parquet'), records.slice(100, 190), { rows: 20 })
  writeDump(join(dump, 'c.arrows'), records.slice(190), { rows: 50 })
  expect((await cli(['score', dump, '--model', 'net', '--out', at('whole')])).code).toBe(0)
  expected = digestOfFile(at('whole/scores.json'))
  const made = await cli(['plan', dump, '--model', 'net', '--shards', String(SHARDS), '--out', plan])
  expect(made.stderr).toMatch(/plan [0-9a-f]{16}: 5 shards over 18 batches of 3 files/)
  for (let i = 0; i < SHARDS; i++) expect((await shard(i)).code).toBe(0)
})

describe('merge', () => {
  it('puts all shards together, in any order', async () => {
    const run = await merge(...shuffled(randomFrom(1), states()), '--out', at('merged'))
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/net +240/)
    expect(digestOfFile(at('merged/scores.json'))).toBe(expected)
    const { provenance } = JSON.parse(readFileSync(at('merged/scores.json'), 'utf8'))
    expect(provenance.plan).toBe(JSON.parse(readFileSync(plan, 'utf8')).id)
    expect(provenance.inputs.map(({ name }: { name: string }) => name)).toEqual([
      'a.arrow',
      'b.parquet',
      'c.arrows',
    ])
  })

  it('puts merged states together, in any tree', async () => {
    const left = await merge(...states(3, 0), '--state', at('left.state'))
    expect(left.code).toBe(0)
    expect(left.stderr).toMatch(/left\.state holds 2 of the 5 shards/)
    expect((await merge(...states(4, 1), '--state', at('right.state'))).code).toBe(0)
    const run = await merge(
      at('right.state'),
      ...states(2),
      at('left.state'),
      '--out',
      at('tree'),
      '--state',
      at('all.state'),
    )
    expect(run.code).toBe(0)
    expect(digestOfFile(at('tree/scores.json'))).toBe(expected)
    expect((await merge(at('all.state'), '--out', at('tree-2'))).code).toBe(0)
    expect(digestOfFile(at('tree-2/scores.json'))).toBe(expected)
    const state = await cli(['state', at('left.state')])
    expect(state.stdout).toMatch(/plan {6}[0-9a-f]{64}, merged/)
  })

  it('takes the states from a list', async () => {
    writeFileSync(at('list.txt'), `${states(0, 1, 2).join('\n')}\n\n`)
    const run = await merge(...states(3, 4), '--list', at('list.txt'), '--out', at('listed'))
    expect(run.code).toBe(0)
    expect(digestOfFile(at('listed/scores.json'))).toBe(expected)
  })

  it('exits 3 and names the shards that are missing', async () => {
    const run = await merge(...states(0, 3))
    expect(run.code).toBe(3)
    expect(run.stderr).toMatch(/shards 1-2,4 of 5 are missing; run them, or use --partial/)
    expect(run.stdout).toBe('')
    expect((await merge()).code).toBe(3)
  })

  it('goes on without them where it is asked to, and says so in the result', async () => {
    const run = await merge(...states(0, 3), '--partial', '--out', at('partial'), '--format', 'json')
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/partial: shards 1-2,4 of 5 are missing/)
    const document = JSON.parse(readFileSync(at('partial/scores.json'), 'utf8'))
    expect(document.partial).toEqual({ missing_shards: [1, 2, 4], of: 5 })
    expect(JSON.parse(run.stdout).partial).toEqual(document.partial)
    expect(document.models[0].records).toBeLessThan(240)
    expect(JSON.parse(readFileSync(at('merged/scores.json'), 'utf8')).partial).toBeUndefined()
  })

  it('exits 4 and names the units that are counted twice', async () => {
    const run = await merge(...states(), at('part-2.state'))
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/part-2\.state: .*batches \[\d+, \d+\) are counted twice/)
    await merge(...states(0, 1), '--state', at('twice.state'))
    expect((await merge(...states(1, 2), at('twice.state'))).code).toBe(4)
  })

  it('exits 65 for a damaged state', async () => {
    const bytes = readFileSync(at('part-0.state'))
    writeFileSync(at('cut.state'), bytes.subarray(0, bytes.length - 1000))
    const run = await merge(at('cut.state'), ...states(1, 2, 3, 4))
    expect(run.code).toBe(65)
    expect(run.stderr).toMatch(/cut\.state/)
    writeFileSync(at('plan-cut.json'), readFileSync(plan, 'utf8').slice(0, 400))
    expect((await cli(['merge', '--plan', at('plan-cut.json'), ...states()])).code).toBe(65)
  })

  it('exits 75 where the result cannot be written', async () => {
    const run = await merge(...states(), '--state', at('nowhere/all.state'))
    expect(run.code).toBe(75)
    expect(run.stderr).toMatch(/its folder does not exist/)
  })

  it.each([
    ['other shards', ['--shards', '4']],
    ['other options', ['--shards', '5', '--q', '0.8']],
    ['another model', ['--shards', '5', '--model', 'other']],
  ])('exits 78 for the state of a plan of %s', async (_, more) => {
    const other = at('other.json')
    expect(
      (
        await cli(
          ['plan', dump, '--model', 'net', ...more, '--out', other].filter(
            (arg, i, all) =>
              !(arg === '--model' && all.indexOf('--model', i + 1) > 0) &&
              !(arg === 'net' && all.includes('other')),
          ),
        )
      ).code,
    ).toBe(0)
    const run = await cli(['merge', '--plan', other, ...states()])
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(/part-0\.state: (?:belongs to|was made) /)
  })

  it('exits 78 for a state of no plan, 1 for a state that is not there', async () => {
    await cli(['score', dump, '--model', 'net', '--checkpoint', at('free.state')])
    const free = await merge(at('free.state'))
    expect(free.code).toBe(78)
    expect(free.stderr).toMatch(/belongs to no plan, not plan/)
    expect((await merge(at('not-there.state'))).code).toBe(1)
  })
})

describe('a shard', () => {
  it.each(['5/5', '0/4', '-1/5', 'x', '1'])('%s is a usage error', async text => {
    const run = await cli(['score', '--plan', plan, `--shard=${text}`, '--state', at('wrong.state')])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/expected i\/5 with 0 <= i < 5/)
  })

  it('needs its state and takes no inputs', async () => {
    expect((await cli(['score', '--plan', plan, '--shard', '0/5'])).code).toBe(2)
    expect(
      (await cli(['score', dump, '--plan', plan, '--shard', '0/5', '--state', at('x.state')])).code,
    ).toBe(2)
  })

  it('logs lines with time, host, plan and shard, and prints nothing', async () => {
    const run = await shard(1, 'log')
    expect(run.stdout).toBe('')
    for (const line of run.stderr.trimEnd().split('\n')) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \S+ plan [0-9a-f]{16} shard 1\/5: /)
    }
    expect(run.stderr).toMatch(/done: \d+ records in \d+ batches/)
  })

  it('that is done exits 0 at once, its state untouched, and deletes a checkpoint left over', async () => {
    const before = readFileSync(at('part-1.state'))
    writeFileSync(at('part-1.state.checkpoint'), 'left over')
    const run = await shard(1)
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/part-1\.state is already complete/)
    expect(existsSync(at('part-1.state.checkpoint'))).toBe(false)
    expect(readFileSync(at('part-1.state')).equals(before)).toBe(true)
  })

  it('can run in two processes at once', async () => {
    const runs = await Promise.all([shard(2, 'both'), shard(2, 'both'), shard(2, 'both')])
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(readFileSync(at('both-2.state')).equals(readFileSync(at('part-2.state')))).toBe(true)
    expect(readdirSync(folder).filter(name => name.includes('both'))).toEqual(['both-2.state'])
  })

  it('whose state is damaged is done again; whose state is of another plan is refused', async () => {
    const bytes = readFileSync(at('part-3.state'))
    writeFileSync(at('redo-3.state'), bytes.subarray(0, 3000))
    const run = await shard(3, 'redo')
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/redo-3\.state: .*; it is made again/)
    expect(readFileSync(at('redo-3.state')).equals(bytes)).toBe(true)

    copyFileSync(at('part-3.state'), at('wrong-4.state'))
    const wrong = await shard(4, 'wrong')
    expect(wrong.code).toBe(78)
    expect(wrong.stderr).toMatch(/is of shard 3, expected shard 4/)
    const other = at('plan-of-4.json')
    await cli(['plan', dump, '--model', 'net', '--shards', '4', '--out', other])
    const args = ['score', '--plan', other, '--shard', '3/4', '--state', at('part-3.state')]
    expect((await cli(args)).code).toBe(78)
    expect(readFileSync(at('part-3.state')).equals(bytes)).toBe(true)
  })

  it.each([
    ['damaged', (path: string) => writeFileSync(path, readFileSync(at('part-0.state')).subarray(0, 2000))],
    ['foreign', (path: string) => writeFileSync(path, 'not a checkpoint')],
    ['of another shard', (path: string) => copyFileSync(at('part-0.state'), path)],
  ])('ignores a %s checkpoint', async (kind, spoil) => {
    const name = `spoilt ${kind}`
    spoil(at(`${name}-1.state.checkpoint`))
    const run = await shard(1, name)
    expect(run.code).toBe(0)
    expect(readFileSync(at(`${name}-1.state`)).equals(readFileSync(at('part-1.state')))).toBe(true)
    expect(existsSync(at(`${name}-1.state.checkpoint`))).toBe(false)
  })

  it('exits 75 where the folder of its state is missing', async () => {
    const run = await cli(['score', '--plan', plan, '--shard', '0/5', '--state', at('missing/0.state')])
    expect(run.code).toBe(75)
  })

  it('of changed data is refused by name', async () => {
    const copy = at('changed')
    cpSync(dump, copy, { recursive: true })
    writeDump(join(copy, 'a.arrow'), makeRecords(100, 100, 9), { rows: 9 })
    const run = await shard(0, 'changed', '--root', copy)
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(
      /changed\/a\.arrow: is not the file of the plan: \d+ bytes with fingerprint [0-9a-f]{64}, expected/,
    )
  })
})

describe('signals in a shard', () => {
  it('leave a checkpoint that the next run goes on from, elsewhere where asked to', async () => {
    const big = at('big')
    mkdirSync(big)
    writeDump(join(big, 'maps.arrow'), makeRecords(3000, 300), { rows: 8 })
    await cli(['plan', big, '--shards', '2', '--out', at('big.json')])
    const checkpoints = at('checkpoints')
    mkdirSync(checkpoints)
    const args = (state: string) => [
      'score',
      '--plan',
      at('big.json'),
      '--shard',
      '1/2',
      '--state',
      at(state),
      '--checkpoint-dir',
      checkpoints,
      '--every',
      '1r',
    ]
    // Without V8's compilers and without kernels the shard lasts long enough to be stopped.
    const { child, ended } = startCli(args('big.state'), {
      node: ['--no-opt', '--no-sparkplug'],
      env: { ATTRSTREAM_KERNELS: 'typescript' },
    })
    await until(
      () => readdirSync(checkpoints).some(name => name.endsWith('.checkpoint')),
      'there is a checkpoint',
    )
    child.kill('SIGTERM')
    const run = await ended
    expect(run.code).toBe(143)
    expect(run.stderr).toMatch(/stopped by SIGTERM; run the shard again to resume/)
    expect(existsSync(at('big.state'))).toBe(false)
    const [name] = readdirSync(checkpoints)
    expect(name).toMatch(/^[0-9a-f]{16}-statistics-1\.checkpoint$/)
    const again = await cli(args('big.state'))
    expect(again.code).toBe(0)
    expect(again.stderr).toMatch(/resumed from \d+ records/)
    expect(readdirSync(checkpoints)).toEqual([])
    await cli(['score', '--plan', at('big.json'), '--shard', '1/2', '--state', at('big-whole.state')])
    expect(readFileSync(at('big.state')).equals(readFileSync(at('big-whole.state')))).toBe(true)
  })
})

describe('a plan', () => {
  it('lists its shards', async () => {
    const { stdout } = await cli(['plan', '--show', plan])
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toBe('shard\tfile\tbatches\trows\tbytes')
    expect(new Set(rows.map(row => row.split('\t')[0]))).toEqual(new Set(['0', '1', '2', '3', '4']))
    expect(rows.reduce((sum, row) => sum + Number(row.split('\t')[3]), 0)).toBe(240)
  })

  it('has the same id wherever it is made and the files are', async () => {
    const copy = at('elsewhere')
    cpSync(dump, copy, { recursive: true })
    mkdirSync(at('plans'))
    const run = await cli(['plan', '../elsewhere', '--model', 'net', '--shards', '5', '--out', 'plan.json'], {
      cwd: at('plans'),
    })
    expect(run.code).toBe(0)
    const id = (path: string) => JSON.parse(readFileSync(path, 'utf8')).id
    expect(id(at('plans/plan.json'))).toBe(id(plan))
    expect(readFileSync(plan, 'utf8')).not.toContain(basename(folder))
    const args = ['score', '--plan', at('plans/plan.json'), '--shard', '0/5']
    for (const [name, more, cwd] of [
      ['hint', [], '/'],
      ['root', ['--root', dump], at('plans')],
      ['relative', ['--root', '../dump'], at('plans')],
    ] as const) {
      const state = at(`${name}.state`)
      expect((await cli([...args, '--state', state, ...more], { cwd })).code).toBe(0)
      expect(readFileSync(state).equals(readFileSync(at('part-0.state'))), name).toBe(true)
    }
  })

  it('may have more shards than units', async () => {
    const wide = at('wide.json')
    await cli(['plan', join(dump, 'b.parquet'), '--model', 'net', '--shards', '9', '--out', wide])
    const all: string[] = []
    for (let i = 0; i < 9; i++) {
      const state = at(`wide-${i}.state`)
      expect((await cli(['score', '--plan', wide, '--shard', `${i}/9`, '--state', state])).code).toBe(0)
      all.push(state)
    }
    const run = await cli(['merge', '--plan', wide, ...all, '--out', at('wide')])
    expect(run.code).toBe(0)
    await cli(['score', join(dump, 'b.parquet'), '--model', 'net', '--out', at('b')])
    expect(digestOfFile(at('wide/scores.json'))).toBe(digestOfFile(at('b/scores.json')))
  })

  it('is refused where it is wrong', async () => {
    expect((await cli(['plan', dump, '--out', at('p.json'), '--shards', '0'])).code).toBe(2)
    expect((await cli(['plan', dump, '--out', at('p.json'), '--shards', 'x'])).code).toBe(2)
    expect((await cli(['plan', dump])).code).toBe(2)
    expect((await cli(['plan', '--out', at('p.json')])).code).toBe(2)
    expect((await cli(['plan', '-', '--out', at('p.json')])).code).toBe(2)
    expect((await cli(['plan', dump, '--out', at('nowhere/p.json')])).code).toBe(75)
    expect((await cli(['plan', '--show', at('not-there.json')])).code).toBe(1)
  })
})

describe('a global threshold over shards', () => {
  const wide = at('global.json')
  const run = (i: number, pass: string, ...more: string[]) =>
    cli([
      'score',
      '--plan',
      wide,
      '--shard',
      `${i}/3`,
      '--pass',
      pass,
      '--state',
      at(`${pass}-${i}.state`),
      ...more,
    ])

  it('is exact, over a first pass that merges radii and a second that uses them', async () => {
    await cli(['score', dump, '--model', 'net', '--convention', 'acme-atac', '--out', at('global-whole')])
    const made = await cli([
      'plan',
      dump,
      '--model',
      'net',
      '--convention',
      'acme-atac',
      '--shards',
      '3',
      '--out',
      wide,
    ])
    expect(made.stderr).toMatch(/its global threshold needs --pass radii first/)

    const early = await run(0, 'statistics')
    expect(early.code).toBe(2)
    expect(early.stderr).toMatch(/--pass radii, merge them, and give --radii/)

    for (let i = 0; i < 3; i++) expect((await run(i, 'radii')).code).toBe(0)
    const radii = at('radii.state')
    const part = ['merge', '--plan', wide, '--pass', 'radii']
    expect((await cli([...part, at('radii-0.state')])).code).toBe(2)
    expect((await cli([...part, at('radii-0.state'), '--state', radii])).code).toBe(0)
    const incomplete = await run(0, 'statistics', '--radii', radii)
    expect(incomplete.code).toBe(3)
    expect(incomplete.stderr).toMatch(/shards 1-2 of 3 are missing/)
    const merged = await cli([...part, radii, at('radii-2.state'), at('radii-1.state'), '--state', radii])
    expect(merged.code).toBe(0)

    for (let i = 0; i < 3; i++) expect((await run(i, 'statistics', '--radii', radii)).code).toBe(0)
    const all = [2, 0, 1].map(i => at(`statistics-${i}.state`))
    expect((await cli(['merge', '--plan', wide, ...all])).code).toBe(2)
    const last = await cli(['merge', '--plan', wide, '--radii', radii, ...all, '--out', at('global')])
    expect(last.code).toBe(0)
    expect(digestOfFile(at('global/scores.json'))).toBe(digestOfFile(at('global-whole/scores.json')))
    const mixed = await cli(['merge', '--plan', wide, '--radii', radii, at('radii-0.state')])
    expect(mixed.code).toBe(78)
    rmSync(radii)
  })
})
