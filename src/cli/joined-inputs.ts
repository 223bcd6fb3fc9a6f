import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { inputNames } from '../scoring/population.js'
import { modelsOf } from '../sources/joined/joined-files.js'
import { planJoin } from '../sources/joined/plan-join.js'
import type { JoinedModel, RecordOptions } from '../sources/records/records.js'
import { isColumnFile } from '../sources/open.js'
import { expandInputs, stemOf } from './inputs.js'
import type { JoinFlags } from './flags/join-flags.js'

type Note = (text: string) => void

/** Files to read, and how. */
export interface JoinedInputs {
  /** Those of the first model, whose batches are read. */
  readonly files: readonly string[]
  readonly records: RecordOptions
}

/**
 * The models that inputs name, joined. Each input is a model: a file, or a folder of its files; a lone folder, or pattern, holds
 * the models. With a column of models these are what it says.
 *
 * Errors: those of `expandInputs` and `planJoin`.
 */
export async function joinInputs(
  inputs: readonly string[],
  records: RecordOptions,
  note: Note,
  average?: JoinFlags['average'],
): Promise<JoinedInputs> {
  const column = records.columns?.model
  const { columns, match } = records
  const own = { ...records, columns: { ...columns, model: undefined } }
  const models = await modelsNamed(inputs, records, note)
  const joined = await planJoin({ models, column, match, average }, own)
  return { files: joined.models[0].paths, records: { ...own, join: joined } }
}

/** The models that inputs name, with their files. */
export async function modelsNamed(
  inputs: readonly string[],
  records: RecordOptions,
  note: Note,
): Promise<readonly JoinedModel[]> {
  if (inputs.length === 0)
    throw new DataError('usage', 'no input; give the files or folders of two models or more')
  const column = records.columns?.model
  if (column !== undefined) {
    const paths = await expandInputs(inputs, note, records)
    const { columns } = records
    const names = await modelsOf(paths, column, { ...records, columns: { ...columns, model: undefined } })
    return names.map(model => ({ model, paths }))
  }
  const named = inputs.length === 1 ? await within(inputs[0]) : inputs
  const files = new Set(await expandInputs(named, note, records))
  const found: { readonly name: string; readonly input: string; readonly paths: readonly string[] }[] = []
  for (const input of named) {
    const paths = (await expandInputs([input], () => {}, records)).filter(path => files.has(path))
    if (paths.length === 0) continue
    if (await isFolder(input)) found.push({ name: basename(resolve(input)), input, paths })
    else for (const path of paths) found.push({ name: stemOf(path), input: path, paths: [path] })
  }
  const names = found.map(({ name }) => name)
  const longer = inputNames(found.map(({ input }) => input))
  const twice = longer.find((name, i) => longer.indexOf(name) < i)
  if (twice !== undefined) throw new DataError('usage', `${twice} is given twice; give each model once`)
  return found.map(({ name, paths }, i) => {
    const isUnique = names.indexOf(name) === names.lastIndexOf(name) && !longer.includes(name)
    return { model: isUnique ? name : longer[i], paths }
  })
}

/** What a lone input holds: the folders of a folder without files of maps, else itself, whose files are models. */
async function within(input: string): Promise<readonly string[]> {
  if (!(await isFolder(input))) return [input]
  const entries = await readdir(input)
  const shown = entries.filter(name => !/^[._]/.test(name)).toSorted()
  const folders: string[] = []
  for (const name of shown) if (await isFolder(join(input, name))) folders.push(join(input, name))
  const files = shown.map(name => join(input, name)).filter(path => !folders.includes(path))
  const maps: string[] = []
  for (const path of files) if (await isColumnFile(path).catch(() => false)) maps.push(path)
  return maps.length > 0 || folders.length === 0 ? maps : folders
}

async function isFolder(path: string): Promise<boolean> {
  return !isRemote(path) && (await stat(path).catch(() => undefined))?.isDirectory() === true
}

/** Options of how records are read, with the join of others. */
export function withJoin<O extends { readonly records: RecordOptions }>(
  options: O,
  { join, columns }: RecordOptions,
): O {
  return join === undefined ? options : { ...options, records: { ...options.records, join, columns } }
}

/**
 * The files that inputs name, and how they are read: joined for a pipeline of joined records and for an average, else one by one.
 *
 * Errors: those of `expandInputs` and `joinInputs`; `usage`, for an average of a pipeline that needs the maps of all models.
 */
export async function inputsOf(
  inputs: readonly string[],
  records: RecordOptions,
  note: Note,
  { joined = false, average }: { readonly joined?: boolean | undefined } & Partial<JoinFlags>,
): Promise<JoinedInputs> {
  if (joined && average !== undefined) {
    throw new DataError(
      'usage',
      'the pipeline needs the maps of all models, not their mean; leave --average out',
    )
  }
  if (joined || average !== undefined) return joinInputs(inputs, records, note, average)
  return { files: await expandInputs(inputs, note, records), records }
}
