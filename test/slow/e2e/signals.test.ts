import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, digestOfFile, pause, startCli, temporaryFolder, until } from '../../support/cli.js'
import { DIST } from '../../support/dist.js'
import { between, makeRecords, randomFrom, writeDump } from '../../support/dumps.js'

const folder = temporaryFolder()
const file = join(folder, 'maps.arrow')
let expected: string
/** How long a whole run takes here. */
let wholeMs: number

function args(name: string, ...more: string[]): string[] {
  const checkpoint = join(folder, `${name}.state`)
  const out = join(folder, name)
  return ['score', file, '--checkpoint', checkpoint, '--every', '1r', '--out', out, ...more]
}

function scores(name: string): string {
  return digestOfFile(join(folder, name, 'scores.json'))
}

/** When a file was last replaced; 0 where it is not there. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

beforeAll(async () => {
  writeDump(file, makeRecords(20_000, 400), { rows: 8 })
  const begun = performance.now()
  const { code } = await cli(['score', file, '--out', join(folder, 'whole')])
  expect(code).toBe(0)
  wholeMs = performance.now() - begun
  expected = scores('whole')
})

describe.each(['SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGXCPU'] as const)('%s', signal => {
  it.each([1, 2])('saves, says how to go on and exits 128 + n, with %i workers', async workers => {
    const name = `${signal}-${workers}`
    const checkpoint = join(folder, `${name}.state`)
    const { child, ended } = startCli(args(name, '--workers', String(workers)))
    await until(() => existsSync(checkpoint), 'there is a checkpoint')
    child.kill(signal)
    const run = await ended
    expect(run.code).toBe(128 + constants.signals[signal])
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(
      new RegExp(
        `stopped by ${signal} after \\d+ of 2500 batches; saved in .*${name}\\.state; run the same command to resume`,
      ),
    )
    expect(run.stderr).not.toMatch(/Debugger/)

    const again = await cli(args(name, '--workers', String(workers)))
    expect(again.code).toBe(0)
    expect(again.stderr).toMatch(/resumed from \d+ records \(\d+ batch(?:es)?\) of the checkpoint/)
    expect(scores(name)).toBe(expected)
  })
})

it('goes on in the first pass of a global threshold where a signal came in it', async () => {
  const options = ['--convention', 'acme-atac']
  await cli(['score', file, '--out', join(folder, 'global'), ...options])
  const { child, ended } = startCli(args('radii', ...options))
  await until(() => existsSync(join(folder, 'radii.state.radii')), 'there is a checkpoint')
  child.kill('SIGTERM')
  expect((await ended).code).toBe(143)
  expect(existsSync(join(folder, 'radii.state'))).toBe(false)
  expect((await cli(args('radii', ...options))).stderr).toMatch(/resumed from/)
  expect(scores('radii')).toBe(scores('global'))
})

it('gives the same bytes after kill -9 at 20 random moments', { timeout: 240_000 }, async () => {
  const random = randomFrom(20)
  const checkpoint = join(folder, 'killed.state')
  const workers = () => ['--workers', String(between(random, 1, 2))]
  let kills = 0
  let midway = 0
  let finished = 0
  for (let run = 0; kills < 20; run++) {
    const before = changed(checkpoint)
    const { child, ended } = startCli(args('killed', ...workers()))
    // In turns at any moment at all, and while it saves.
    if (run % 2 === 0) await pause(between(random, 0, wholeMs))
    else {
      await until(() => changed(checkpoint) !== before || child.exitCode !== null, 'it saves or ends')
      await pause(between(random, 0, wholeMs / 5))
    }
    child.kill('SIGKILL')
    const { code, signal, stderr } = await ended
    if (signal === 'SIGKILL') {
      kills++
      if (existsSync(checkpoint)) midway++
      continue
    }
    expect(code, stderr).toBe(0)
    expect(scores('killed')).toBe(expected)
    finished++
    for (const path of [checkpoint, `${checkpoint}.previous`]) rmSync(path, { force: true })
    rmSync(join(folder, 'killed'), { recursive: true })
  }
  expect((await cli(args('killed', ...workers()))).code).toBe(0)
  expect(scores('killed')).toBe(expected)
  expect(midway).toBeGreaterThanOrEqual(5)
  expect(finished).toBeLessThan(60)
})

it('ignores every signal after the first but a second SIGINT, which quits at once', async () => {
  const script = `
    import { onStopSignal } from ${JSON.stringify(pathToFileURL(join(DIST, 'cli/job/signals.js')).href)}
    onStopSignal(signal => process.stdout.write('stop ' + signal + '\\n'))
    setInterval(() => {}, 1000)
    process.stdout.write('ready\\n')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  await until(() => out.includes('ready'), 'it is ready')
  child.kill('SIGTERM')
  await until(() => out.includes('stop SIGTERM'), 'the first signal arrives')
  for (const signal of ['SIGTERM', 'SIGUSR1', 'SIGTERM', 'SIGXCPU', 'SIGCONT', 'SIGINT'] as const) {
    child.kill(signal)
    await pause(30)
  }
  expect(child.exitCode).toBe(null)
  expect(out).toBe('ready\nstop SIGTERM\n')
  await pause(100) // one that comes at once is the same, sent to the process and to its group
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})

it('saves all the same where SIGTERM comes again and again', async () => {
  const { child, ended } = startCli(args('again'))
  await until(() => existsSync(join(folder, 'again.state')), 'there is a checkpoint')
  const repeat = setInterval(() => child.kill('SIGTERM'), 10)
  const run = await ended
  clearInterval(repeat)
  expect(run.code).toBe(143)
  expect(run.stderr).toMatch(/saved in/)
  expect((await cli(args('again'))).code).toBe(0)
  expect(scores('again')).toBe(expected)
})

it('ends at once where a pipe gives nothing', async () => {
  const { child, ended } = startCli(['score', '-', '--log', 'json'], { hold: true })
  let told = ''
  child.stderr?.on('data', (text: string) => (told += text))
  await until(() => told.includes('"begin"'), 'it begins')
  await pause(500)
  child.kill('SIGTERM')
  const run = await ended
  expect(run.code).toBe(143)
  expect(run.stderr).toMatch(/stopped by SIGTERM; input from a pipe cannot be resumed/)
})

describe('where the checkpoint cannot be written', () => {
  it('goes on, keeps the last good checkpoint, prints the scores, and does not exit 0', async () => {
    // A folder that is a link, which comes to lead nowhere while the run goes on.
    const checkpoint = join(folder, 'link', 'run.state')
    symlinkSync(folder, join(folder, 'link'))
    const { ended } = startCli([
      'score',
      file,
      '--checkpoint',
      checkpoint,
      '--every',
      '1r',
      '--workers',
      '1',
      '--format',
      'json',
    ])
    await until(() => existsSync(join(folder, 'run.state')), 'there is a checkpoint')
    unlinkSync(join(folder, 'link'))
    const run = await ended
    expect(run.code).toBe(75)
    expect(run.stderr).toMatch(/checkpoint not saved: .*its folder does not exist \(ENOENT\)/)
    expect(JSON.parse(run.stdout).models[0].records).toBe(20_000)
    const state = await cli(['state', join(folder, 'run.state')])
    expect(state.code).toBe(0)
    expect(state.stdout).toMatch(/, to be resumed$/m)
    symlinkSync(folder, join(folder, 'link'))
    const out = join(folder, 'run')
    const again = await cli(['score', file, '--checkpoint', checkpoint, '--out', out])
    expect(again.code).toBe(0)
    expect(again.stderr).toMatch(/resumed from/)
    expect(scores('run')).toBe(expected)
  })

  it('does so where files may not grow that large, and leaves no half file', async () => {
    const small = join(folder, 'small.state')
    const limited = { front: ['prlimit', '--fsize=1000000'] }
    if ((await cli(['--version'], limited).catch(() => undefined))?.code !== 0) {
      process.stderr.write('skipped: prlimit is not there\n')
      return
    }
    const run = await cli(['score', file, '--checkpoint', small, '--every', '1r', '--format', 'csv'], limited)
    expect(run.code).toBe(75)
    expect(run.stderr).toMatch(/checkpoint not saved: /)
    expect(run.stdout.split('\n')[1]).toMatch(/^maps,20000,/)
    expect(existsSync(small)).toBe(false)
  })

  it('says so where a signal ends a run that could not be saved', async () => {
    symlinkSync(folder, join(folder, 'gone'))
    const checkpoint = join(folder, 'gone', 'lost.state')
    const { child, ended } = startCli([
      'score',
      file,
      '--checkpoint',
      checkpoint,
      '--every',
      '1r',
      '--workers',
      '1',
    ])
    let told = ''
    child.stderr?.on('data', (text: string) => (told += text))
    await until(() => existsSync(join(folder, 'lost.state')), 'there is a checkpoint')
    unlinkSync(join(folder, 'gone'))
    await until(() => told.includes('not saved'), 'a save fails')
    child.kill('SIGTERM')
    const run = await ended
    expect(run.code).toBe(143)
    expect(run.stderr).toMatch(/the last save failed/)
  })
})

it('keeps the checkpoint before the last beside it', async () => {
  await cli(args('before'))
  const previous = await cli(['state', join(folder, 'before.state.previous')])
  expect(previous.stdout).toMatch(/, to be resumed$/m)
  expect(readFileSync(join(folder, 'before.state')).length).toBeGreaterThan(1000)
})
