import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import { openParquet } from '../../../src/sources/parquet/index.js'
import { FIXTURES } from '../../support/fixtures.js'
import { readable } from './reading.js'

/** Files that crashed or hung other readers, found by fuzzing. */
const HOSTILE = join(FIXTURES, 'hostile/parquet')

const POLITE = ['read', 'damaged', 'format', 'column']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Seconds of CPU that a file may take: a busy machine uses up none. */
const MOST_SECONDS = 5

function seconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** What a file ends as: read, or the codes of its errors. Whatever is no DataError is thrown. */
async function survive(path: string): Promise<string[]> {
  const begun = seconds()
  const ends: string[] = []
  const only = (error: unknown) => {
    if (!(error instanceof DataError)) throw error
    expect(error.message).toContain(path)
    ends.push(error.code)
  }
  const source = await openParquet(path).catch(only)
  if (source === undefined) return ends
  for (const column of new Set(readable(source))) {
    let rows = 0
    try {
      for await (const batch of source.read([column])) rows += batch.rows.end - batch.rows.start
      ends.push(rows === source.batches!.reduce((sum, batch) => sum + batch.rows, 0) ? 'read' : 'short')
    } catch (error) {
      only(error)
    }
  }
  await source.close()
  expect(seconds() - begun).toBeLessThan(MOST_SECONDS)
  return ends
}

describe('hostile files', () => {
  const names = readdirSync(HOSTILE)

  it('are there', () => {
    expect(names.length).toBeGreaterThanOrEqual(70)
  })

  it.each(names)('%s ends as a DataError or is read', async name => {
    for (const end of await survive(join(HOSTILE, name))) expect(POLITE).toContain(end)
  })

  it.each(names)('%s does so too if it starts as Parquet does', async name => {
    const path = join(folder, name)
    const bytes = readFileSync(join(HOSTILE, name))
    bytes.write('PAR1', 0)
    writeFileSync(path, bytes)
    for (const end of await survive(path)) expect(POLITE).toContain(end)
  })

  it('take no more than 512 MB together', () => {
    expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(512)
  })
})
