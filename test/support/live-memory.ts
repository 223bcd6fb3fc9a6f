import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const PRELOAD = new URL('live-memory.mjs', import.meta.url).href

/** Options of Node and environment that have a process leave its peak of live memory; `bytes` reads that once it has ended. */
export function liveMemory(folder: string) {
  const file = join(folder, 'live-memory')
  return {
    node: ['--expose-gc', `--import=${PRELOAD}`],
    env: { LIVE_MEMORY: file },
    bytes: () => Number(readFileSync(file, 'utf8')),
  }
}
