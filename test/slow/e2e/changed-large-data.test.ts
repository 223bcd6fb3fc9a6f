import {
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'

// Large files that are not the data any more which a state or a plan began with.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const run = (...args: string[]) => cli(args, { cwd: folder })

/** Above 64 MiB a fingerprint is of samples. */
beforeAll(() => {
  writeDump(at('large.arrow'), makeRecords(2200, 2000), { rows: 200 })
  expect(statSync(at('large.arrow')).size).toBeGreaterThan(64 * 2 ** 20)
})

/** Changes the last bits of some floats between two samples; size and modification time stay. */
function changeUnseen(name: string): void {
  const { size, atime, mtime } = statSync(at(name))
  const stride = (size - 65_536) / 255
  const file = openSync(at(name), 'r+')
  const bytes = new Uint8Array(4096)
  const place = Math.ceil((Math.floor(stride * 100) + 65_536 + 4096) / 8) * 8
  readSync(file, bytes, 0, bytes.length, place)
  for (let i = 0; i < bytes.length; i += 4) bytes[i] ^= 1
  writeSync(file, bytes, 0, bytes.length, place)
  utimesSync(at(name), atime, mtime)
}

describe('a large file that a checkpoint is of', () => {
  const score = (...more: string[]) =>
    run('score', 'large.arrow', '--checkpoint', 'x.state', '--format', 'json', ...more)
  const modelsOf = (stdout: string) => (JSON.parse(stdout) as { models: unknown }).models

  it('is refused where it was touched and only a part of it is covered, but for --verify', async () => {
    writeFileSync(
      at('kill.mjs'),
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      const { rename } = fs.promises
      fs.promises.rename = async (from, to) => {
        await rename(from, to)
        if (String(to).endsWith('part.state')) process.kill(process.pid, 'SIGKILL')
      }
      syncBuiltinESMExports()`,
    )
    const args = ['score', 'large.arrow', '--checkpoint', 'part.state', '--format', 'json']
    const killed = await cli([...args, '--every', '200r', '--workers', '1'], {
      cwd: folder,
      node: ['--import', './kill.mjs'],
    })
    expect(killed.signal).toBe('SIGKILL')
    utimesSync(at('large.arrow'), new Date(), new Date())
    const touched = await run(...args)
    expect(touched.stderr).toMatch(
      /part\.state: large\.arrow was written to, or replaced, since, and only a part/,
    )
    expect(touched.code).toBe(78)
    const verified = await run(...args, '--verify')
    expect(verified.code, verified.stderr).toBe(0)
    expect(verified.stderr).toContain('resumed from')
    const plain = await run('score', 'large.arrow', '--format', 'json')
    expect(modelsOf(verified.stdout)).toEqual(modelsOf(plain.stdout))
  })

  it('is gone on from where nothing touched it, read again where something did, and refused where it changed', async () => {
    const first = await score()
    expect(first.code, first.stderr).toBe(0)

    const again = await score()
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).not.toContain('re-reading')

    const asked = await score('--verify')
    expect(asked.code, asked.stderr).toBe(0)
    expect(asked.stderr).toContain('re-reading what the checkpoint covers')

    utimesSync(at('large.arrow'), new Date(), new Date())
    const touched = await score()
    expect(touched.code, touched.stderr).toBe(0)
    expect(touched.stderr).toContain('re-reading what the checkpoint covers')
    expect(modelsOf(touched.stdout)).toEqual(modelsOf(first.stdout))

    const plan = await run('plan', 'large.arrow', '--out', 'plan.json')
    expect(plan.code, plan.stderr).toBe(0)
    const hashed = await run('plan', 'large.arrow', '--verify', '--out', 'hashed.json')
    expect(hashed.code, hashed.stderr).toBe(0)
    mkdirSync(at('copies'))
    copyFileSync(at('large.arrow'), at('copies/large.arrow'))
    const shard = (planFile: string, ...more: string[]) =>
      run('score', '--plan', planFile, '--shard', '0/1', '--state', `${planFile}.state`, ...more)
    const copied = await shard('hashed.json', '--root', 'copies')
    expect(copied.code, copied.stderr).toBe(0)

    changeUnseen('large.arrow')
    const state = readFileSync(at('x.state'))
    const changed = await score()
    expect(changed.code).toBe(78)
    expect(changed.stderr).toMatch(/x\.state: covers data that has changed since: .* --restart to start over/)
    expect(readFileSync(at('x.state')).equals(state)).toBe(true)

    const planned = await shard('plan.json')
    expect(planned.code).toBe(78)
    expect(planned.stderr).toContain(
      'large.arrow: has been modified since it was planned; make the plan again',
    )

    changeUnseen('copies/large.arrow')
    const other = await shard('hashed.json', '--root', 'copies', '--restart')
    expect(other.code).toBe(78)
  })
})

describe('a conversion', () => {
  it('of a large file is not gone on with once that was written to', async () => {
    const args = ['convert', 'large.arrow', '-o', 'large.parquet', '--checkpoint', 'l.state', '--every', '1r']
    writeFileSync(
      at('stop.mjs'),
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      const { rename } = fs.promises
      fs.promises.rename = async (from, to) => {
        await rename(from, to)
        if (String(to).endsWith('l.state')) process.kill(process.pid, 'SIGKILL')
      }
      syncBuiltinESMExports()`,
    )
    const killed = await cli(args, { cwd: folder, node: ['--import', './stop.mjs'] })
    expect(killed.signal).toBe('SIGKILL')
    changeUnseen('large.arrow')
    const changed = await cli(args, { cwd: folder })
    expect(changed.stderr).toMatch(/l\.state: large\.arrow was written to, or replaced, since/)
    expect(changed.code).toBe(78)
    const anew = await cli([...args, '--restart'], { cwd: folder })
    expect(anew.code, anew.stderr).toBe(0)
    const plain = await cli(['convert', 'large.arrow', '-o', 'plain.parquet'], { cwd: folder })
    expect(plain.code, plain.stderr).toBe(0)
    expect(readFileSync(at('large.parquet')).equals(readFileSync(at('plain.parquet')))).toBe(true)
  })
})
