import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { FIXTURES } from '../../support/fixtures.js'

// Damaged files end in a DataError or are read: no crash, no hang, no memory without bound, no row too few or too many.

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

async function node(
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, stdout, stderr }
}

it('a thousand damaged files of every format; npm run test:fuzz tries many more', async () => {
  const { code, stdout, stderr } = await node([path('fuzz.mjs'), '--cases', '200', '--seed', '1'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/ seed 1, 200 cases/)
  expect(code, stdout).toBe(0)
})

/** Files that crashed or hung other readers. */
const HOSTILE = join(FIXTURES, 'hostile')

describe('hostile files are inspected, scored and converted politely', () => {
  const out = join(temporaryFolder(), 'out.arrow')
  it.each(['arrow-file', 'arrow-stream', 'parquet'])('%s', async folder => {
    const files = readdirSync(join(HOSTILE, folder))
    expect(files.length).toBeGreaterThan(20)
    const { code, stdout, stderr } = await node([
      '--max-old-space-size=256',
      path('hostile.mjs'),
      join(HOSTILE, folder),
      out,
    ])
    expect(code, stderr.slice(-500)).toBe(0)
    const { outcomes, maxRss } = JSON.parse(stdout) as {
      outcomes: { name: string; command: string; end: string }[]
      maxRss: number
    }
    expect(outcomes).toHaveLength(3 * files.length)
    expect(outcomes.filter(({ end }) => end.startsWith('fault'))).toEqual([])
    expect(maxRss).toBeLessThan(512 * 2 ** 20)
  })
})
