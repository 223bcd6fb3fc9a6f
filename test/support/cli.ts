import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { DIST } from './dist.js'

const MAIN = join(DIST, 'cli/main.js')

export interface CliRun {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
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
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<CliRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Runs the command line to its end. */
export function cli(args: readonly string[], options?: CliOptions): Promise<CliRun> {
  return startCli(args, options).ended
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

/** Waits until something holds, looking every few ms. Throws after 20 s. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await pause(2)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
