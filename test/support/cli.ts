import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll } from 'vitest'
import { DIST } from './dist.js'

const MAIN = join(DIST, 'cli/main.js')
const PROGRAM = pathToFileURL(join(DIST, 'bundle/cli/program.js')).href

export interface CliRun {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The bytes of `stdout`. */
  readonly output: Buffer
}

export interface CliOptions {
  readonly cwd?: string
  readonly input?: Uint8Array | string | undefined
  /** Keeps standard input open, with nothing in it. */
  readonly hold?: boolean
  /** Options of Node itself. */
  readonly node?: readonly string[]
  /** A program in front, such as `prlimit`. */
  readonly front?: readonly string[]
  /** Environment variables beside those of the tests. */
  readonly env?: { readonly [name: string]: string }
  /** Runs the command as a process of its own, for what only a process has: a peak of memory, a crash. */
  readonly process?: boolean
}

/** Starts the compiled command line as a process of its own. */
export function startCli(
  args: readonly string[],
  options: CliOptions = {},
): { child: ChildProcess; ended: Promise<CliRun> } {
  const command = [...(options.front ?? []), process.execPath, ...(options.node ?? []), MAIN, ...args]
  const child = spawn(command[0], command.slice(1), {
    cwd: options.cwd,
    ...(options.env === undefined ? {} : { env: { ...process.env, ...options.env } }),
    stdio: [options.input === undefined && options.hold !== true ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (options.input !== undefined) child.stdin?.on('error', () => {}).end(options.input)
  const pieces: Buffer[] = []
  let stderr = ''
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const output = Buffer.concat(pieces)
      resolve({ code, signal, stdout: output.toString('utf8'), stderr, output })
    })
  })
  return { child, ended }
}

/** What only a process of its own has; help texts and the version end the process that prints them. */
function needsProcess(args: readonly string[], options: CliOptions): boolean {
  const { cwd: _, input: __, ...others } = options
  return (
    Object.values(others).some(value => value !== undefined) ||
    args.some(word => ['--help', '--version'].includes(word))
  )
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the command line to its end: in this process, which saves the start of one, unless it needs its own. Commands in
 * this process run one after the other.
 */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  if (needsProcess(args, options)) return startCli(args, options).ended
  const run = last.then(() => runHere(args, options))
  last = run.catch(() => {})
  return run
}

/** A stream that keeps what is written to it. */
function collector(): { readonly stream: Writable; readonly bytes: () => Buffer } {
  const pieces: Buffer[] = []
  const write = (piece: Buffer, _: string, done: () => void) => {
    pieces.push(piece)
    done()
  }
  return { stream: new Writable({ write }), bytes: () => Buffer.concat(pieces) }
}

async function runHere(args: readonly string[], { cwd = process.cwd(), input }: CliOptions): Promise<CliRun> {
  const { runCommandLine } = (await import(PROGRAM)) as typeof import('../../src/cli/program.js')
  const [stdout, stderr] = [collector(), collector()]
  const kept = { argv: process.argv, cwd: process.cwd(), exitCode: process.exitCode, env: { ...process.env } }
  const streams = Object.getOwnPropertyDescriptors(process)
  const stdin = Readable.from(input === undefined ? [] : [Buffer.from(input as Uint8Array)])
  for (const [name, value] of Object.entries({ stdin, stdout: stdout.stream, stderr: stderr.stream })) {
    Object.defineProperty(process, name, { configurable: true, value })
  }
  process.argv = [process.execPath, MAIN, ...args]
  process.exitCode = undefined
  process.chdir(cwd)
  try {
    await runCommandLine(args)
    const { exitCode: code = 0 } = process as { exitCode?: number }
    const output = stdout.bytes()
    return {
      code,
      signal: null,
      stdout: output.toString('utf8'),
      stderr: stderr.bytes().toString('utf8'),
      output,
    }
  } finally {
    for (const name of ['stdin', 'stdout', 'stderr'] as const) {
      Object.defineProperty(process, name, streams[name])
    }
    process.argv = kept.argv
    process.exitCode = kept.exitCode
    process.chdir(kept.cwd)
    for (const name of Object.keys(process.env)) if (!(name in kept.env)) delete process.env[name]
    Object.assign(process.env, kept.env)
  }
}

/** SHA-256 of a scores.json, from its text, without the provenance. */
export function digestOf(scoresJson: string): string {
  const end = scoresJson.indexOf('"provenance"')
  if (end < 0) throw new Error(`no provenance in ${scoresJson.slice(0, 200)}`)
  return createHash('sha256').update(scoresJson.slice(0, end)).digest('hex')
}

export function digestOfFile(path: string): string {
  return digestOf(readFileSync(path, 'utf8'))
}

/** A new empty folder, deleted once the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'attrstream-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Waits until something holds, looking every few ms. Throws after 90 s. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 90_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await pause(2)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
