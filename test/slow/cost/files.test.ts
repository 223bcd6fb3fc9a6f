import { copyFileSync, linkSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { cli, type CliOptions, temporaryFolder } from '../../support/cli.js'
import { type DumpRecord, writeDump } from '../../support/dumps.js'
import { liveMemory } from '../../support/live-memory.js'

const BATCHES = 6
const ROWS = 64

/** A file of batches of 2 MB. */
function largeBatches(ending: string): string {
  const length = 2048
  const attributions = Float32Array.from({ length: 4 * length }, (_, i) => Math.sin(i * i))
  const sequence = Array.from({ length }, (_, i) => 'ACGT'[((i * i) % 7) & 3]).join('')
  const records = Array.from({ length: BATCHES * ROWS }, (_, i): DumpRecord => {
    return { id: `map-${i}`, net: 'one', sequence, attributions }
  })
  const path = join(temporaryFolder(), `maps.${ending}`)
  writeDump(path, records, { rows: ROWS })
  return path
}

/** Scores a population of so many files, all links to one; returns the standard output. */
async function scored(file: string, files: number, options: CliOptions): Promise<string> {
  const folder = join(temporaryFolder(), 'maps')
  mkdirSync(folder)
  for (let i = 0; i < files; i++) linkSync(file, join(folder, `${i}-${file.split('/').at(-1)}`))
  const run = await cli(
    ['score', folder, '--model', 'one', '--workers', '1', '--null', 'none', '--quiet', '--format', 'json'],
    options,
  )
  expect(run.code, run.stderr).toBe(0)
  expect(JSON.parse(run.stdout).models[0].records).toBe(files * BATCHES * ROWS)
  return run.stdout
}

it.each(['arrow', 'parquet'])('memory does not grow with the number of %s files', async ending => {
  const file = largeBatches(ending)
  const { bytes, ...options } = liveMemory(temporaryFolder())
  const peak = async (files: number): Promise<number> => {
    await scored(file, files, options)
    return bytes()
  }
  const [few, many] = [await peak(8), await peak(48)]
  expect(many - few).toBeLessThan(40e6) // what was read into, kept with each file, is 160 MB
})

it('a population may have more files than a process may open', async () => {
  const limited = { front: ['prlimit', '--nofile=120'] } // Node itself opens 70 at once while it loads
  if ((await cli(['--version'], limited).catch(() => undefined))?.code !== 0) {
    process.stderr.write('skipped: prlimit is not there\n')
    return
  }
  const file = fileURLToPath(new URL('../../../data-samples/tf-mindi.parquet', import.meta.url))
  const folder = join(temporaryFolder(), 'maps')
  mkdirSync(folder)
  for (let i = 0; i < 200; i++) copyFileSync(file, join(folder, `${i}.parquet`))
  const args = ['score', folder, '--model', 'one', '--workers', '2', '--quiet', '--format', 'json']
  const run = await cli(args, limited)
  expect(run.code, run.stderr).toBe(0)
  expect(JSON.parse(run.stdout).models[0].records).toBe(200 * 42)
})
