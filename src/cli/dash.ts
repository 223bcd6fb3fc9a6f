/** What `-` is while yargs has it: yargs drops a lone `-` from lists. No path holds a NUL. */
const STAND_IN = '\0-'

/** Arguments in which yargs finds every `-`. */
export function protectDashes(argv: readonly string[]): string[] {
  return argv.map(word => (word === '-' ? STAND_IN : word))
}

/** Whether an input is standard input. */
export function isDash(input: string): boolean {
  return input === '-' || input === STAND_IN
}
