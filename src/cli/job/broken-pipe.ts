import type { Watch } from './monitor.js'

/** A job whose reader closes the pipe, as `| head` does, is done: it ends with exit code 0, and a word to machines alone. */
export function quitWithReader(watch: Watch): void {
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return // the write itself fails
    watch.tellMachines('done', 'done: the reader closed the pipe', watch.progress())
    // A write that fails by it too ends the job later than this, and so never comes to be told.
    void watch.end('done', 0).finally(() => process.exit(0))
  })
}
