import type { ArgumentsCamelCase, Argv } from 'yargs'

/** What a command's module exports: its options, with an example, and what it does with them. */
export interface Command<Flags> {
  /** @param words All words of the command line but the command itself. */
  builder(args: Argv, words: readonly string[]): Argv | Promise<Argv>
  handler(flags: ArgumentsCamelCase<Flags>): Promise<void>
}
