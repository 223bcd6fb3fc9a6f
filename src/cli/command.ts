import type { ArgumentsCamelCase, Argv } from 'yargs'

/** What a command's module exports: its options, with an example, and what it does with them. */
export interface Command<Flags> {
  builder(args: Argv): Argv
  handler(flags: ArgumentsCamelCase<Flags>): Promise<void>
}
