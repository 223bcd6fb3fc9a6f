/**
 * Bundles what is run, after the compiler: `node .bundle.mjs [FOLDER]`, by default dist.
 *
 * To load 300 modules one by one takes longer than to score a small file, and to install 150 packages longer than both.
 * Modules that are loaded by their name or URL become bundles, with shared chunks, so that a class is one class for all
 * of them: the command line and the library in place of the compiled ones, what they load in a folder `bundle`. Packages
 * are part of the bundles, and the files that they read lie in `bundle/assets`; only native code stays outside, which a
 * platform may lack. The compiled modules stay as they are, for tests; none of them imports a bundle. Names are kept:
 * error messages and stacks show them.
 */
import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { thirdPartyNotices } from './.third-party.mjs'

const ROOT = dirname(fileURLToPath(import.meta.url))
const SRC = join(ROOT, 'src')
const PACKAGES = join(ROOT, 'node_modules')
const out = resolve(process.argv[2] ?? join(ROOT, 'dist'))

const NAMED = ['cli/main', 'index']
/** What is loaded by name or URL: by the program's entry, by worker threads, by Node itself. */
const LOADED = ['cli/program', 'engine/workers/thread-entry', 'scoring/pass', 'pipeline/pass', 'pipeline/rows/pass', 'cli/job/pipeline-hooks']
const ENTRIES = [...NAMED.map(module => [module, module]), ...LOADED.map(module => [`bundle/${module}`, module])]

const { optionalDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
/** Loaded from where they are installed, if they are. */
const NATIVE = Object.keys(optionalDependencies)

/** Files that packages read as they run, by the names that sources give to `import.meta.resolve`; by default that file. */
const ASSETS = {
  'h5wasm/node': ['h5wasm/dist/node/hdf5_util.js'],
  'h5wasm-plugins': ['h5wasm-plugins/plugins'],
  yargs: ['yargs/locales'],
}

const isPackage = /^[^./]/
const posix = path => path.split(sep).join('/')

/**
 * Stands for the URL of a file, which paths are relative to: a module of ours has its place in `bundle`, whatever chunk it
 * is in; a file of a package its place in `assets`. The module that knows where the package is stays where it is.
 */
const urlMark = path => `__url_of__(${JSON.stringify(path)})`
const URL_MARKS = /__url_of__\("([^"]+)"\)/g
const placeOf = module => (module === 'package-root.js' ? module : `bundle/${module}`)

/** Paths in node_modules that go to assets. */
const assets = new Set()

/** The mark of a file of a package, which is copied, or what lies next to it in its place. */
function assetMark(name) {
  const path = posix(relative(PACKAGES, fileURLToPath(import.meta.resolve(name))))
  for (const asset of ASSETS[name] ?? [path]) assets.add(asset)
  return urlMark(`bundle/assets/${path}`)
}

const ours = {
  name: 'ours',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: isPackage }, ({ path }) =>
      NATIVE.includes(path) ? { path, external: true } : undefined,
    )
    onLoad({ namespace: 'file', filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const module = posix(relative(SRC, path)).replace(/\.ts$/, '.js')
      const contents = text
        .replaceAll(/import\.meta\.resolve\('([^']+)'\)/g, (_, name) => assetMark(name))
        .replaceAll('import.meta.url', urlMark(placeOf(module)))
      return { contents, loader: 'ts' }
    })
  },
}

const theirs = {
  name: 'theirs',
  setup({ onResolve, onLoad }) {
    // Where the translations of help texts are.
    onLoad({ namespace: 'file', filter: /yargs\/lib\/platform-shims\/esm\.mjs$/ }, async ({ path }) => {
      assetMark('yargs')
      const url = urlMark('bundle/assets/yargs/lib/platform-shims/esm.mjs')
      return { contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', url) }
    })
    // Global variables that nothing declares, which modules do not allow; and `new Buffer`, of which Node warns.
    onLoad({ filter: /\/(parquetjs-lite\/(gen-nodejs|modules)|node-int64)\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll(/^(\w+) = (?=function|module\.exports)/gm, 'var $1 = ')
        .replaceAll('new Buffer(', 'bufferOf(')
        .concat(`
function bufferOf(value, encoding) {
  return typeof value === 'number' ? Buffer.alloc(value) : Buffer.from(value, encoding)
}`),
    }))
    // It makes a segmenter of graphemes as it is loaded, which takes 7 ms, and only help texts need it.
    onResolve({ filter: /^string-width$/ }, ({ importer, kind }) =>
      kind === 'import-statement' ? { path: importer, namespace: 'lazy-string-width' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'lazy-string-width' }, ({ path }) => ({
      contents: `let width; export default (...args) => (width ??= require('string-width').default)(...args)`,
      resolveDir: dirname(path),
    }))
  },
}

await rm(join(out, 'bundle'), { recursive: true, force: true })
const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: Object.fromEntries(ENTRIES.map(([to, module]) => [to, join(SRC, `${module}.ts`)])),
  outdir: out,
  bundle: true,
  splitting: true,
  chunkNames: 'bundle/chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  write: false,
  legalComments: 'none',
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

for (const asset of assets) {
  await cp(join(PACKAGES, asset), join(out, 'bundle/assets', asset), { recursive: true })
}

// The manual page is made of the texts of --help. Kernels are looked for in dist, which may not be made yet.
const manual = execFileSync(process.execPath, [join(out, 'cli/main.js'), '--man'], {
  encoding: 'utf8',
  env: { ...process.env, ATTRSTREAM_KERNELS: 'typescript' },
})
await writeFile(join(out, 'attrstream.1'), manual)

const bundled = Object.keys(metafile.inputs).filter(path => path.startsWith('node_modules/'))
const copied = [...assets].map(path => `node_modules/${path}`)
await writeFile(join(out, 'THIRD-PARTY.md'), await thirdPartyNotices(ROOT, [...bundled, ...copied]))
