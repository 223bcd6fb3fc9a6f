import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, digestOfFile, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const records = makeRecords(120, 100)
const file = join(folder, 'maps.arrow')
const done = join(folder, 'done.state')

beforeAll(async () => {
  writeDump(file, records, { rows: 30 })
  const run = await cli(['score', file, '--checkpoint', done])
  expect(run.code).toBe(0)
  expect(run.stderr).not.toMatch(/going on/)
})

function at(name: string): string {
  return join(folder, name)
}

/** A copy of the finished checkpoint that a test may spoil. */
function copyOf(name: string): string {
  copyFileSync(done, at(name))
  return at(name)
}

describe('a checkpoint', () => {
  it('is gone on from by the same command, which says so', async () => {
    const run = await cli(['score', file, '--checkpoint', done, '--format', 'json'])
    expect(run.stderr).toMatch(/attrstream: resumed from 120 records \(4 batches\) of the checkpoint\n/)
    expect(JSON.parse(run.stdout).models[0].records).toBe(120)
  })

  it.each([
    [['--q', '0.8'], /was made with --q 0\.9, now --q 0\.8/],
    [['--k', '5'], /was made with --k 6, now --k 5;/],
    [['--convention', 'acme-synthetic'], /was made with .*--basis gram-schmidt.*, now .*--basis published/],
    [['--prior', 'uniform'], /prior/],
    [['--model', 'other'], /was made for model maps, not other/],
    [['--alphabet', 'TGCA'], /now --alphabet TGCA/],
  ])('of other options than %j is refused with both values and left as it is', async (more, said) => {
    const path = copyOf('options.state')
    const run = await cli(['score', file, '--checkpoint', path, ...more])
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(said)
    expect(run.stderr).toContain('options.state')
    expect(run.stderr).toMatch(/--restart to start over/)
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(run.stdout).toBe('')
    expect(readFileSync(path).equals(readFileSync(done))).toBe(true)
  })

  it('is used again with options that are applied to what it holds', async () => {
    const path = copyOf('late.state')
    const more = ['--pseudocount', '1', '--angular-prior', 'published', '--cells', 'interior']
    const run = await cli(['score', file, '--checkpoint', path, '--format', 'json', ...more])
    expect(run.stderr).toMatch(/resumed from 120 records/)
    const fresh = await cli(['score', file, '--format', 'json', ...more])
    expect(JSON.parse(run.stdout).models).toEqual(JSON.parse(fresh.stdout).models)
  })

  it('of changed data is refused by name with both fingerprints, and left as it is', async () => {
    const changed = at('changed')
    mkdirSync(changed)
    const path = copyOf('changed.state')
    writeDump(join(changed, 'maps.arrow'), makeRecords(120, 100, 2), { rows: 30 })
    const run = await cli(['score', join(changed, 'maps.arrow'), '--checkpoint', path])
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(
      /changed\.state: maps\.arrow has changed since: fingerprint [0-9a-f]{64} in 4 batches, expected [0-9a-f]{64} in 4/,
    )
    expect(readFileSync(path).equals(readFileSync(done))).toBe(true)

    const anew = await cli(['score', join(changed, 'maps.arrow'), '--checkpoint', path, '--restart'])
    expect(anew.code).toBe(0)
    expect(anew.stderr).not.toMatch(/going on/)
    expect(readFileSync(path).equals(readFileSync(done))).toBe(false)
    expect(readFileSync(`${path}.previous`).equals(readFileSync(done))).toBe(true)
  })

  it('of the same records cut otherwise is refused', async () => {
    const cut = at('cut')
    mkdirSync(cut)
    writeDump(join(cut, 'maps.arrow'), records, { rows: 29 })
    const run = await cli(['score', join(cut, 'maps.arrow'), '--checkpoint', done])
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(/in 5 batches, expected [0-9a-f]{64} in 4/)
  })

  it.each([
    ['a bit changed', (bytes: Buffer) => bytes.writeUInt8(bytes[bytes.length >> 1] ^ 1, bytes.length >> 1)],
    ['the end cut off', (bytes: Buffer) => bytes.subarray(0, 5000)],
    ['nothing in it', (bytes: Buffer) => bytes.subarray(0, 0)],
  ])('with %s is an error that names the good one before it', async (_, spoil) => {
    const path = copyOf('damaged.state')
    copyFileSync(done, `${path}.previous`)
    const bytes = readFileSync(path)
    const spoilt = spoil(bytes)
    writeFileSync(path, typeof spoilt === 'number' ? bytes : spoilt)
    const before = readFileSync(path)
    for (const args of [
      ['score', file, '--checkpoint', path],
      ['state', path],
    ]) {
      const run = await cli(args)
      expect(run.code).toBe(65)
      expect(run.stderr).toMatch(/the previous checkpoint .*damaged\.state\.previous is intact: rename it/)
    }
    expect(readFileSync(path).equals(before)).toBe(true)
    renameSync(`${path}.previous`, path)
    expect((await cli(['score', file, '--checkpoint', path])).stderr).toMatch(/resumed from 120/)
  })

  it('that is no checkpoint is an error, and left as it is', async () => {
    const text = at('notes.txt')
    writeFileSync(text, 'my notes\n')
    const run = await cli(['score', file, '--checkpoint', text])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/notes\.txt: is not a checkpoint; give another file/)
    expect(readFileSync(text, 'utf8')).toBe('my notes\n')
    const other = at('other.arrow')
    writeFileSync(other, readFileSync(file))
    const arrow = await cli(['score', file, '--checkpoint', other])
    expect(arrow.stderr).toMatch(/is an Arrow file but not a checkpoint/)
    expect(arrow.code).toBe(1)
  })

  it('is one for each model where there are several, and for each pass of a global threshold', async () => {
    const other = at('other.arrow')
    writeDump(other, records.slice(0, 50), { rows: 9 })
    const args = ['score', file, other, '--checkpoint', at('two.state'), '--convention', 'acme-atac']
    expect((await cli(args)).code).toBe(0)
    for (const name of [
      'two.state.maps',
      'two.state.maps.radii',
      'two.state.other',
      'two.state.other.radii',
    ]) {
      expect(existsSync(at(name)), name).toBe(true)
    }
    const again = await cli(args)
    expect(again.stderr.match(/resumed from/g)).toHaveLength(4)
  })

  it('holds nothing of a batch that failed', async () => {
    const bad = at('bad.arrow')
    const spoilt = records.map((record, i) => {
      if (i !== 70) return record
      const attributions = Float32Array.from(record.attributions)
      attributions[5] = Number.NaN
      return { ...record, attributions }
    })
    writeDump(bad, spoilt, { rows: 30 })
    for (const workers of ['1', '2']) {
      const path = at(`bad-${workers}.state`)
      const run = await cli(['score', bad, '--checkpoint', path, '--every', '1r', '--workers', workers])
      expect(run.code).toBe(1)
      expect(run.stderr).toMatch(/bad\.arrow batch 2 row 70 \(chr1:7000\): /)
      if (!existsSync(path)) continue
      const state = JSON.parse((await cli(['state', path, '--format', 'json'])).stdout)
      const ids = state.arrays.find(({ name }: { name: string }) => name === 'ids/keys')
      expect(ids.length).toBe(state.records)
      expect(state.records % 30).toBe(0)
    }
  })
})

describe('state', () => {
  it('says what a checkpoint is and holds', async () => {
    const { stdout, code } = await cli(['state', done])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /: state of attrstream score, complete\nmodel {5}maps\nrecords {3}120, from 4 of 4 batches\n/,
    )
    expect(stdout).toMatch(/\noptions {3}.*--k 6 .*--q 0\.9/)
    expect(stdout).toMatch(/\nwritten {3}\d{4}-\d\d-\d\d [\d:]{8} UTC by attrstream \d/)
    expect(stdout).toMatch(/maps\.arrow {2}batches \[0, 4\) of 4\n/)
    expect(stdout).not.toContain('uint32')
    const { stdout: more } = await cli(['state', done, '--verbose'])
    expect(more).toMatch(/maps\.arrow {2}[0-9a-f]{64}\n/)
    expect(more).toMatch(/maps\/spectrum\/kmers\/kmers\/low {2}uint32\[\d+\]/)
  })

  it('says so in JSON', async () => {
    const { stdout } = await cli(['state', done, '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({
      version: 2,
      pipeline: 'statistics',
      records: 120,
      complete: true,
    })
  })

  it('says where there is none', async () => {
    const { code, stderr } = await cli(['state', at('nowhere.state')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/nowhere\.state: no such checkpoint; check the path\n$/)
  })
})

it('is read by pyarrow', async ({ skip }) => {
  const script = `
import json, sys, pyarrow as pa
table = pa.ipc.open_file(sys.argv[1]).read_all()
header = json.loads(table.schema.metadata[b'attrstream.header'])
lengths = {name: len(table.column(name)[0]) for name in table.column_names}
tally = table.column('prior/low')[0].as_py()
print(json.dumps({'records': header['records'], 'lengths': lengths, 'kmers': sum(tally)}))`
  let out: string
  try {
    execFileSync('python3', ['-c', 'import pyarrow'], { stdio: 'ignore' })
  } catch {
    skip('python3 has no pyarrow')
  }
  out = execFileSync('python3', ['-c', script, done], { encoding: 'utf8' })
  const read = JSON.parse(out)
  expect(read.records).toBe(120)
  expect(read.kmers).toBeGreaterThan(9000)
  const state = JSON.parse((await cli(['state', done, '--format', 'json'])).stdout)
  for (const { name, length } of state.arrays) expect(read.lengths[name], name).toBe(length)
})

describe('a population of many files', () => {
  const parts = at('parts')
  const many = makeRecords(500, 60, 3)

  function write(target: string, from: number, to: number, ids = true): void {
    for (let i = from; i < to; i++) {
      const kind = i % 3 === 0 ? 'parquet' : 'arrow'
      writeDump(join(target, `part-${String(i).padStart(2, '0')}.${kind}`), many.slice(10 * i, 10 * i + 10), {
        rows: 4,
        ids,
      })
    }
  }

  function args(target: string, state: string, ...more: string[]): string[] {
    return [
      'score',
      target,
      '--model',
      'net',
      '--checkpoint',
      at(state),
      '--out',
      `${at(state)}-out`,
      ...more,
    ]
  }

  function scores(state: string): string {
    return digestOfFile(join(`${at(state)}-out`, 'scores.json'))
  }

  beforeAll(async () => {
    mkdirSync(parts)
    write(parts, 0, 40)
    expect((await cli(args(parts, 'grown.state'))).code).toBe(0)
    expect((await cli(args(parts, 'grown-global.state', '--convention', 'acme-atac'))).code).toBe(0)
    write(parts, 40, 50)
  })

  it('goes on with the files that are new', async () => {
    const run = await cli(args(parts, 'grown.state'))
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/resumed from 400 records \(120 batches\) of the checkpoint/)
    await cli(args(parts, 'fresh.state'))
    expect(scores('grown.state')).toBe(scores('fresh.state'))
    const state = JSON.parse((await cli(['state', at('grown.state'), '--format', 'json'])).stdout)
    expect(state.inputs).toHaveLength(50)
    expect(state.records).toBe(500)
  })

  it('does the second pass of a global threshold anew where the new files moved its cut, and says so', async () => {
    const run = await cli(args(parts, 'grown-global.state', '--convention', 'acme-atac'))
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/resumed from 400 records/)
    expect(run.stderr).toMatch(/moved the global threshold, so its second pass starts over/)
    await cli(args(parts, 'fresh-global.state', '--convention', 'acme-atac'))
    expect(scores('grown-global.state')).toBe(scores('fresh-global.state'))
  })

  it('refuses one that changed, by name', async () => {
    const changed = at('parts-changed')
    cpSync(parts, changed, { recursive: true })
    writeDump(join(changed, 'part-07.arrow'), many.slice(0, 10), { rows: 4 })
    const run = await cli(args(changed, 'grown.state'))
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(/part-07\.arrow has changed since/)
  })

  it('refuses to go on without one that it covers, by name', async () => {
    const fewer = at('parts-fewer')
    mkdirSync(fewer)
    write(fewer, 0, 30)
    const run = await cli(args(fewer, 'grown.state'))
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(/covers part-30\.parquet, which is no longer among the inputs/)
  })

  it('knows them again in another order, in another folder, and one folder further down', async () => {
    const moved = at('moved')
    cpSync(parts, join(moved, 'first'), { recursive: true })
    mkdirSync(join(moved, 'second'))
    writeDump(join(moved, 'second', 'more.arrow'), makeRecords(20, 60, 4), { rows: 20 })
    copyFileSync(at('grown.state'), at('moved.state'))
    const inputs = [join(moved, 'second'), join(moved, 'first')]
    const run = await cli(['score', ...inputs, ...args('x', 'moved.state').slice(2)])
    expect(run.stderr).toMatch(/resumed from 500 records/)
    expect(run.code).toBe(0)
    const state = JSON.parse((await cli(['state', at('moved.state'), '--format', 'json'])).stdout)
    expect(state.records).toBe(520)
    expect(state.inputs.map(({ name }: { name: string }) => name)).toContain('first/part-07.arrow')
  })

  it('makes ids of file and row where files have none, and refuses to go on from those of a lone file', async () => {
    const nameless = at('nameless')
    mkdirSync(nameless)
    write(nameless, 1, 2, false)
    const lone = await cli(args(nameless, 'nameless.state'))
    expect(lone.code).toBe(0)
    write(nameless, 2, 4, false)
    const run = await cli(args(nameless, 'nameless.state'))
    expect(run.code).toBe(78)
    expect(run.stderr).toMatch(/ids were made from row and would now be made from file and row/)
    expect((await cli(args(nameless, 'nameless.state', '--restart'))).code).toBe(0)
    const ok = await cli(args(nameless, 'nameless.state'))
    expect(ok.stderr).toMatch(/resumed from 30 records/)
    expect(ok.stderr).not.toMatch(/more than once/)
  })

  it('tells files of one name in several folders apart', async () => {
    for (const fold of ['fold-0', 'fold-1']) {
      mkdirSync(at(fold))
      writeDump(join(at(fold), 'maps.arrow'), many.slice(0, 20), { rows: 20, ids: false })
    }
    const run = await cli(['score', at('fold-0'), at('fold-1'), '--model', 'net'])
    expect(run.code).toBe(0)
    expect(run.stderr).not.toMatch(/more than once/)
  })

  it('refuses a file that is given twice', async () => {
    const path = join(parts, 'part-01.arrow')
    for (const more of [[], ['--model', 'net']]) {
      const run = await cli(['score', path, path, ...more])
      expect(run.code).toBe(2)
      expect(run.stderr).toMatch(/part-01\.arrow.* twice; give each file once/)
    }
  })
})
