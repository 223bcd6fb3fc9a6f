import type { Argv, Options } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { Json } from '../../core/types.js'
import type { OptionSpec } from '../../pipeline/define.js'
import { type LoadedPipeline, loadPipeline } from '../../pipeline/load.js'
import { BAD_RECORD_FLAGS } from './bad-record-flags.js'
import { GLOBAL_FLAGS } from './global-flags.js'
import { RECORD_FLAGS } from './record-flags.js'
import { RUN_FLAGS } from './run-flags.js'

type FlagOptions = { readonly [name: string]: Options }

/** Options of `run` and its like besides those of the pipeline. */
export const PIPELINE_RUN_FLAGS = {
  model: {
    string: true,
    describe: 'pool all inputs into one model of this name (default: one model per file)',
  },
  thin: {
    number: true,
    describe:
      'use a random subset, chosen by hash of the id: a fraction up to 1, or an approximate number of records (default: all)',
  },
} as const

/** Options that a pipeline cannot have. */
const KNOWN: FlagOptions = {
  ...GLOBAL_FLAGS,
  ...RECORD_FLAGS,
  ...RUN_FLAGS,
  ...BAD_RECORD_FLAGS,
  ...PIPELINE_RUN_FLAGS,
  help: {},
  version: {},
}

/** The pipeline that the command line names, already loaded by the command's own options. */
const loaded = new Map<string, Promise<LoadedPipeline>>()

/** Loads each pipeline once. Errors: those of `loadPipeline`. */
export function pipelineNamed(name: string): Promise<LoadedPipeline> {
  let pipeline = loaded.get(name)
  if (pipeline === undefined) loaded.set(name, (pipeline = loadPipeline(name)))
  return pipeline
}

/** Adds the options that a pipeline declares. Error: `usage`, for one that is an option of the command itself. */
export function withPipelineOptions(yargs: Argv, { pipeline, name }: LoadedPipeline): Argv {
  for (const [option, spec] of Object.entries(pipeline.options)) {
    const flag = kebab(option)
    if (flag in KNOWN || ['out', 'format', 'state', 'part', 'pipeline', 'shards'].includes(flag)) {
      throw new DataError('usage', `declares the option ${option}, which attrstream has itself; rename it`, {
        file: name,
      })
    }
    yargs.option(flag, {
      describe: spec.describe,
      type: typeOf(spec),
      group: 'Pipeline:',
      ...(spec.default === undefined ? {} : { default: spec.default }),
      ...(spec.choices === undefined ? {} : { choices: spec.choices }),
    })
  }
  return yargs
}

/** The values of a pipeline's options. Error: `usage`, for what is no number. */
export function pipelineOptionsGiven(
  { pipeline }: LoadedPipeline,
  flags: { readonly [name: string]: unknown },
): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(pipeline.options).flatMap(([option, spec]) => {
      const value = flags[kebab(option)] as Json | undefined
      if (typeOf(spec) === 'number' && value !== undefined && !Number.isFinite(value)) {
        throw new DataError('usage', `--${kebab(option)} is not a number: ${spec.describe}`)
      }
      return value === undefined ? [] : [[option, value]]
    }),
  )
}

function typeOf({ type, default: value, choices }: OptionSpec): 'string' | 'number' | 'boolean' {
  if (type !== undefined) return type
  const example = value ?? choices?.[0]
  return typeof example === 'number' ? 'number' : typeof example === 'boolean' ? 'boolean' : 'string'
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}
