import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { ColumnSource } from '../../../src/sources/columns/column.js'
import { DataError } from '../../../src/core/errors.js'
import { openArrow, openArrowPipe } from '../../../src/sources/arrow/index.js'
import { FIXTURES } from '../../support/fixtures.js'
import { readAll } from './expected.js'

/** Files that crashed or hung other readers. */
const HOSTILE = join(FIXTURES, 'hostile')
const folders = ['arrow-file', 'arrow-stream']

/** What came of it; an error that is no DataError is thrown on. */
async function outcomeOf(reading: () => Promise<void>): Promise<'read' | 'refused'> {
  try {
    await reading()
    return 'read'
  } catch (error) {
    if (error instanceof DataError) return 'refused'
    throw error
  }
}

/** Reads every column alone: one that is refused must not keep another from being read. */
async function outcomes(open: () => Promise<ColumnSource>): Promise<string[]> {
  let names: string[] = []
  const opened = await outcomeOf(async () => {
    const source = await open()
    names = source.fields.filter(field => field.type.kind !== 'other').map(field => field.name)
    await source.close()
  })
  const read = names.map(name =>
    outcomeOf(async () => {
      await readAll(await open(), [name])
    }),
  )
  return [opened, ...(await Promise.all(read))]
}

describe('a hostile file ends as an error or is read', () => {
  for (const folder of folders) {
    const names = readdirSync(join(HOSTILE, folder))
    for (const name of names) {
      const file = join(HOSTILE, folder, name)
      test(`${folder} ${name}`, async () => {
        expect(await outcomes(() => openArrow(file))).not.toEqual([])
      }, 5000)
      test(`${folder} ${name}, through a pipe`, async () => {
        const bytes = readFileSync(file)
        expect(await outcomes(() => openArrowPipe(Readable.from([bytes]), '-'))).not.toEqual([])
      }, 5000)
    }
    test(`there are enough of them, ${folder}`, () => expect(names.length).toBeGreaterThan(20))
  }
})
