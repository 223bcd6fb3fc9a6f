/** Whether the build is newer than all that it is made of, by the exit code: after `npm ci`, `npm start` need not build again. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', '.bundle.mjs', '.third-party.mjs']
const WRITTEN_LAST = 'dist/THIRD-PARTY.md'

const within = path =>
  statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map(name => join(path, name)) : []
const time = path => statSync(path).mtimeMs
const isOlder = path => time(path) < time(WRITTEN_LAST)

const isBuilt = existsSync(WRITTEN_LAST) && SOURCES.flatMap(path => [path, ...within(path)]).every(isOlder)
process.exitCode = isBuilt ? 0 : 1
