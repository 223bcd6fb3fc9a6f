// Loaded ahead of a program, with --expose-gc: leaves the most memory that was in use at once, in bytes, in the file that
// LIVE_MEMORY names. Garbage is collected before each look, so that a busy machine, which collects it late, counts none.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const EVERY_MS = 100

let most = 0

function look() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  most = Math.max(most, heapUsed + external)
}

if (isMainThread) {
  setInterval(look, EVERY_MS).unref()
  process.once('exit', () => writeFileSync(process.env.LIVE_MEMORY, String(most)))
}
