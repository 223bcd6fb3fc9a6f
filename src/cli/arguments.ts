import type { Argv } from 'yargs'
import { DataError } from '../core/errors.js'
import { didYouMean, nearest } from '../core/suggest.js'

/**
 * Leads inputs that yargs would take for options or lose: `-`, and what follows `--`. No argument of a process holds a NUL.
 */
const SHIELD = '\0'

/** Options that may stand alone: the value that they have then, and the values that they may be followed by. */
const ALONE: { readonly [name: string]: { readonly value: string; readonly others: readonly string[] } } = {
  average: { value: 'none', others: ['none', 'l2'] },
}

/** What the options of a command take, by name. */
export interface OptionTypes {
  /** `--name`, `--no-name`, `--name=true` or `--name=false`. */
  readonly flags: ReadonlySet<string>
  readonly numbers: ReadonlySet<string>
  /** Those that may be given more than once; `several` take all words up to the next option at a time, others one. */
  readonly lists: ReadonlyMap<string, 'one' | 'several'>
  /** Those that take one value of text or number, once. */
  readonly values: ReadonlySet<string>
  /** Short name or other spelling to name. */
  readonly aliases: ReadonlyMap<string, string>
  /** Of those that take one of a few values. */
  readonly choices: ReadonlyMap<string, readonly string[]>
}

/** What yargs keeps of the options that were declared; it has no type of its own. */
interface Declared {
  readonly key: { readonly [name: string]: unknown }
  readonly array: readonly string[]
  readonly boolean: readonly string[]
  readonly number: readonly string[]
  readonly narg: { readonly [name: string]: number }
  readonly alias: { readonly [name: string]: readonly string[] }
  readonly choices: { readonly [name: string]: readonly string[] }
}

/** What was declared with a yargs instance. */
export function optionTypes(yargs: Argv): OptionTypes {
  const { key, array, boolean, number, narg, alias, choices } = (
    yargs as Argv & { getOptions(): Declared }
  ).getOptions()
  const short = new Set(Object.values(alias).flat())
  const names = Object.keys(key).filter(name => !short.has(name))
  const flags = new Set(boolean)
  const lists = new Map(array.map(name => [name, narg[name] === 1 ? ('one' as const) : ('several' as const)]))
  return {
    flags,
    numbers: new Set(number),
    lists,
    values: new Set(names.filter(name => !flags.has(name) && !lists.has(name))),
    aliases: new Map([
      ...names.map(name => [camelCase(name), name] as const),
      ...Object.entries(alias).flatMap(([name, others]) => others.map(other => [other, name] as const)),
    ]),
    choices: new Map(Object.entries(choices)),
  }
}

/**
 * A command's words in the one form that yargs reads without loss: inputs first, those behind `--` among them, then each
 * option as `--name=value`. Inputs are shielded; `unshield` undoes it.
 *
 * Errors: `usage`, for an option that is unknown, lacks its value or has an empty one, is no number where it must be one, or
 * is given more than once.
 */
export function readWords(words: readonly string[], types: OptionTypes): string[] {
  const inputs: string[] = []
  const options: string[] = []
  const given = new Map<string, string>()
  const take = (name: string, value: string) => {
    if (value.trim() === '')
      throw usage(`${dashed(name)} is empty, expected a value; give one, or leave it out`)
    if (types.numbers.has(name) && !Number.isFinite(Number(value))) {
      throw usage(`${dashed(name)} is ${value}, expected a number`)
    }
    const choices = types.choices.get(name)
    if (choices !== undefined && !choices.includes(value)) {
      const hint = didYouMean(value, choices)
      throw usage(`${dashed(name)} is ${value}, expected ${listed(choices)}${hint}`)
    }
    const before = given.get(name)
    if (before !== undefined && !types.lists.has(name)) {
      const values = before === value ? '' : `, as ${before} and as ${value}`
      throw usage(`${dashed(name)} is given more than once${values}; give it once`)
    }
    given.set(name, value)
    options.push(`--${name}=${value}`)
  }

  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      inputs.push(...queue)
      break
    }
    if (!isOption(word)) {
      inputs.push(word)
      continue
    }
    const { name, value, rest } = findOption(word, types)
    if (types.flags.has(name)) {
      const isNext = value === undefined && rest === undefined && /^(true|false)$/.test(queue[0] ?? '')
      take(name, flagValue(name, value ?? (isNext ? (queue.shift() as string) : 'true')))
      if (rest !== undefined) queue.unshift(`-${rest}`) // -ab is -a -b where a is a flag
      continue
    }
    if (value !== undefined) {
      take(name, value)
      continue
    }
    if (standsAlone(name, queue[0])) {
      take(name, ALONE[name].value)
      continue
    }
    if (queue.length === 0 || isOption(queue[0])) throw noValue(name, queue[0])
    do take(name, queue.shift() as string)
    while (types.lists.get(name) === 'several' && queue.length > 0 && !isOption(queue[0]))
  }
  return [...inputs.map(shield), ...options]
}

/** Names of the options that are given. Words that are none are left to `readWords`, which says what is wrong. */
export function optionNames(words: readonly string[], types: OptionTypes): Set<string> {
  const end = words.indexOf('--')
  const options = (end < 0 ? words : words.slice(0, end)).filter(isOption)
  return new Set(
    options.flatMap(word => {
      const bare = word.replace(/^--?/, '').replace(/=[^]*$/, '')
      const name = nameOf(bare, types) ?? (bare.startsWith('no-') ? nameOf(bare.slice(3), types) : undefined)
      return name ?? (word.startsWith('--') ? [] : (nameOf(bare[0], types) ?? []))
    }),
  )
}

/** The first input of a command that may have options of its own, which are not known yet. */
export function firstInput(words: readonly string[], types: OptionTypes): string | undefined {
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '--') return words[i + 1]
    if (!isOption(words[i])) return words[i].startsWith(SHIELD) ? words[i].slice(SHIELD.length) : words[i]
    const name = nameOf(words[i].replace(/^--?/, ''), types)
    if (name !== undefined && !types.flags.has(name) && !standsAlone(name, words[i + 1])) i++
  }
  return undefined
}

/** Whether an option has no value but its usual one, whatever word comes next. */
function standsAlone(name: string, next: string | undefined): boolean {
  return ALONE[name] !== undefined && !(next !== undefined && ALONE[name].others.includes(next))
}

/** The value of an option of text that decides which further options there are; undefined if it is not given. */
export function argumentValue(words: readonly string[], option: string): string | undefined {
  for (const [i, word] of words.entries()) {
    if (word === '--') return undefined
    if (word === `--${option}`) return words[i + 1]
    if (word.startsWith(`--${option}=`)) return word.slice(option.length + 3)
  }
  return undefined
}

/** An option's name and, where the same word has them, its value or the further letters behind a flag's. */
function findOption(
  word: string,
  types: OptionTypes,
): { name: string; value: string | undefined; rest?: string | undefined } {
  const isLong = word.startsWith('--')
  const [, spelt, value] = /^--?([^=]+)(?:=([^]*))?$/.exec(word) ?? ['', word, undefined]
  const known = nameOf(spelt, types)
  if (known !== undefined && (isLong || spelt.length === 1)) return { name: known, value }
  if (isLong) {
    const denied = spelt.startsWith('no-') ? nameOf(spelt.slice(3), types) : undefined
    if (denied !== undefined && types.flags.has(denied)) {
      if (value !== undefined) throw usage(`--${spelt} takes no value; leave =${value} out`)
      return { name: denied, value: 'false' }
    }
    throw unknown(`--${spelt}`, types)
  }
  const name = nameOf(word[1], types)
  if (name === undefined) throw unknown(word, types)
  return types.flags.has(name)
    ? { name, value: undefined, rest: word.slice(2) }
    : { name, value: word.slice(2).replace(/^=/, '') }
}

function nameOf(spelt: string, { flags, lists, values, aliases }: OptionTypes): string | undefined {
  if (flags.has(spelt) || lists.has(spelt) || values.has(spelt)) return spelt
  return aliases.get(spelt)
}

function flagValue(name: string, value: string): string {
  if (value === 'true' || value === 'false') return value
  throw usage(`${dashed(name)} takes no value, or true or false; found ${value}`)
}

/** Whether a word is an option: it begins with a dash, and is neither `-` nor a negative number. */
function isOption(word: string): boolean {
  return /^-[^\d.]/.test(word) || /^-\.\D/.test(word)
}

function noValue(name: string, next: string | undefined): DataError {
  const how = next === undefined || next === '--' ? '' : `; if ${next} is it, write --${name}=${next}`
  return usage(`${dashed(name)} has no value, expected one${how}`)
}

function unknown(spelt: string, types: OptionTypes): DataError {
  const names = [...types.flags, ...types.lists.keys(), ...types.values]
  return unknownOption(spelt, names)
}

/** The error for an option that is none, with the one that it may be a slip of. */
function unknownOption(spelt: string, names: readonly string[]): DataError {
  const near = nearest(spelt.replace(/^-+/, ''), names)
  const hint = near === undefined ? '; see --help' : `; did you mean ${dashed(near)}?`
  return usage(`${spelt} is not an option of this command${hint}`)
}

/** `a, b or c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

/** An option as it is typed. */
function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function usage(what: string): DataError {
  return new DataError('usage', what)
}

function shield(input: string): string {
  return input.startsWith('-') || input.startsWith(SHIELD) ? SHIELD + input : input
}

/** Takes the shields off the values that yargs has read, in place. */
export function unshield(values: { [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(values)) {
    values[name] = Array.isArray(value) ? value.map(bare) : bare(value)
  }
}

function bare(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(SHIELD) ? value.slice(SHIELD.length) : value
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, next: string) => next.toUpperCase())
}
