/** A command whose reader closes the pipe, as `| head` does, is done: it ends with exit code 0 and no word. */
export function quitWithReader(): void {
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
    throw error
  })
}
