import yargs from 'yargs'
import type { Entry } from '../commands.js'
import { GLOBAL_FLAGS } from '../flags/global-flags.js'
import { type OptionGroup, OPTION_GROUPS, optionGroupOf, usualOptions } from './groups.js'

/** What is said of an option, in help texts and in the manual page. */
export interface OptionHelp {
  readonly name: string
  /** As it is typed, such as `-o, --out`. */
  readonly flag: string
  readonly describe: string
  /** The values it takes, if these are few. */
  readonly choices: readonly string[]
  /** As it is shown; undefined if there is none, or if the description gives it. */
  readonly default: string | undefined
  readonly required: boolean
  readonly isNumber: boolean
  readonly isFlag: boolean
}

/** What there is to say of a command. */
export interface HelpPage {
  readonly usage: string
  readonly does: string
  readonly inputs: readonly OptionHelp[]
  readonly groups: readonly { readonly group: OptionGroup; readonly options: readonly OptionHelp[] }[]
  readonly examples: readonly (readonly [command: string, does: string])[]
  readonly epilogue: string
  /** Names of the options that are shown unasked; undefined for all. */
  readonly usual: ReadonlySet<string> | undefined
}

/** What yargs keeps of declared options, and has no types for. */
interface Declared {
  readonly key: { readonly [name: string]: unknown }
  readonly alias: { readonly [name: string]: readonly string[] }
  readonly boolean: readonly string[]
  readonly number: readonly string[]
  readonly choices: { readonly [name: string]: readonly string[] }
  readonly default: { readonly [name: string]: unknown }
}
interface Internals {
  getOptions(): Declared
  getGroups(): { readonly [heading: string]: readonly string[] }
  getDemandedOptions(): { readonly [name: string]: unknown }
  getInternalMethods(): { getUsageInstance(): { getDescriptions(): { readonly [name: string]: string } } }
}

/** The page of a command, from its declared options. `words` are those that follow it, by which a pipeline may add options. */
export async function pageOf(command: Entry, words: readonly string[] = []): Promise<HelpPage> {
  const examples: [string, string][] = []
  const notes: string[] = []
  let usage = `attrstream ${command.words} [options]`
  let does = command.does
  const parser = yargs().options(GLOBAL_FLAGS)
  const kept = {
    example: (text: string, what: string) => examples.push([text.replaceAll('$0', 'attrstream'), what]),
    epilogue: (text: string) => notes.push(text),
    usage: (text: string) => {
      const [first, ...others] = text.split('\n\n')
      usage = `${first.replaceAll('$0', 'attrstream')} [options]`
      does = others.join('\n\n')
    },
  }
  for (const [method, keep] of Object.entries(kept)) {
    Object.assign(parser, {
      [method]: (...given: [string, string]) => {
        keep(...given)
        return parser
      },
    })
  }
  const built = (await (await command.load()).builder(parser, words)) as unknown as Internals
  const declared = built.getOptions()
  const groups = built.getGroups()
  const describe = built.getInternalMethods().getUsageInstance().getDescriptions()
  const positional = new Set(groups['Positionals:'] ?? [])
  const short = new Set(Object.values(declared.alias).flat())
  const headingOf = (name: string) => Object.keys(groups).find(heading => groups[heading].includes(name))
  const help = (name: string): OptionHelp => ({
    name,
    flag: positional.has(name) ? name : flagOf(name, declared),
    describe: describe[name] ?? '',
    choices: declared.choices[name] ?? [],
    default: shownDefault(name, declared),
    required: name in built.getDemandedOptions(),
    isNumber: declared.number.includes(name),
    isFlag: declared.boolean.includes(name),
  })
  const names = Object.keys(declared.key).filter(
    name => !short.has(name) && !positional.has(name) && !['help', 'version'].includes(name),
  )
  return {
    usage,
    does,
    inputs: [...positional].map(help),
    groups: OPTION_GROUPS.flatMap(group => {
      const options = names.filter(name => optionGroupOf(name, headingOf(name)) === group).map(help)
      return options.length === 0 ? [] : [{ group, options }]
    }),
    examples,
    epilogue: notes.join('\n\n'),
    usual: usualOptions(command.name),
  }
}

function flagOf(name: string, { alias, boolean, default: defaults }: Declared): string {
  const long = boolean.includes(name) && defaults[name] === true ? `--[no-]${name}` : `--${name}`
  const others = (alias[name] ?? []).filter(other => other.length === 1).map(other => `-${other}, `)
  return others.join('') + long
}

/** A flag that is off by default has none to show. */
function shownDefault(name: string, { boolean, default: defaults }: Declared): string | undefined {
  const value = defaults[name]
  if (value === undefined || value === false) return undefined
  if (boolean.includes(name)) return 'on'
  return Array.isArray(value) ? value.join(',') : `${value as string | number}`
}
