import yargs from 'yargs'
import { DataError } from '../core/errors.js'
import { VERSION } from '../version.js'
import type { Command } from './command.js'
import { protectDashes } from './dash.js'
import { fail } from './errors.js'
import { GLOBAL_FLAGS } from './global-flags.js'
import { log } from './run-log.js'

/** A command's words, what it does, and where it is: only the one that runs is loaded. */
type Entry = readonly [words: string, does: string, load: () => Promise<Command<never>>]

const COMMANDS: readonly Entry[] = [
  [
    'score [inputs..]',
    'score how consistent the attribution maps of models are',
    async () => (await import('./score.js')).scoreCommand,
  ],
  [
    'report [scores..]',
    'show scores as one HTML page: tables, figures and motifs',
    async () => (await import('./report.js')).reportCommand,
  ],
  [
    'plot <kind> [scores..]',
    'draw one figure of a report, as SVG or PNG',
    async () => (await import('./plot.js')).plotCommand,
  ],
  [
    'inspect <files..>',
    'say what a file is, how it is read, and what a score of it needs',
    async () => (await import('./inspect.js')).inspectCommand,
  ],
  [
    'convert [inputs..]',
    'write maps of any form into one Arrow or Parquet file',
    async () => (await import('./convert.js')).convertCommand,
  ],
  [
    'compare [scores..]',
    'tell which of models really beats which, with errors and p-values',
    async () => (await import('./compare.js')).compareCommand,
  ],
  [
    'select [scores..]',
    'join scores with figures of generalisation: filter, rank, and find the Pareto front',
    async () => (await import('./select.js')).selectCommand,
  ],
  [
    'synth',
    'make a population of synthetic maps of stated quality, with ground truth',
    async () => (await import('./synth.js')).synthCommand,
  ],
  [
    'run <pipeline> [inputs..]',
    'run a pipeline: one of the package by its name, or a module of your own by its path',
    async () => (await import('./run.js')).runCommand,
  ],
  [
    'transform [inputs..]',
    'turn maps into other maps, attributed runs or features, and write them',
    async () => (await import('./transform.js')).transformCommand,
  ],
  [
    'init [dir]',
    'begin a pipeline of your own: a typed module, a test, a README',
    async () => (await import('./init.js')).initCommand,
  ],
  [
    'plan [inputs..]',
    'cut a population into shards for a cluster',
    async () => (await import('./plan.js')).planCommand,
  ],
  [
    'merge [states..]',
    "put the states of a plan's shards together, and finish",
    async () => (await import('./merge.js')).mergeCommand,
  ],
  [
    'state <file>',
    'print what a checkpoint or state is and holds',
    async () => (await import('./state.js')).stateCommand,
  ],
]

/**
 * Leaves the parser, with what is to be done. yargs formats the help text once a handler has returned, asked for or not,
 * which takes longer than all of its parsing; so handlers throw.
 */
class Parsed extends Error {
  constructor(readonly run: () => Promise<void>) {
    super('parsed')
  }
}

/**
 * Runs a command line, to its end. An error is reported on standard error; the exit code is left in `process.exitCode`.
 *
 * @param argv The words after the program's name.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  log.begin(argv)
  const debug = argv.includes('--debug')
  const parser = yargs(protectDashes(argv))
  for (const [command, describe, load] of COMMANDS) {
    parser.command({
      command,
      describe,
      builder: async args => {
        log.about({ command: command.split(' ')[0] })
        return (await load()).builder(args)
      },
      handler: flags => {
        throw new Parsed(async () => (await load()).handler(flags as never))
      },
    })
  }

  try {
    await parser
      .scriptName('attrstream')
      .options(GLOBAL_FLAGS)
      .middleware(flags => {
        const endpoint = flags['s3-endpoint']
        // What the client looks at, in this thread and in workers.
        if (typeof endpoint === 'string') process.env['AWS_ENDPOINT_URL_S3'] = endpoint
      })
      .demandCommand(1, 'name a command')
      .strict()
      .recommendCommands()
      .version(VERSION)
      .help()
      .fail((message, error) => {
        throw error ?? new DataError('usage', `${message}; see attrstream --help`)
      })
      .parseAsync()
  } catch (parsed) {
    try {
      if (!(parsed instanceof Parsed)) throw parsed
      await parsed.run()
    } catch (error) {
      fail(error, debug)
    }
  }
}
