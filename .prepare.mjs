/**
 * Makes all that the package distributes, from nothing, so that it never depends on an earlier build: npm runs this for
 * `npm pack`, and where it installs from a repository. `dist/index.d.ts` becomes one file of all public types.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const run = (program, ...args) =>
  execFileSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: ['ignore', 2, 2] })

// `npm install --global` from a repository says that it is global to the install in the clone as well: that one brings no
// packages, and links the clone, which is deleted later, in place of the folder that the package is to be unpacked into.
if (!existsSync('node_modules/esbuild')) {
  const { npm_config_prefix: prefix = '', ...env } = process.env
  const link = join(prefix, process.platform === 'win32' ? '' : 'lib', 'node_modules/attrstream')
  if (prefix !== '' && lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
    unlinkSync(link)
    mkdirSync(link)
  }
  execFileSync('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'], {
    env: { ...env, npm_config_global: 'false' },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

/** What is there stays until all is made, and is replaced at once: something may run from it. */
const made = `dist.${process.pid}`
const old = `${made}.old`

const base = JSON.parse(readFileSync('.api-extractor.json', 'utf8').replaceAll('dist/', `${made}/`))

/** The API extractor's configuration for the types of `index.ts` and all that it exports, in one file. */
const types = {
  ...base,
  projectFolder: '..',
  docModel: { enabled: false },
  dtsRollup: { enabled: true, untrimmedFilePath: `<projectFolder>/${made}/types.d.ts` },
  messages: { ...base.messages, tsdocMessageReporting: { default: { logLevel: 'none' } } },
}

try {
  run('assemblyscript/bin/asc.js', '--config', 'src/kernels/asconfig.json', '--outFile', `${made}/kernels/kernels.wasm`)
  run('typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', made)
  run('../.bundle.mjs', made)
  writeFileSync(`${made}/types.json`, JSON.stringify(types))
  run('@microsoft/api-extractor/bin/api-extractor', 'run', '--config', `${made}/types.json`)
  renameSync(`${made}/types.d.ts`, `${made}/index.d.ts`)
  rmSync(`${made}/types.json`)
  if (existsSync('dist')) renameSync('dist', old)
  renameSync(made, 'dist')
} finally {
  for (const folder of [made, old]) rmSync(folder, { recursive: true, force: true })
}
