import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Who may import whom, read from the import lines themselves.

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  /** The importing file, as in `src/dna/runs.ts`. */
  readonly from: string
  /** What it imports: a file of `src`, or a package or module by name. */
  readonly to: string
}

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('/kernels/assembly/'))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  const add = (name: string) => {
    const to = name.startsWith('.') ? normalize(join(dirname(file), name)).replace(/\.js$/, '.ts') : name
    found.push({ from: file, to })
  }
  for (const [, name] of text.matchAll(/^(?:import|export)\b[^'"`;]*?\sfrom\s+'([^']+)'/gm)) {
    add(name)
  }
  for (const [, name] of text.matchAll(/^import\s+'([^']+)'/gm)) add(name)
  for (const [, name] of text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) add(name)
  for (const [, name] of text.matchAll(/\bcreateRequire\(import\.meta\.url\)\('([^']+)'\)/g)) {
    if (!name.endsWith('package.json')) add(name)
  }
  for (const [, name] of text.matchAll(/\bimport\.meta\.resolve\('([^']+)'\)/g)) add(name)
  return found
}

const files = filesOf('src')
const imports = files.flatMap(importsOf)
const within = imports.filter(({ to }) => to.startsWith('src/'))
const outside = imports.filter(({ to }) => !to.startsWith('src/'))

/** `dna` for `src/dna/runs.ts`; the file's own name for those of `src` itself. */
function roomOf(file: string): string {
  return file.split('/')[1]
}

/** The package that a module is of. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

function isNode(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name)
}

const lines = (list: readonly Import[]) => list.map(({ from, to }) => `${from} imports ${to}`)

/** Folders that the files of a folder may import, besides their own. All stand above it: data flows down and never back. */
const MAY_IMPORT: { readonly [room: string]: string } = {
  core: '',
  kernels: 'core',
  stats: 'core kernels',
  dna: 'core kernels stats',
  io: 'core',
  sources: 'core kernels dna io',
  stages: 'core dna',
  accumulators: 'core stats dna',
  readout: 'core stats dna',
  sinks: 'core kernels dna io sources stages',
  engine: 'core io',
  metrics: 'core stats dna stages accumulators readout engine',
  results: 'core kernels stats sources metrics',
  scoring: 'core stats dna io sources accumulators readout sinks engine metrics results',
  pipeline: 'core stats dna io sources stages accumulators sinks engine metrics results scoring',
  report: 'core stats results',
  dumps: 'core kernels stats dna io sources stages accumulators readout sinks engine metrics scoring report',
  cli: 'core kernels stats dna io sources stages sinks engine metrics results pipeline scoring report dumps',
  'index.ts':
    'core stats dna sources stages accumulators sinks engine metrics results pipeline scoring dumps',
}

/** Files of `src` itself that know nothing but where the package is: anyone may import them. */
const FREE = ['package-root.ts', 'version.ts']

it('reads the import lines', () => {
  expect(files.length).toBeGreaterThan(80)
  expect(within.length).toBeGreaterThan(200)
  for (const { to } of within) expect(files, to).toContain(to)
  expect(importsOf('test/architecture.test.ts').map(({ to }) => to)).toContain('vitest')
})

it('every folder has rules, and imports only what stands above it', () => {
  const rooms = Object.keys(MAY_IMPORT)
  expect([...new Set(files.map(roomOf))].filter(room => !FREE.includes(room)).toSorted()).toEqual(
    rooms.toSorted(),
  )
  rooms.forEach((room, i) => {
    const wrong = MAY_IMPORT[room].split(' ').filter(name => name !== '' && !rooms.slice(0, i).includes(name))
    expect(wrong, room).toEqual([])
  })
  const wrong = within.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)]
    return other !== room && !FREE.includes(other) && !MAY_IMPORT[room]?.split(' ').includes(other)
  })
  expect(lines(wrong)).toEqual([])
})

it('no folder holds more files than one looks through', () => {
  const counts = new Map<string, number>()
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  const alike = ['src/sources/arrow', 'src/accumulators'] // a part of one format, a statistic each
  const large = [...counts].filter(([folder, count]) => count > (alike.includes(folder) ? 34 : 25))
  expect(large).toEqual([])
})

it('no file imports itself by way of others, types included', () => {
  const graph = new Map(
    files.map(file => [file, within.filter(({ from }) => from === file).map(({ to }) => to)]),
  )
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  function visit(file: string, path: readonly string[]): void {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' > '))
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

it('siblings in stages and accumulators do not import one another', () => {
  const siblings = within.filter(
    ({ from, to }) => ['stages', 'accumulators'].includes(roomOf(from)) && roomOf(from) === roomOf(to),
  )
  expect(lines(siblings)).toEqual([])
})

it('formats know nothing of one another, and others know them by the files above their folders alone', () => {
  const formatOf = (file: string) =>
    /^src\/sources\/(?!columns|records|arrays|joined)([^/]+)\//.exec(file)?.[1]
  const wrong = within.filter(({ from, to }) => {
    const format = formatOf(to)
    if (format === undefined || formatOf(from) === format || /^src\/sources\/[^/]+$/.test(from)) return false
    // Options of FASTA are part of the public interface; nothing but their type leaves the format.
    return !(from === 'src/index.ts' && to === 'src/sources/fasta/index.ts')
  })
  expect(lines(wrong)).toEqual([])
})

it('dna, stats, readout and core touch no module of Node and no package', () => {
  expect(
    lines(outside.filter(({ from }) => ['core', 'dna', 'stats', 'readout'].includes(roomOf(from)))),
  ).toEqual([])
})

it('stages and accumulators touch none either', () => {
  expect(lines(outside.filter(({ from }) => ['stages', 'accumulators'].includes(roomOf(from))))).toEqual([])
})

it('dna, stats, readout, stages and accumulators look at no clock and no process', () => {
  const pure = files.filter(file =>
    ['core', 'dna', 'stats', 'readout', 'stages', 'accumulators'].includes(roomOf(file)),
  )
  const impure =
    /\b(process\.|Date\.now|new Date|performance\.|Math\.random|globalThis\.|setTimeout|console\.)/
  const code = (file: string) => readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  expect(pure.filter(file => impure.test(code(file)))).toEqual([])
})

it('each package has one home', () => {
  const HOMES: { readonly [name: string]: RegExp } = {
    '@aws-sdk/client-s3': /^src\/io\/s3\.ts$/,
    '@swc/wasm-typescript': /^src\/cli\/job\/pipeline-hooks\.ts$/,
    '@toondepauw/node-zstd': /^src\/io\/zstd\.ts$/,
    '@gmod/indexedfasta': /^src\/sources\/genome\/index\.ts$/,
    '@marcbachmann/cel-js': /^src\/sources\/columns\/(?:filter|matches)\.ts$/,
    re2js: /^src\/sources\/columns\/matches\.ts$/,
    'apache-arrow':
      /^src\/(sources\/arrow\/|engine\/checkpoints\/arrow-arrays\.ts$|sinks\/(arrow-writer|arrow-(cells|rows)|map-rows-arrow)\.ts$)/,
    '@expo-google-fonts/source-sans-3': /^src\/report\/figures\/faces\.ts$/,
    '@resvg/resvg-wasm': /^src\/report\/figures\/png\.ts$/,
    'cli-progress': /^src\/cli\/job\/progress-bar\.ts$/,
    'cli-table3': /^src\/cli\/output\/text-table\.ts$/,
    'd3-scale': /^src\/report\/figures\/axes\.ts$/,
    'd3-scale-chromatic': /^src\/report\/figures\/angular-figure\.ts$/,
    'd3-shape': /^src\/report\/figures\/symbols\.ts$/,
    h5wasm: /^src\/sources\/hdf5\//,
    'h5wasm-plugins': /^src\/sources\/hdf5\/library\.ts$/,
    highland: /^src\/engine\/highland\.ts$/,
    hyparquet: /^src\/(sources\/parquet\/|sinks\/parquet-writer\.ts$)/,
    'hyparquet-compressors': /^src\/io\/codecs\.ts$/,
    'hyparquet-writer': /^src\/sinks\/parquet-(writer|pages)\.ts$/,
    'lz4-napi': /^src\/io\/lz4\.ts$/,
    pdfkit: /^src\/report\/figures\/pdf\.ts$/,
    'svg-to-pdfkit': /^src\/report\/figures\/pdf\.ts$/,
    'prom-client': /^src\/cli\/job\/metrics-file\.ts$/,
    'ml-hclust': /^src\/report\/figures\/agreement-figure\.ts$/,
    'parquetjs-lite': /^src\/sinks\/parquet-table\.ts$/,
    tinyglobby: /^src\/cli\/(inputs|outputs)\.ts$/,
    'smol-toml': /^src\/cli\/config-file\.ts$/,
    'xxhash-wasm': /^src\/io\/lz4-portable\.ts$/,
    yauzl: /^src\/sources\/numpy\/archive\.ts$/,
    yazl: /^src\/sinks\//,
    yargs: /^src\/cli\//,
    zstddec: /^src\/io\/(codecs|zstd)\.ts$/,
  }
  const third = outside.filter(({ to }) => !isNode(to))
  const strays = third.filter(({ from, to }) => !HOMES[packageOf(to)]?.test(from))
  expect(lines(strays)).toEqual([])
  const { devDependencies, optionalDependencies, ...others } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )
  const used = new Set(third.map(({ to }) => packageOf(to)))
  expect([...used].filter(name => !(name in devDependencies || name in optionalDependencies))).toEqual([])
  expect(Object.keys(optionalDependencies).filter(name => !used.has(name))).toEqual([])
  expect(others.dependencies).toBeUndefined() // all are in the bundles
})

it('modules of Node are named as such', () => {
  const bare = outside.filter(({ to }) => isNode(to) && !to.startsWith('node:'))
  expect(lines(bare)).toEqual([])
})

it('ready pipelines import the package alone', () => {
  const pipelines = filesOf('pipelines')
  expect(pipelines.length).toBeGreaterThan(0)
  const wrong = pipelines.flatMap(importsOf).filter(({ to }) => to !== 'attrstream')
  expect(lines(wrong)).toEqual([])
})

it('nothing has a default export', () => {
  const found = files.filter(file => /^export default/m.test(readFileSync(join(ROOT, file), 'utf8')))
  expect(found).toEqual([])
})
