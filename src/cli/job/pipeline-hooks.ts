import { readFile } from 'node:fs/promises'
import type { InitializeHook, LoadHook, ResolveFnOutput, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

/*
 * Module hooks for pipelines, on the thread that Node runs hooks on: `attrstream` means the package that runs them, also
 * from a folder where it is not installed; their own files are ES modules, whatever package.json lies around them; and
 * those in TypeScript become JavaScript, whatever this version of Node knows of types.
 */

let self = ''

export const initialize: InitializeHook<{ self: string }> = data => {
  self = data.self
}

const TYPESCRIPT = /\.m?ts$/

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier === 'attrstream') return { url: self, format: 'module', shortCircuit: true }
  const resolved = await first([specifier, ...sourcesOf(specifier, context.parentURL)], name =>
    nextResolve(name, context),
  )
  const { url } = resolved
  return TYPESCRIPT.test(url) || (/\.m?js$/.test(url) && !url.includes('/node_modules/'))
    ? { ...resolved, format: 'module' }
    : resolved
}

/** The first of some specifiers that leads to a file; the error of the first if none does. */
async function first(
  [specifier, ...others]: readonly string[],
  resolveOne: (specifier: string) => ResolveFnOutput | Promise<ResolveFnOutput>,
): Promise<ResolveFnOutput> {
  try {
    return await resolveOne(specifier)
  } catch (error) {
    if (others.length === 0) throw error
    return first(others, resolveOne).catch(() => {
      throw error
    })
  }
}

/** The TypeScript that a relative import may mean: `./half.js` and `./half` are half.ts. */
function sourcesOf(specifier: string, parent = ''): string[] {
  if (!specifier.startsWith('.') || !TYPESCRIPT.test(parent)) return []
  return [/\.m?js$/.test(specifier) ? specifier.replace(/js$/, 'ts') : `${specifier}.ts`]
}

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!TYPESCRIPT.test(url)) return nextLoad(url, context)
  const { default: typescript } = await import('@swc/wasm-typescript')
  const filename = fileURLToPath(url)
  const text = await readFile(filename, 'utf8')
  const { code, map } = transform(() =>
    typescript.transformSync(text, { filename, mode: 'transform', module: true, sourceMap: true }),
  )
  const comment = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map ?? '').toString('base64')}`
  return { format: 'module', source: code + comment, shortCircuit: true }
}

/** What the compiler throws is no Error. */
function transform<T>(part: () => T): T {
  try {
    return part()
  } catch (error) {
    const { message, startLine } = error as { message: string; startLine: number }
    throw new SyntaxError(`line ${startLine}: ${message}`)
  }
}
