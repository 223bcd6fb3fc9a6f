import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DIST } from '../../support/dist.js'

export const PIPELINES = fileURLToPath(new URL('../../../pipelines/', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Where {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Runs a program to its end. */
export function run(command: readonly string[], { cwd, env }: Where): Promise<Outcome> {
  const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
}

/** What a program printed. Throws where it failed. */
export async function output(command: readonly string[], where: Where): Promise<string> {
  const { code, stdout, stderr } = await run(command, where)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return stdout.trim()
}

/**
 * The environment of a user who has installed attrstream with npm: the package among the global ones, and `attrstream` on
 * the path, a script that becomes Node itself, so that signals reach it.
 */
export function userEnvironment(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const script = join(bin, 'attrstream')
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' $NODE_FLAGS '${DIST}/cli/main.js' "$@"\n`)
  chmodSync(script, 0o755)
  const packages = join(folder, 'lib/node_modules')
  mkdirSync(packages, { recursive: true })
  symlinkSync(join(PIPELINES, '..'), join(packages, 'attrstream'))
  return { ...process.env, npm_config_prefix: folder, PATH: [bin, process.env['PATH']].join(delimiter) }
}

const SLOW_READS = new URL('slow-reads.mjs', import.meta.url).href

/** The same with slow reads, so that shards of a small dump last long enough to be interrupted on any machine. */
export function slowly({ cwd, env }: Where): Where {
  return { cwd, env: { ...env, NODE_FLAGS: `--import=${SLOW_READS}` } }
}

/** Whether all programs are installed; says aloud which are not. */
export function haveAll(programs: readonly string[], what: string): boolean {
  const missing = programs.filter(program =>
    !program.includes('/')
      ? spawnSync('sh', ['-c', `command -v "$0"`, program], { env: withSbin(process.env) }).status !== 0
      : !existsSync(program),
  )
  if (missing.length > 0) console.log(`${what}: SKIPPED, for lack of ${missing.join(', ')}`)
  return missing.length === 0
}

/** Daemons lie in folders that a user's path may lack. */
export function withSbin(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: [env['PATH'], '/usr/sbin', '/sbin'].join(delimiter) }
}

/** Waits until something holds. Throws, with what it was, after some seconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  seconds = 120,
): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
