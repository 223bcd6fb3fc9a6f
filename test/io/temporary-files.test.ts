import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { removeStale, temporaryPath } from '../../src/io/temporary-files.js'
import { writeAtomically } from '../../src/io/atomic-file.js'
import { temporaryFolder } from '../support/cli.js'

const folder = temporaryFolder()

/** The number of a process that has ended. */
const dead = spawnSync(process.execPath, ['-e', '']).pid

function madeBy(pid: number, machine?: string, at = folder): string {
  const name = temporaryPath(join(at, 'x.state'))
  const renamed = name.replace(`-${process.pid}-`, `-${pid}-`)
  const path = machine === undefined ? renamed : renamed.replace(/\.[0-9a-f]{8}-/, `.${machine}-`)
  writeFileSync(path, '')
  return basename(path)
}

it('temporary files of processes that have ended are removed, those of others are left alone', async () => {
  const gone = madeBy(dead)
  const own = madeBy(process.pid)
  const alive = madeBy(process.ppid)
  const elsewhere = madeBy(dead, '00000000')
  const old = madeBy(dead, '00000000')
  utimesSync(join(folder, old), new Date(), new Date(Date.now() - 8 * 24 * 3600 * 1000))
  writeFileSync(join(folder, '.x.state.tmp'), '')
  await removeStale(folder)
  const left = readdirSync(folder)
  expect(left).not.toContain(gone)
  expect(left).not.toContain(old)
  expect(left.toSorted()).toEqual([own, alive, elsewhere, '.x.state.tmp'].toSorted())
})

it('a file that is written removes those in its folder, and leaves none', async () => {
  const inner = join(folder, 'inner')
  mkdirSync(inner)
  madeBy(dead, undefined, inner)
  await writeAtomically(join(inner, 'y.state'), 'content')
  expect(readdirSync(inner)).toEqual(['y.state'])
})
