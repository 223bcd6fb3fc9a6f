import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { cli, startCli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const unfinished = () => readdirSync(folder).filter(name => /\.(?:tmp|partial)$/.test(name))
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
let expected = ''

beforeAll(async () => {
  writeDump(at('maps.arrow'), makeRecords(1500, 2000), { rows: 50 })
  const { code, stderr } = await cli(['convert', 'maps.arrow', '-o', 'plain.arrow'], { cwd: folder })
  expect(code, stderr).toBe(0)
  expected = sha256(at('plain.arrow'))
})

const convert = (name: string) => [
  'convert',
  'maps.arrow',
  '-o',
  `${name}.arrow`,
  '--checkpoint',
  `${name}.state`,
  '--every',
  '1r',
]

/** A module that kills the process as soon as it would do this. */
function killAt(call: string, when: string): string {
  const file = `kill-${call}.mjs`
  writeFileSync(
    at(file),
    `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    const before = fs.promises.${call}
    fs.promises.${call} = (...words) => {
      if (${when}) process.kill(process.pid, 'SIGKILL')
      return before(...words)
    }
    syncBuiltinESMExports()`,
  )
  return `./${file}`
}

it.each([
  [
    'between the rename of the output and the removal of the checkpoint',
    'rm',
    `String(words[0]).endsWith('.state')`,
  ],
  ['before the rename of the output', 'rename', `String(words[1]).endsWith('rename.arrow')`],
])('is done by the same command after a kill %s', async (_, call, when) => {
  const killed = await cli(convert(call), { cwd: folder, node: ['--import', killAt(call, when)] })
  expect(killed.signal).toBe('SIGKILL')
  const again = await cli(convert(call), { cwd: folder })
  expect(again.code, again.stderr).toBe(0)
  expect(sha256(at(`${call}.arrow`))).toBe(expected)
  expect(readdirSync(folder)).not.toContain(`${call}.state`)
  expect(unfinished()).toEqual([])
})

it('may run twice at once', async () => {
  const start = () => startCli(convert('both'), { cwd: folder }).ended
  const runs = await Promise.all([start(), start()])
  for (const { code, stderr } of runs) expect(code, stderr).toBe(0)
  expect(sha256(at('both.arrow'))).toBe(expected)
  const after = await cli(convert('both'), { cwd: folder })
  expect(after.code, after.stderr).toBe(0)
  expect(sha256(at('both.arrow'))).toBe(expected)
  expect(unfinished()).toEqual([])
})
