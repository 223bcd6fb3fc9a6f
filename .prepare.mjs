/**
 * Makes all that the package distributes, from nothing, so that it never depends on an earlier build: npm runs this for
 * `npm pack`, and where it installs from a repository. `dist/index.d.ts` becomes one file of all public types.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const run = (program, ...args) =>
  execFileSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: ['ignore', 2, 2] })

// `npm install --global` from a repository installs no packages before it comes here, but says so to them all.
if (!existsSync('node_modules/esbuild')) {
  const env = { ...process.env, npm_config_global: 'false' }
  execFileSync('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'], {
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}

/** What is there stays until all is made: something may run from it. */
const made = `dist.${process.pid}`

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
  rmSync('dist', { recursive: true, force: true })
  renameSync(made, 'dist')
} finally {
  rmSync(made, { recursive: true, force: true })
}
