import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemCode, systemMessage } from '../../src/io/system-error.js'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

// Errors that Linux has, and Node no name for: of disks with quotas, and of files on NFS.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

const unnamed = (errno: number) =>
  Object.assign(new Error(`Unknown system error ${errno}: Unknown system error ${errno}, rename`), {
    errno,
    code: `Unknown system error ${errno}`,
    syscall: 'rename',
  })

beforeAll(() => writeDump(at('maps.arrow'), makeRecords(120, 60), { rows: 10 }))

/** A module in which renaming to a file of this ending fails. */
function failing(errno: number, ending: string): string {
  const file = `fail${errno}${ending}.mjs`
  writeFileSync(
    at(file),
    `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fs.promises
    fs.promises.rename = async (from, to) => {
      if (!String(to).endsWith(${JSON.stringify(ending)})) return rename(from, to)
      const text = 'Unknown system error ${errno}'
      throw Object.assign(new Error(text + ': ' + text + ', rename'), { errno: ${errno}, code: text, syscall: 'rename' })
    }
    syncBuiltinESMExports()`,
  )
  return `./${file}`
}

it('have their names, and say what they mean', () => {
  expect(systemCode(unnamed(-122))).toBe('EDQUOT')
  expect(systemCode(unnamed(-116))).toBe('ESTALE')
  expect(systemCode(unnamed(-3999))).toBe('errno 3999')
  expect(systemCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT')
  expect(systemCode(Object.assign(new Error('x'), { code: 'ERR_ASSERTION' }))).toBeUndefined()
  expect(systemCode(new TypeError('x'))).toBeUndefined()
  expect(systemMessage(unnamed(-122))).toBe('the disk quota is used up (EDQUOT)')
})

describe.each([-122, -116, -3999])('%i', errno => {
  it('at a save lets the run go on and print its scores, and ends it with 75', async () => {
    const { code, stdout, stderr } = await cli(
      ['score', 'maps.arrow', '--checkpoint', 'x.state', '--every', '10r', '--format', 'csv'],
      { cwd: folder, node: ['--import', failing(errno, 'x.state')] },
    )
    expect(code).toBe(75)
    expect(stdout).toMatch(/\nmaps,/)
    expect(stderr).toMatch(/checkpoint not saved: .*x\.state: cannot be written/)
  })

  it('at a save of convert does not end it', async () => {
    const out = `c${errno}.parquet`
    const { code, stderr } = await cli(
      ['convert', 'maps.arrow', '-o', out, '--checkpoint', 'c.state', '--every', '1r'],
      { cwd: folder, node: ['--import', failing(errno, 'c.state')] },
    )
    expect(code, stderr).toBe(0)
    expect(existsSync(at(out))).toBe(true)
  })

  it('at the output is an error of writing', async () => {
    const { code, stderr } = await cli(['plan', 'maps.arrow', '--out', 'p.json'], {
      cwd: folder,
      node: ['--import', failing(errno, 'p.json')],
    })
    expect(code).toBe(75)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
