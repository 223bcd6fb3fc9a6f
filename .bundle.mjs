/**
 * Bundles what is run, after the compiler: `node .bundle.mjs [FOLDER]`, by default dist.
 *
 * To load 300 modules one by one takes longer than to score a small file. Modules that are loaded by their name or URL
 * become bundles, with shared chunks, so that a class is one class for all of them: the command line and the library in
 * place of the compiled ones, what they load in a folder `bundle`. The compiled modules stay as they are, for tests; none
 * of them imports a bundle. Names are kept: error messages and stacks tell them.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = dirname(fileURLToPath(import.meta.url))
const SRC = join(ROOT, 'src')
const out = resolve(process.argv[2] ?? join(ROOT, 'dist'))

const NAMED = ['cli/main', 'index']
/** What is loaded by name or URL: by the program's entry, by worker threads, by Node itself. */
const LOADED = ['cli/program', 'engine/worker', 'scoring/pass', 'scoring/finish-pass', 'cli/pipeline-hooks']
const ENTRIES = [...NAMED.map(module => [module, module]), ...LOADED.map(module => [`bundle/${module}`, module])]

/** Packages that most runs load, of many small modules; all others are loaded from where they are installed. */
const BUNDLED = ['apache-arrow', 'flatbuffers', 'highland', 'yargs']

const isPackage = /^[^./]/
const posix = path => path.split(sep).join('/')

/**
 * Stands for the URL of a module of ours, which paths in it are relative to: its place in `bundle`, whatever chunk it is in.
 * The one that knows where the package is stays where it is.
 */
const urlMark = module =>
  `__url_of__(${JSON.stringify(module === 'package-root.js' ? module : `bundle/${module}`)})`
const URL_MARKS = /__url_of__\("([^"]+)"\)/g

const ours = {
  name: 'ours',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: isPackage }, ({ path, importer, kind }) => {
      if (kind === 'entry-point' || importer.includes('/node_modules/')) return undefined
      return BUNDLED.includes(path.split('/')[0]) ? undefined : { path, external: true }
    })
    onLoad({ namespace: 'file', filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const module = posix(relative(SRC, path)).replace(/\.ts$/, '.js')
      return { contents: text.replaceAll('import.meta.url', urlMark(module)), loader: 'ts' }
    })
  },
}

const theirs = {
  name: 'theirs',
  setup({ onResolve, onLoad }) {
    // Where the translations of help texts are.
    onLoad({ namespace: 'file', filter: /yargs\/lib\/platform-shims\/esm\.mjs$/ }, async ({ path }) => {
      const url = `new URL('lib/platform-shims/esm.mjs', import.meta.resolve('yargs')).href`
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url) }
    })
    // It makes a segmenter of graphemes as it is loaded, which takes 7 ms, and only help texts need it.
    onResolve({ filter: /^string-width$/ }, ({ importer, pluginData }) =>
      pluginData === 'itself' ? undefined : { path: importer, namespace: 'lazy-string-width' },
    )
    onLoad({ filter: /./, namespace: 'lazy-string-width' }, ({ path }) => ({
      contents: `let width; export default (...args) => (width ??= require('string-width').default)(...args)`,
      resolveDir: dirname(path),
      pluginData: 'itself',
    }))
  },
}

await rm(join(out, 'bundle'), { recursive: true, force: true })
const { outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: Object.fromEntries(ENTRIES.map(([to, module]) => [to, join(SRC, `${module}.ts`)])),
  outdir: out,
  bundle: true,
  splitting: true,
  chunkNames: 'bundle/chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  write: false,
  legalComments: 'eof',
  logLevel: 'warning',
  plugins: [theirs, ours],
})

/** CommonJS that is bundled asks for the modules of Node by this. */
const REQUIRE = `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); `

for (const { path, text } of outputFiles) {
  const placed = text.replaceAll(URL_MARKS, (_, module) => {
    const here = posix(relative(dirname(path), join(out, module)))
    return `new URL(${JSON.stringify(here)}, import.meta.url).href`
  })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text.includes('var __require = ') ? REQUIRE + placed : placed)
}
