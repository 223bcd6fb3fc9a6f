import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/attrstream-test')
const DAY_MS = 86_400_000

const BUNDLER = join(ROOT, '.bundle.mjs')
/** What a build is made of besides the sources. */
const MAKERS = [BUNDLER, join(ROOT, '.third-party.mjs'), join(ROOT, 'package-lock.json')]

/**
 * Compiles and bundles the sources once before all tests, into a folder named by their content: worker threads and child
 * processes run from there, whatever becomes of `dist` meanwhile.
 */
export function setup(): void {
  const name = contentOf(join(ROOT, 'src'))
  const folder = join(CACHE, name)
  process.env['ATTRSTREAM_DIST'] = join(folder, 'dist')
  if (existsSync(folder)) return
  forgetOld()
  const building = `${folder}.${process.pid}`
  mkdirSync(building, { recursive: true })
  copyFileSync(join(ROOT, 'package.json'), join(building, 'package.json'))
  for (const name of ['data-samples', 'pipelines']) {
    symlinkSync(join(ROOT, name), join(building, name), 'dir')
  }
  const dist = join(building, 'dist')
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  const kernels = join(dist, 'kernels', 'kernels.wasm')
  run('assemblyscript/bin/asc.js', '--config', 'src/kernels/asconfig.json', '--outFile', kernels)
  try {
    run('typescript/bin/tsc', '-p', ROOT, '--outDir', dist)
  } catch (error) {
    // What does not pass the type check may well run, and is for that check to tell.
    process.stderr.write(`built with errors:\n${(error as { stdout?: string }).stdout}\n`)
  }
  execFileSync(process.execPath, [BUNDLER, join(building, 'dist')], { stdio: 'inherit' })
  try {
    renameSync(building, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/** A name that changes with any source. */
function contentOf(folder: string): string {
  const hash = createHash('sha256')
  for (const file of MAKERS) hash.update(readFileSync(file))
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (name.endsWith('.ts')) hash.update(`${name}\n`).update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

function forgetOld(): void {
  if (!existsSync(CACHE)) return
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name)
    if (Date.now() - statSync(path).mtimeMs > DAY_MS) rmSync(path, { recursive: true, force: true })
  }
}
