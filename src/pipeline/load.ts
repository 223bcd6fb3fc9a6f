import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { register } from 'node:module'
import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { asDataError, DataError } from '../core/errors.js'
import { PACKAGE_ROOT } from '../package-root.js'
import { isPipeline, type Pipeline } from './define.js'

/** The pipelines that the package brings. */
const PIPELINES = fileURLToPath(new URL('pipelines/', PACKAGE_ROOT))
/** Those that commands of their own run. */
const BUILT_IN: { readonly [name: string]: () => Promise<Pipeline> } = {
  agreement: async () => (await import('./built-in/agreement.js')).agreement as unknown as Pipeline,
  convert: async () => (await import('./built-in/convert.js')).convert as unknown as Pipeline,
  transform: async () => (await import('./built-in/transform.js')).transform as unknown as Pipeline,
}
const ENDINGS = ['.ts', '.mts', '.js', '.mjs']

/** A pipeline with where it is from. */
export interface LoadedPipeline {
  readonly pipeline: Pipeline
  /** As it was named: by a path, or by the name of one in the package. */
  readonly name: string
  readonly path: string
  /** SHA-256 of its module, in hex, 16 digits: what states and checkpoints are compared by. */
  readonly digest: string
}

/**
 * The pipeline of a module: a file, or the one of that name in the package.
 *
 * Errors: `not-found`, naming the pipelines there are; `usage`, for a module that cannot be loaded or exports none.
 */
export async function loadPipeline(name: string): Promise<LoadedPipeline> {
  const own = BUILT_IN[name]
  if (own !== undefined) {
    const pipeline = await own()
    return { pipeline, name, path: name, digest: `${name}/1` }
  }
  const path = await findPipeline(name)
  const module = (await importModule(path).catch((error: unknown) => {
    throw pipelineError(name, error, 'cannot be loaded')
  })) as { readonly [name: string]: unknown }
  const found = [module['default'], ...Object.values(module)].find(isPipeline)
  if (found === undefined) {
    const exported = Object.keys(module).join(', ') || 'nothing'
    throw new DataError('usage', `exports ${exported}, expected pipeline({...}) as its default export`, {
      file: name,
    })
  }
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .slice(0, 16)
  return { pipeline: found, name, path, digest }
}

/** The names of the pipelines of the package. */
async function pipelineNames(): Promise<string[]> {
  const files = await readdir(PIPELINES)
  return files
    .filter(file => ENDINGS.includes(extname(file)))
    .map(file => basename(file, extname(file)))
    .concat(Object.keys(BUILT_IN))
    .toSorted()
}

async function findPipeline(name: string): Promise<string> {
  const path = resolve(name)
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    if (ENDINGS.includes(extname(path))) return path
    throw new DataError('usage', `is not a module, expected a file that ends in ${ENDINGS.join(', ')}`, {
      file: name,
    })
  }
  const files = await readdir(PIPELINES)
  const found = files.find(
    file => ENDINGS.includes(extname(file)) && (file === name || basename(file, extname(file)) === name),
  )
  if (found !== undefined) return join(PIPELINES, found)
  const known = (await pipelineNames()).join(', ')
  throw new DataError('not-found', `no such pipeline; give a file, or one of ${known}`, { file: name })
}

/** Hooks hold for a thread, and are registered once in each. */
let hasHooks = false

/** Imports a module; TypeScript is turned into JavaScript on the way, without a check of its types. */
async function importModule(path: string): Promise<unknown> {
  if (path.endsWith('ts')) process.setSourceMapsEnabled(true)
  if (!hasHooks) {
    const data = { self: new URL('dist/index.js', PACKAGE_ROOT).href }
    register('../cli/job/pipeline-hooks.js', import.meta.url, { data })
    hasHooks = true
  }
  return import(pathToFileURL(path).href)
}

/** A fault of a pipeline, reported with its name; an error of the data stays what it is. */
export function pipelineError(name: string, error: unknown, what = 'failed'): DataError {
  if (error instanceof DataError && error.code === 'stage') {
    const where = error.where.file === undefined ? '' : ` (pipeline ${name})`
    const what = `${error.what}${where}; --debug shows the stack trace`
    const fault = new DataError('usage', what, { file: name, ...error.where }, error.cause)
    if (error.stack !== undefined) fault.stack = error.stack
    return fault
  }
  if (error instanceof DataError) {
    return error.where.file === undefined && error.code === 'usage' ? error.at({ file: name }) : error
  }
  const fault = asDataError(error, 'usage', { file: name }, what)
  if (error instanceof Error && error.stack !== undefined) fault.stack = error.stack
  return fault
}
