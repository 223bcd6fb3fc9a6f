import { readdir, stat } from 'node:fs/promises'
import { register } from 'node:module'
import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ArgumentsCamelCase, Options } from 'yargs'
import type { RecordOptions } from '../../sources/records/records.js'
import { asDataError, DataError } from '../../core/errors.js'
import { PACKAGE_ROOT } from '../../package-root.js'
import type { PipelineFlags, PipelineModule } from '../../pipeline/pipeline.js'
import { firstInput, optionTypes } from '../arguments.js'
import type { Command } from '../job/command.js'
import { GLOBAL_FLAGS } from '../flags/global-flags.js'
import { expandInputs } from '../inputs.js'
import { JOB_FLAGS, runJob } from '../job/job.js'
import { RECORD_FLAGS, type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import { quitWithReader } from '../job/broken-pipe.js'
import type { Watch } from '../job/monitor.js'

type Flags = RecordFlags & {
  pipeline?: string | undefined
  inputs?: string[] | undefined
  out?: string | undefined
  metrics?: string | undefined
}

/** The pipelines that the package brings. */
const PIPELINES = fileURLToPath(new URL('pipelines/', PACKAGE_ROOT))
const ENDINGS = ['.ts', '.mts', '.js', '.mjs']

export const runCommand: Command<Flags> = {
  async builder(yargs, words) {
    const common = yargs
      .positional('pipeline', {
        type: 'string',
        demandOption: true,
        describe: 'name, or path of a .ts or .js module',
      })
      .positional('inputs', {
        type: 'string',
        array: true,
        describe: 'files of maps, folders or patterns of them, or - for an Arrow stream',
      })
      .options(RECORD_FLAGS)
      .option('out', {
        string: true,
        describe:
          'file for its rows: .parquet, .csv, .bed or .ndjson; JSON lines on standard output without it',
      })
      .options(JOB_FLAGS)
      .example('$0 run attributed-runs maps.parquet --out runs.bed', 'a pipeline of the package')
      .example('$0 run ./my-pipeline.ts maps/*.arrow', 'one of your own')
      .example('$0 run ./my-pipeline.ts --help', 'its options')
    const name = firstInput(words, optionTypes(common))
    return name === undefined ? common : common.options(await ownOptions(name))
  },
  handler: run,
}

/** Options that a pipeline declares. Error: `usage`, for one that `run` has itself. */
async function ownOptions(name: string): Promise<{ [name: string]: Options }> {
  const { options = {} } = await loadPipeline(name)
  const known = { ...RECORD_FLAGS, ...JOB_FLAGS, ...GLOBAL_FLAGS, out: true, help: true, version: true }
  const twice = Object.keys(options).find(option => option in known)
  if (twice !== undefined) {
    throw new DataError('usage', `declares the option ${twice}, which attrstream has itself; rename it`, {
      file: name,
    })
  }
  return Object.fromEntries(
    Object.entries(options).map(([option, spec]) => [
      option,
      { ...spec, type: spec.type ?? typeOf(spec.default ?? spec.choices?.[0]), group: 'Pipeline:' },
    ]),
  )
}

function typeOf(example: unknown): 'string' | 'number' | 'boolean' {
  return typeof example === 'number' ? 'number' : typeof example === 'boolean' ? 'boolean' : 'string'
}

/** `attrstream run`. */
function run(args: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: args.metrics, bar: false }, async (watch, stop) => {
    stop.atOnce('what the pipeline wrote may be unfinished')
    await runPipeline(args, watch)
    return undefined
  })
}

async function runPipeline(args: ArgumentsCamelCase<Flags>, watch: Watch): Promise<void> {
  const { pipeline, inputs = [] } = args
  const module = await loadPipeline(pipeline as string)
  const files = await expandInputs(inputs, text => watch.tell('note', text))
  quitWithReader(watch)
  watch.tellMachines('begin', 'begins', { files: files.length, pipeline })
  let read = false
  try {
    const onBatch: RecordOptions['onBatch'] = ({ rows, bytes }) => watch.advance(rows, bytes)
    await module.run(
      files,
      told(args, module, onBatch, () => (read = true)),
    )
  } catch (error) {
    throw faultOf(pipeline as string, 'failed', error)
  }
  const ignored = Object.keys(RECORD_FLAGS).find(name => args[name] !== undefined)
  if (ignored !== undefined && !read) {
    throw new DataError(
      'usage',
      `did not look at --${ignored}: it opens its maps without flags.records; hand that to openAllMaps`,
      { file: pipeline as string },
    )
  }
  watch.done()
}

/** Options as a pipeline has them: those of records are read into one, which it hands to `openAllMaps`. */
function told(
  args: ArgumentsCamelCase<Flags>,
  { options = {} }: PipelineModule,
  onBatch: RecordOptions['onBatch'],
  onRead: () => void,
): PipelineFlags {
  const own = Object.keys(options).map(name => [name, args[name]] as const)
  const records = { ...recordOptionsOf(args), onBatch }
  return {
    out: args.out,
    ...Object.fromEntries(own),
    get records() {
      onRead()
      return records
    },
  }
}

/**
 * The module of a pipeline: a file, or the one of that name in pipelines/.
 *
 * Errors: `not-found`, naming the pipelines there are; `usage`, for a module that exports no `pipeline`.
 */
export function loadPipeline(name: string): Promise<PipelineModule> {
  const loading = loaded.get(name) ?? load(name)
  loaded.set(name, loading)
  return loading
}

/** Pipelines by name: the options of one are asked for before it runs. */
const loaded = new Map<string, Promise<PipelineModule>>()

async function load(name: string): Promise<PipelineModule> {
  const path = await findPipeline(name)
  const module = await importModule(path).catch((error: unknown) => {
    throw faultOf(name, 'cannot be loaded', error)
  })
  const { pipeline } = module as { pipeline?: Partial<PipelineModule> }
  if (typeof pipeline?.run !== 'function' || typeof pipeline.description !== 'string') {
    const found = Object.keys(module as object).join(', ') || 'nothing'
    throw new DataError(
      'usage',
      `exports ${found}, expected "pipeline", an object of a description and a function run(inputs, flags)`,
      { file: path },
    )
  }
  return pipeline as PipelineModule
}

/** A fault of somebody's pipeline, told as theirs; DataErrors stay what they are, but for those of a stage of theirs. */
function faultOf(name: string, what: string, error: unknown): DataError {
  if (error instanceof DataError && error.code === 'stage') {
    const fault = new DataError('usage', error.what, { file: name, ...error.where }, error.cause)
    if (error.stack !== undefined) fault.stack = error.stack
    return fault
  }
  const fault = asDataError(error, 'usage', error instanceof DataError ? {} : { file: name }, what)
  if (error instanceof Error && error.stack !== undefined) fault.stack = error.stack
  return fault
}

async function findPipeline(name: string): Promise<string> {
  const path = resolve(name)
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    if (ENDINGS.includes(extname(path))) return path
    throw new DataError('usage', `is no module, expected a file that ends in ${ENDINGS.join(', ')}`, {
      file: name,
    })
  }
  const there = (await readdir(PIPELINES)).filter(file => ENDINGS.includes(extname(file)))
  const found = there.find(file => file === name || basename(file, extname(file)) === name)
  if (found !== undefined) return join(PIPELINES, found)
  const names = there.map(file => basename(file, extname(file))).join(', ')
  throw new DataError('not-found', `no such pipeline; name a file, or one of ${names}`, { file: name })
}

/** Imports a module; TypeScript is turned into JavaScript on the way, without a check of its types. */
async function importModule(path: string): Promise<unknown> {
  if (path.endsWith('ts')) process.setSourceMapsEnabled(true)
  const data = { self: new URL('dist/index.js', PACKAGE_ROOT).href }
  register('../job/pipeline-hooks.js', import.meta.url, { data })
  return import(pathToFileURL(path).href)
}
