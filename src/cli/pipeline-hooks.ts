import type { InitializeHook, ResolveHook } from 'node:module'

/*
 * Module hooks for pipelines, on the thread that Node runs hooks on: `attrstream` means the package that runs them, also
 * from a folder where it is not installed, and their own files are ES modules, whatever package.json lies around them.
 */

let self = ''

export const initialize: InitializeHook<{ self: string }> = data => {
  self = data.self
}

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier === 'attrstream') return { url: self, format: 'module', shortCircuit: true }
  const resolved = await nextResolve(specifier, context)
  return /\.m?[tj]s$/.test(resolved.url) && !resolved.url.includes('/node_modules/')
    ? { ...resolved, format: 'module' }
    : resolved
}
