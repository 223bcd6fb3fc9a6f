import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** Has Node check the bounds of WebAssembly in code, without the 10 GB of address space that guard each memory else. */
const NO_GUARDS = '--disable-wasm-trap-handler'

/** What a process on behalf of another is given the other's number in. */
const PARENT = 'ATTRSTREAM_PARENT'

/**
 * Whether the address space of this process is limited, as `ulimit -v` and the memory limits of SGE and PBS do, so that
 * WebAssembly must do without guard pages and does not yet.
 */
export function isAddressSpaceLimited(): boolean {
  const { NODE_OPTIONS = '' } = process.env
  if (process.execArgv.includes(NO_GUARDS) || NODE_OPTIONS.includes(NO_GUARDS)) return false
  try {
    return /^Max address space +\d/m.test(readFileSync('/proc/self/limits', 'latin1'))
  } catch {
    return false // not Linux
  }
}

/** Runs the same command without guard pages, in place of this process, or else in one of its own that it waits for. */
export function runWithoutGuards(): void {
  const args = [NO_GUARDS, ...process.execArgv, ...process.argv.slice(1)]
  const { execve } = process as { execve?: (file: string, args: string[], env: NodeJS.ProcessEnv) => never }
  if (execve !== undefined) execve(process.execPath, [process.execPath, ...args], process.env)
  const child = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, [PARENT]: String(process.pid) },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGXCPU'] as const) {
    process.on(signal, () => child.kill(signal))
  }
  child.once('error', error => {
    process.stderr.write(`attrstream: Node cannot be started again: ${error.message}\n`)
    process.exitCode = 75
  })
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
}

/** Ends this process with the one that it runs on behalf of, if any: SIGKILL cannot be passed on. */
export function endWithParent(): void {
  const parent = Number(process.env[PARENT])
  delete process.env[PARENT]
  if (!(parent > 0)) return
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }, 1000).unref()
}
