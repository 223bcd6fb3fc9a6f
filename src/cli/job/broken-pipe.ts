import type { Monitor } from './monitor.js'

/** A job whose reader closes the pipe, as `| head` does, is done: it ends with exit code 0, and a word to machines alone. */
export function quitWithReader(monitor: Monitor): void {
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return // the write itself fails
    monitor.reportToMachines('done', 'done: the reader closed the pipe', monitor.progress())
    // A write that fails by it too ends the job later than this, and so is never reported.
    void monitor.end('done', 0).finally(() => process.exit(0))
  })
}
