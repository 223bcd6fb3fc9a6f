import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliOptions, digestOfFile, startCli, temporaryFolder } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'
import { type Behaviour, testServer } from '../../support/server.js'

// Files on a server score as they do here, to the last bit, past all that a network does.

const server = testServer()
/** A process of its own: the server answers from this one. */
const cli = (args: readonly string[], options: CliOptions) => startCli(args, options).ended
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const kept = { ...process.env }
const names = ['maps.arrow', 'maps.arrows', 'maps.parquet']
const rough: readonly Behaviour[] = [
  'answer',
  '503',
  'drop',
  'answer',
  'short',
  'refuse',
  'drop',
  '429 come again',
]

let expected = ''
const files = () => Object.fromEntries(names.map(name => [name, { bytes: readFileSync(at(name)) }]))

beforeAll(async () => {
  process.env['ATTRSTREAM_REMOTE_PAUSE_MS'] = '1'
  // No server here stalls, but a busy machine may.
  process.env['ATTRSTREAM_REMOTE_STALL_SECONDS'] = '60'
  // More than a rough server refuses in all: however two workers share its turns, neither meets so many in a row.
  process.env['ATTRSTREAM_REMOTE_ATTEMPTS'] = '20'
  const records = makeRecords(600, 400)
  for (const name of names) writeDump(at(name), records, { rows: 50 })
  const run = await cli(['score', 'maps.arrow', '--model', 'm', '--out', 'here'], { cwd: folder })
  expect(run.code, run.stderr).toBe(0)
  expected = digestOfFile(at('here/scores.json'))
})
afterAll(() => {
  process.env = kept
})

async function scored(args: readonly string[], out: string): Promise<string> {
  const run = await cli(['score', ...args, '--model', 'm', '--out', out], { cwd: folder })
  expect(run.code, run.stderr).toBe(0)
  return digestOfFile(at(`${out}/scores.json`))
}

describe('over http', () => {
  it.each(names)('%s scores as it does here, in few requests', async name => {
    server.serve(files())
    expect(await scored([server.url(name)], `plain-${name}`)).toBe(expected)
    expect(server.requests.length).toBeLessThan(40)
    expect(server.requests.every(({ range }) => range !== undefined)).toBe(true)
  })

  it.each(names)('%s does so from a rough server too, by two workers', async name => {
    const { bytes } = files()[name]
    server.serve({ [name]: { bytes, behaviours: [...rough, ...rough] } })
    expect(await scored([server.url(name), '--workers', '2'], `rough-${name}`)).toBe(expected)
  })

  it('goes on from a checkpoint, and refuses one of a file that changed', async () => {
    server.serve(files())
    const args = [server.url('maps.parquet'), '--checkpoint', 'remote.state']
    expect(await scored(args, 'first')).toBe(expected)
    server.serve(files())
    expect(await scored(args, 'second')).toBe(expected)
    // A query may be another each time, as signatures are.
    expect(await scored([`${args[0]}?signature=1`, ...args.slice(1)], 'third')).toBe(expected)
    server.serve({ 'maps.parquet': { bytes: files()['maps.arrow'].bytes } })
    const other = await cli(['score', ...args, '--model', 'm'], { cwd: folder })
    expect([other.code, other.stderr]).toEqual([78, expect.stringContaining('has changed since')])
  })

  it('is planned, sharded and merged', async () => {
    server.serve(files())
    const plan = ['plan', server.url('maps.parquet'), '--model', 'm', '--shards', '2', '--out', 'plan.json']
    expect((await cli(plan, { cwd: folder })).code).toBe(0)
    for (const shard of ['0', '1']) {
      const args = ['score', '--plan', 'plan.json', '--shard', `${shard}/2`, '--state', `${shard}.state`]
      const run = await cli(args, { cwd: folder })
      expect(run.code, run.stderr).toBe(0)
    }
    const merge = ['merge', '--plan', 'plan.json', '0.state', '1.state', '--out', 'merged']
    expect((await cli(merge, { cwd: folder })).code).toBe(0)
    expect(digestOfFile(at('merged/scores.json'))).toBe(expected)
  })

  it('is inspected and converted, and its models are named by its files', async () => {
    server.serve(files())
    const url = `${server.url('maps.parquet')}?token=secret`
    const inspected = await cli(['inspect', url], { cwd: folder })
    expect(inspected.code, inspected.stderr).toBe(0)
    const converted = await cli(['convert', url, '-o', 'copy.arrow', '--verify'], { cwd: folder })
    expect(converted.stderr).toContain('holds 600 records')
    expect(await scored(['copy.arrow'], 'copy')).toBe(expected)
    const run = await cli(['score', url, '--out', 'named'], { cwd: folder })
    expect(run.stdout).toMatch(/^1  maps +600/m)
    const written = ['scores.json', 'scores.csv'].map(name => readFileSync(at(`named/${name}`), 'utf8'))
    expect(written.join()).not.toContain('secret')
    expect(written[0]).toContain('/maps.parquet')
  })

  it('an Arrow stream of a server without ranges is read as a pipe; a file is an error', async () => {
    const served = Object.fromEntries(
      Object.entries(files()).map(([name, { bytes }]) => [
        name,
        { bytes, behaviours: ['ignore ranges'] as const, forever: true },
      ]),
    )
    server.serve(served)
    expect(await scored([server.url('maps.arrows')], 'streamed')).toBe(expected)
    const run = await cli(['score', server.url('maps.parquet')], { cwd: folder })
    expect([run.code, run.stderr]).toEqual([
      1,
      expect.stringMatching(
        /maps\.parquet: the server ignores requests for a part of a file .*download the file/,
      ),
    ])
    const saved = await cli(['score', server.url('maps.arrows'), '--checkpoint', 's.state'], { cwd: folder })
    expect([saved.code, saved.stderr]).toEqual([2, expect.stringContaining('cannot be read again')])
    expect(existsSync(at('s.state'))).toBe(false)
  })

  it('gives priors as FASTA, plain and gzip', async () => {
    const fasta = makeRecords(50, 400)
      .map(({ id, sequence }) => `>${id}\n${sequence}\n`)
      .join('')
    const priors = { 'prior.fa': Buffer.from(fasta), 'prior.fa.gz': gzipSync(fasta) }
    server.serve({
      ...files(),
      ...Object.fromEntries(Object.entries(priors).map(([name, bytes]) => [name, { bytes }])),
    })
    const results: unknown[] = []
    for (const name of Object.keys(priors)) {
      const run = await cli(
        ['score', 'maps.arrow', '--prior', server.url(name), '--pseudocount', '1', '--format', 'csv'],
        {
          cwd: folder,
        },
      )
      expect(run.code, run.stderr).toBe(0)
      results.push(run.stdout.replaceAll(name, 'prior'))
    }
    expect(results[0]).toBe(results[1])
  })

  it.each([
    ['503', 75, /the server answers 503, 4 times in a row; try again later/],
    ['404', 1, /no such file \(status 404\)/],
    ['403', 1, /may not be read \(status 403\)/],
  ] as const)('%s for ever ends with the code for it', async (behaviour, code, said) => {
    server.serve({ maps: { bytes: new Uint8Array(10), behaviours: [behaviour], forever: true } })
    const env = { ATTRSTREAM_REMOTE_ATTEMPTS: '4' }
    const run = await cli(['score', server.url('maps')], { cwd: folder, env })
    expect(run.stderr).toMatch(said)
    expect(run.code).toBe(code)
  })
})
