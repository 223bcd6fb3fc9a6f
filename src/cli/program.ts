import yargs from 'yargs'
import { DataError } from '../core/errors.js'
import { outputError, printText } from '../io/standard-output.js'
import { VERSION } from '../version.js'
import { optionTypes, readWords, unshield } from './arguments.js'
import type { Command } from './job/command.js'
import { fail } from './job/errors.js'
import { GLOBAL_FLAGS } from './flags/global-flags.js'
import { log } from './job/log.js'

/** A command's words, what it does, and where it is: only the one that runs is loaded. */
type Entry = readonly [words: string, does: string, load: () => Promise<Command<never>>]

const COMMANDS: readonly Entry[] = [
  [
    'score [inputs..]',
    'score how consistent the attribution maps of models are',
    async () => (await import('./commands/score.js')).scoreCommand,
  ],
  [
    'report [scores..]',
    'write an HTML report: tables, figures and motifs',
    async () => (await import('./commands/report.js')).reportCommand,
  ],
  [
    'plot <kind> [scores..]',
    'draw one figure of the report as SVG or PNG',
    async () => (await import('./commands/plot.js')).plotCommand,
  ],
  [
    'inspect <files..>',
    'describe a file: format, columns, axes, and the time and memory to score it',
    async () => (await import('./commands/inspect.js')).inspectCommand,
  ],
  [
    'convert [inputs..]',
    'convert maps of any supported format to one Arrow or Parquet file',
    async () => (await import('./commands/convert.js')).convertCommand,
  ],
  [
    'compare [scores..]',
    'compare models pairwise, with standard errors and p-values',
    async () => (await import('./commands/compare.js')).compareCommand,
  ],
  [
    'agree [inputs..]',
    'tell how far the maps of models of the same sequences agree, beyond chance and base composition',
    async () => (await import('./commands/agree.js')).agreeCommand,
  ],
  [
    'select [scores..]',
    'choose a model by accuracy and consistency: filters, ranks, Pareto front',
    async () => (await import('./commands/select.js')).selectCommand,
  ],
  [
    'synth',
    'generate synthetic maps of known quality, with ground truth',
    async () => (await import('./commands/synth.js')).synthCommand,
  ],
  [
    'synth-sequences',
    "make the sequences of the paper's task, with labels, ground truth and splits, to train networks on",
    async () => (await import('./commands/synth-sequences.js')).synthSequencesCommand,
  ],
  [
    'run <pipeline> [inputs..]',
    'run a pipeline, built in (by name) or your own (by path)',
    async () => (await import('./commands/run.js')).runCommand,
  ],
  [
    'transform [inputs..]',
    'write corrected maps, attributed runs, or features of each map',
    async () => (await import('./commands/transform.js')).transformCommand,
  ],
  [
    'init [dir]',
    'create a new pipeline: a typed module, a test, a README',
    async () => (await import('./commands/init.js')).initCommand,
  ],
  [
    'plan [inputs..]',
    'split a population into shards for a cluster',
    async () => (await import('./commands/plan.js')).planCommand,
  ],
  [
    'check <pipeline> [inputs..]',
    'check that a pipeline gives the same result however it is split',
    async () => (await import('./commands/check.js')).checkCommand,
  ],
  [
    'shard',
    'process one shard of a plan and save its state',
    async () => (await import('./commands/shard-command.js')).shardCommand,
  ],
  [
    'fold [inputs..]',
    'process one part of the data and save its state, to be merged later',
    async () => (await import('./commands/fold.js')).foldCommand,
  ],
  [
    'merge [states..]',
    'merge states of shards or parts, and compute the results',
    async () => (await import('./commands/merge.js')).mergeCommand,
  ],
  [
    'state <file>',
    'describe a checkpoint or state file',
    async () => (await import('./commands/state.js')).stateCommand,
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

/** Words as yargs is to read them: those of a command in a form that it reads without loss. */
async function readable(words: readonly string[]): Promise<readonly string[]> {
  const names = COMMANDS.map(([command]) => command.split(' ')[0])
  const at = words.findIndex(word => names.includes(word))
  const end = words.indexOf('--')
  const options = end < 0 ? words : words.slice(0, end)
  if (at < 0 || (end >= 0 && end < at) || options.includes('--help') || options.includes('--version'))
    return words
  log.setContext({ command: words[at] })
  const command = await COMMANDS[names.indexOf(words[at])][2]()
  const others = words.toSpliced(at, 1)
  const declared = await command.builder(yargs().options(GLOBAL_FLAGS), others)
  return [words[at], ...readWords(others, optionTypes(declared))]
}

/** Lets the process outlive what standard output and standard error cannot take, and end with the code for it. */
export function guardStreams(): void {
  // Nothing is to be said any more if standard error cannot be written.
  process.stderr.on('error', () => {})
  // What a pipeline prints by itself is missed here alone.
  let unwritten: unknown
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') unwritten ??= error
  })
  process.on('exit', code => {
    if (code === 0 && unwritten !== undefined) fail(outputError(unwritten), false)
  })
}

/**
 * Runs a command line, to its end. An error is reported on standard error; the exit code is left in `process.exitCode`.
 *
 * @param argv The words after the program's name.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  if (argv.includes('--version') && argv.includes('--verbose')) {
    process.stdout.write(await (await import('./versions.js')).versionText())
    return
  }
  log.begin(argv)
  const debug = argv.includes('--debug')
  try {
    const words = await readable(argv)
    const parser = yargs(words)
    for (const [command, describe, load] of COMMANDS) {
      parser.command({
        command,
        describe,
        builder: async args => (await load()).builder(args, words.slice(1)),
        handler: flags => {
          throw new Parsed(async () => {
            const { checkOutputs } = await import('./outputs.js') // which knows all formats: not loaded for --version
            await checkOutputs(command.split(' ')[0], flags)
            await (await load()).handler(flags as never)
          })
        },
      })
    }
    let help = ''
    await parser
      .scriptName('attrstream')
      .options(GLOBAL_FLAGS)
      .middleware(flags => {
        unshield(flags)
        const endpoint = flags['s3-endpoint']
        // What the client looks at, in this thread and in workers.
        if (typeof endpoint === 'string') process.env['AWS_ENDPOINT_URL_S3'] = endpoint
      })
      .demandCommand(1, 'no command given')
      .strict()
      .recommendCommands()
      .version('version', 'print the version; with --verbose, also Node, codecs and kernels', VERSION)
      .help()
      .fail((message, error) => {
        throw error ?? new DataError('usage', `${message}; see attrstream --help`)
      })
      .parseAsync(words, {}, (_error, _flags, text) => {
        help = text
      })
    if (help !== '') await printText(`${help}\n`)
  } catch (parsed) {
    try {
      if (!(parsed instanceof Parsed)) throw parsed
      await parsed.run()
    } catch (error) {
      fail(error, debug)
    }
  }
}
