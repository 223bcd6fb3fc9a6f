import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DataError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { OptionTypes } from './arguments.js'

/** The name of a file of usual options. */
const NAME = 'attrstream.toml'

/** Options that a file sets for a command, and the file. */
export interface Configured {
  readonly path: string
  /** As words of a command line. */
  readonly words: readonly string[]
}

/**
 * Usual options, from `attrstream.toml` of the working folder or the nearest folder above it, or from the file that
 * ATTRSTREAM_CONFIG names; an empty ATTRSTREAM_CONFIG reads none. Keys at the top are options of every command that has them,
 * those of a table `[score]` options of that command alone. Options of the command line override both.
 *
 * @param given Names of the options on the command line.
 * @param isOption Whether any command has an option of this name.
 * Errors: `usage`, for what is not TOML and for an unknown key or value; `not-found`, for a file that ATTRSTREAM_CONFIG names.
 */
export async function configuredWords(
  command: string,
  types: OptionTypes,
  given: ReadonlySet<string>,
  isOption: (name: string) => Promise<boolean>,
): Promise<Configured | undefined> {
  const found = await configFile()
  if (found === undefined) return undefined
  const { path, text } = found
  const { parse } = await import('smol-toml')
  let tables: { readonly [key: string]: unknown }
  try {
    tables = parse(text)
  } catch (error) {
    const [what] = (error as Error).message.split('\n')
    throw new DataError('usage', `is not valid TOML: ${what}`, { file: path })
  }
  const known = [...types.flags, ...types.lists.keys(), ...types.values]
  const words: string[] = []
  const take = async (name: string, value: unknown, ofCommand: boolean) => {
    if (!known.includes(name)) {
      if (!ofCommand && (await isOption(name))) return
      const what = ofCommand ? `${name} is not an option of ${command}` : `${name} is not an option`
      throw new DataError('usage', `${what}${didYouMean(name, known)}`, { file: path })
    }
    if (!given.has(name)) words.push(...optionWords(name, value, path))
  }
  const own = tables[command]
  const ofCommand = isTable(own) ? own : {}
  for (const [name, value] of Object.entries(tables)) {
    if (!isTable(value) && !(name in ofCommand)) await take(name, value, false)
  }
  for (const [name, value] of Object.entries(ofCommand)) await take(name, value, true)
  return { path, words }
}

function isTable(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function optionWords(name: string, value: unknown, file: string): string[] {
  if (Array.isArray(value)) return value.flatMap(each => optionWords(name, each, file))
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value)) {
    throw new DataError('usage', `${name} is a ${typeof value}, expected text, a number or true or false`, {
      file,
    })
  }
  return [`--${name}=${String(value)}`]
}

async function configFile(): Promise<{ path: string; text: string } | undefined> {
  const named = process.env['ATTRSTREAM_CONFIG']
  if (named !== undefined) {
    if (named === '') return undefined
    const text = await readFile(named, 'utf8').catch((error: unknown) => {
      throw new DataError(
        'not-found',
        'cannot be read, and ATTRSTREAM_CONFIG names it',
        { file: named },
        error,
      )
    })
    return { path: named, text }
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const path = join(folder, NAME)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return { path: resolve(folder) === process.cwd() ? NAME : path, text }
    if (dirname(folder) === folder) return undefined
  }
}
