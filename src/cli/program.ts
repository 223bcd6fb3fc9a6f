import yargs from 'yargs'
import { DataError } from '../core/errors.js'
import { outputError, printText } from '../io/standard-output.js'
import { VERSION } from '../version.js'
import { didYouMean } from '../core/suggest.js'
import { optionNames, optionTypes, type OptionTypes, readWords, unshield } from './arguments.js'
import { commandNamed, COMMANDS, type Entry } from './commands.js'
import { configuredWords } from './config-file.js'
import { fail } from './job/exit-codes.js'
import { GLOBAL_FLAGS } from './flags/global-flags.js'
import { log } from './job/log.js'

/**
 * Leaves the parser, with what is to be done. yargs formats the help text once a handler has returned, asked for or not,
 * which takes longer than all of its parsing; so handlers throw.
 */
class Parsed extends Error {
  constructor(readonly run: () => Promise<void>) {
    super('parsed')
  }
}

/** Words of a command in the one form that yargs reads without loss, those of `attrstream.toml` among them. */
async function readable(words: readonly string[]): Promise<readonly string[]> {
  const end = words.indexOf('--')
  const at = words.findIndex(word => commandNamed(word) !== undefined)
  const options = end < 0 ? words : words.slice(0, end)
  if (at < 0 || (end >= 0 && end < at)) {
    const word = words.find(each => !each.startsWith('-'))
    if (options.includes('--version')) return words
    if (word === undefined) throw new DataError('usage', 'no command given; see attrstream --help')
    const near = didYouMean(
      word,
      COMMANDS.map(({ name }) => name),
    )
    throw new DataError('usage', `${word} is not a command${near === '' ? '; see attrstream --help' : near}`)
  }
  if (options.includes('--version')) return words
  const command = words[at]
  log.setContext({ command })
  const others = words.toSpliced(at, 1)
  const types = await typesOf(commandNamed(command) as Entry, others)
  const given = optionNames(others, types)
  const configured = await configuredWords(command, types, given, isOptionOfAny)
  if (configured !== undefined && (given.has('verbose') || configured.words.includes('--verbose=true'))) {
    log.report('note', `${configured.path} sets ${configured.words.join(' ') || 'nothing'}`)
  }
  return [command, ...readWords([...(configured?.words ?? []), ...others], types)]
}

async function typesOf(command: Entry, others: readonly string[]): Promise<OptionTypes> {
  const loaded = await command.load()
  return optionTypes(await loaded.builder(yargs().options(GLOBAL_FLAGS), others))
}

/** Whether any command has an option of this name. */
async function isOptionOfAny(name: string): Promise<boolean> {
  for (const command of COMMANDS) {
    const { flags, lists, values } = await typesOf(command, [])
    if (flags.has(name) || lists.has(name) || values.has(name)) return true
  }
  return false
}

/** The text that a command line asks for instead of work: help, a completion script, the manual page. */
async function askedText(words: readonly string[]): Promise<string | undefined> {
  const end = words.indexOf('--')
  const options = end < 0 ? words : words.slice(0, end)
  if (options[0] === 'completion') return (await import('./help/completion.js')).completionScript()
  if (options[0] === '--man') return (await import('./help/man.js')).manualPage()
  const at = options.findIndex(word => word === '--help' || word === '-h' || word.startsWith('--help='))
  if (at < 0 && options[0] !== 'help') return undefined
  const { helpText, isTopic, programHelp } = await import('./help/text.js')
  const columns = process.stdout.isTTY ? process.stdout.columns : 80
  const rest = options.filter((_, i) => i !== at).filter((word, i) => i > 0 || word !== 'help')
  const command = rest.map(word => commandNamed(word)).find(found => found !== undefined)
  if (command === undefined) return programHelp(COMMANDS, columns)
  const next = options[at]?.startsWith('--help=') ? options[at].slice('--help='.length) : options[at + 1]
  const topic = at >= 0 && isTopic(next) ? next : undefined
  const others = rest.filter(word => word !== command.name && !(topic !== undefined && word === topic))
  const { pageOf } = await import('./help/page.js')
  return helpText(await pageOf(command, others), command.name, topic, columns)
}

/** What yargs says of a command's arguments, as one line. */
function plainUsage(message: string): string {
  const wrong = /Argument: (\S+), Given: "(.*?)", Choices: (.*)/.exec(message)
  if (wrong === null) return `${message}; see attrstream --help`
  const [, name, value, quoted] = wrong
  const choices = [...quoted.matchAll(/"([^"]*)"/g)].map(([, choice]) => choice)
  return `${name} is ${value}, expected ${choices.join(', ')}${didYouMean(value, choices)}`
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
    if (argv.length === 0) {
      const { programHelp } = await import('./help/text.js')
      process.stderr.write(programHelp(COMMANDS, process.stderr.columns ?? 80))
      process.exitCode = 2
      return
    }
    const text = await askedText(argv)
    if (text !== undefined) {
      await printText(text)
      return
    }
    const words = await readable(argv)
    const parser = yargs(words)
    for (const { name, words: command, does, load } of COMMANDS) {
      parser.command({
        command,
        describe: does,
        builder: async args => (await load()).builder(args, words.slice(1)),
        handler: flags => {
          throw new Parsed(async () => {
            const { checkOutputs } = await import('./outputs.js') // which knows all formats: not loaded for --version
            await checkOutputs(name, flags)
            await (await load()).handler(flags as never)
          })
        },
      })
    }
    let printed = ''
    await parser
      .scriptName('attrstream')
      .options(GLOBAL_FLAGS)
      .middleware(flags => {
        unshield(flags)
        const endpoint = flags['s3-endpoint']
        // What the client looks at, in this thread and in workers.
        if (typeof endpoint === 'string') process.env['AWS_ENDPOINT_URL_S3'] = endpoint
      })
      .strict()
      .version('version', 'print the version; with --verbose, also Node, codecs and kernels', VERSION)
      .help(false)
      .fail((message, error) => {
        throw error ?? new DataError('usage', plainUsage(message))
      })
      .parseAsync(words, {}, (_error, _flags, text) => {
        printed = text
      })
    if (printed !== '') await printText(`${printed}\n`)
  } catch (parsed) {
    try {
      if (!(parsed instanceof Parsed)) throw parsed
      await parsed.run()
    } catch (error) {
      fail(error, debug)
    }
  }
}
