import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { DIST } from '../../support/dist.js'

const folder = temporaryFolder()
const SAMPLE = fileURLToPath(new URL('../../../data-samples/exponential-standard.arrow', import.meta.url))

/** The files of code that a command loads, which coverage lists. */
function loadedBy(name: string, ...args: string[]): string[] {
  const to = join(folder, name)
  const env = { ...process.env, NODE_V8_COVERAGE: to }
  execFileSync(process.execPath, [join(DIST, 'cli/main.js'), ...args], { env, stdio: 'pipe' })
  const reports = readdirSync(to).map(file => JSON.parse(readFileSync(join(to, file), 'utf8')))
  const urls = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url))
  return urls.filter(url => url.startsWith('file:'))
}

/**
 * Guards against a slow start, by counts that do not depend on the machine: a module loaded takes a third of a ms. The
 * files are chunks of the bundles, packages included; without bundles a score takes over 400.
 */
describe('what a start loads', () => {
  it('is little where there is nothing to do', () => {
    const files = loadedBy('version', '--version')
    expect(files).toContainEqual(expect.stringMatching(/cli\/main\.js$/))
    expect(files.length).toBeLessThan(20)
  })

  it('is what scoring a file of its form takes, and no codec but its own', () => {
    const files = loadedBy('score', 'score', SAMPLE, '--format', 'json', '--workers', '1')
    expect(files).toContainEqual(expect.stringMatching(/lz4-napi\/index\.js$/))
    expect(files.length).toBeLessThan(130)
    for (const other of [/zstd/, /hyparquet/, /cli-table3/, /parquet-[^/]*\.js$/]) {
      expect(files.filter(file => other.test(file))).toEqual([])
    }
  })
})
