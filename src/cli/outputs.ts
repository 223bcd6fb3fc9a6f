import { access, constants, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isRemote } from '../core/address.js'
import { DataError } from '../core/errors.js'
import { loadPlan, rootOf } from '../engine/plan.js'
import { linkTarget, writingError } from '../io/atomic-file.js'
import { isColumnFile } from '../sources/open.js'

/** Options and inputs of all commands that name what is read. */
const READS =
  'inputs files scores states file pipeline sequences truth-file truth-bed regions mask genome prior motifs'
    .concat(' performance plan show radii list maps')
    .split(' ')

/** Options of all commands that name a file to write; `out` is a folder for some. */
const WRITES = ['metrics', 'report', 'checkpoint', 'quarantine', 'state', 'out']

/** Stems of the files that `--out` of a command writes into a folder. */
const OUT_FOLDERS: { readonly [command: string]: readonly string[] } = {
  score: ['scores', 'sweep'],
  merge: ['scores', 'sweep'],
  agree: ['agreement'],
  compare: ['comparison'],
  select: ['selection'],
}

/** Commands whose `--out` may be a folder, which is made if it is not there. */
const MAY_BE_FOLDER = ['run', 'merge', 'transform', 'convert']

/** Options whose folder is made where there is none. */
const MAKE_FOLDERS = ['report', 'plot']

interface Output {
  readonly option: string
  readonly path: string
}

type Flags = { readonly [name: string]: unknown }

/**
 * Looks at what a command is to write before it begins.
 *
 * Errors: `usage`, for a file where a folder is to be or the other way round, for two outputs of one name, and for an output
 * that would replace what is read; `io`, for a folder that is not there or may not be written to.
 */
export async function checkOutputs(command: string, flags: Flags): Promise<void> {
  // Parts of a pipeline, which no plan has, may be merged into a file.
  const ofScores = command !== 'merge' || flags['plan'] !== undefined
  const folder = ofScores && OUT_FOLDERS[command] !== undefined ? flags['out'] : undefined
  if (typeof folder === 'string') await checkFolder(folder)
  const named = WRITES.flatMap((option): Output[] => {
    const path = flags[option]
    return typeof path !== 'string' || path === '-' || path === folder ? [] : [{ option, path }]
  })
  for (const output of named) await checkFile(output, command, flags)
  const outputs = [
    ...named,
    ...(typeof folder === 'string' ? filesOf(folder, OUT_FOLDERS[command]) : []).map(path => ({
      option: 'out',
      path,
    })),
  ]
  const targets = await Promise.all(outputs.map(async ({ path }) => resolve(await linkTarget(path))))
  const twice = targets.findIndex((target, i) => targets.indexOf(target) < i)
  if (twice >= 0) {
    const [a, b] = [outputs[targets.indexOf(targets[twice])], outputs[twice]]
    throw new DataError('usage', `--${a.option} and --${b.option} are the same file; give two`, {
      file: b.path,
    })
  }
  const there = (
    await Promise.all(outputs.map(async output => ({ ...output, id: await fileId(output.path) })))
  ).filter(({ id }) => id !== undefined)
  // A merged state may take the place of one that it holds.
  const replacing = there.filter(({ option }) => command === 'merge' && option === 'state')
  const others = there.filter(output => !replacing.includes(output))
  if (there.length === 0) return
  for (const option of READS) {
    for (const input of [flags[option] ?? []].flat()) {
      if (typeof input === 'string') await refuseInput(option, input, option === 'states' ? others : there)
    }
  }
  for (const { input, option } of await inputsWithin(flags)) {
    await refuseInput(option, input, option === 'states' ? others : there)
  }
}

/** Files that the plan or the list of a command names. What is wrong with these is found when they are read. */
async function inputsWithin({ plan, list, root }: Flags): Promise<{ input: string; option: string }[]> {
  const files: { input: string; option: string }[] = []
  if (typeof plan === 'string') {
    const made = await loadPlan(plan).catch(() => undefined)
    if (made !== undefined) {
      const folder = rootOf(plan, made, typeof root === 'string' ? root : undefined)
      files.push(...made.inputs.map(({ name }) => ({ input: resolve(folder, name), option: 'inputs' })))
    }
  }
  if (typeof list === 'string') {
    const text = await readFile(list, 'utf8').catch(() => '')
    const lines = text.split('\n').map(line => line.trim())
    files.push(...lines.flatMap(input => (input === '' ? [] : { input, option: 'states' })))
  }
  return files
}

function filesOf(folder: string, stems: readonly string[]): string[] {
  return stems.flatMap(stem => ['json', 'csv', 'parquet'].map(ending => join(folder, `${stem}.${ending}`)))
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined || found.isDirectory()) return
  throw new DataError('usage', '--out is a file, expected a folder; give another', { file: folder })
}

async function checkFile({ option, path }: Output, command: string, { to }: Flags): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  // Results of a pipeline may go to a folder; with --to, to one whose name ends as a folder's alone.
  const mayBeFolder =
    option === 'out' && MAY_BE_FOLDER.includes(command) && (to === undefined || /[/\\]$/.test(path))
  if (found?.isDirectory() === true && !mayBeFolder) {
    throw new DataError('usage', `--${option} is a folder, expected a file; give one in it`, { file: path })
  }
  if (found !== undefined || mayBeFolder || MAKE_FOLDERS.includes(option) || MAKE_FOLDERS.includes(command))
    return
  await access(dirname(await linkTarget(path)), constants.W_OK).catch((error: unknown) => {
    throw writingError(error, path)
  })
}

/** Identifies a file by any of its paths; undefined where there is none. */
async function fileId(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found?.isFile() === true ? `${found.dev}:${found.ino}` : undefined
}

async function refuseInput(
  option: string,
  input: string,
  outputs: readonly (Output & { readonly id: string | undefined })[],
): Promise<void> {
  if (isRemote(input)) return
  const read = await idsRead(
    input,
    outputs.map(({ path }) => path),
  )
  const output = outputs.find(({ id }) => read.includes(id))
  if (output === undefined) return
  const what = `--${output.option} would write over what the command reads (${option}); give another file`
  throw new DataError('usage', what, { file: output.path })
}

/** What an input reads: itself, what it matches, or those of the given files that lie in it. */
async function idsRead(input: string, files: readonly string[]): Promise<(string | undefined)[]> {
  const found = await stat(input).catch(() => undefined)
  if (found?.isFile() === true) return [await fileId(input)]
  if (found?.isDirectory() === true) {
    const folder = await realpath(input)
    const inside = await Promise.all(
      files.map(async file => {
        const lies = (await realpath(dirname(file))) === folder
        return lies && (basename(file) === 'scores.json' || (await isColumnFile(file))) ? file : []
      }),
    )
    return Promise.all(inside.flat().map(fileId))
  }
  if (found !== undefined || !/[*?[{(!]/.test(input)) return []
  const { glob } = await import('tinyglobby')
  return Promise.all((await glob(input, { expandDirectories: false, onlyFiles: true })).map(fileId))
}
