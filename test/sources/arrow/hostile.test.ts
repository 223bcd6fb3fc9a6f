import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { ColumnSource } from '../../../src/columns/column.js'
import { DataError } from '../../../src/core/errors.js'
import { openArrow, openArrowPipe } from '../../../src/sources/arrow/index.js'

/** Files that crashed or hung other readers; they lie beside the repository, as they are not ours. */
const HOSTILE = join('..', 'shared', 'fixtures', 'hostile')
const folders = ['arrow-file', 'arrow-stream']

/** Reads every column alone: one that is refused must not keep another from being read. */
async function ends(open: () => Promise<ColumnSource>): Promise<void> {
  try {
    const { fields, close } = await open()
    await close()
    for (const field of fields) {
      if (field.type.kind === 'other') continue
      const source = await open()
      try {
        for await (const batch of source.read([field.name])) {
          for (const column of batch.columns.values()) expect(column.kind).toBe(field.type.kind)
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DataError)
      } finally {
        await source.close()
      }
    }
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
  }
}

describe.skipIf(!existsSync(HOSTILE))('a hostile file ends as an error or is read', () => {
  for (const folder of folders) {
    const names = existsSync(HOSTILE) ? readdirSync(join(HOSTILE, folder)) : []
    for (const name of names) {
      const file = join(HOSTILE, folder, name)
      test(`${folder} ${name}`, () => ends(() => openArrow(file)), 5000)
      test(
        `${folder} ${name}, through a pipe`,
        () => ends(() => openArrowPipe(Readable.from([readFileSync(file)]), '-')),
        5000,
      )
    }
    test(`there are enough of them, ${folder}`, () => expect(names.length).toBeGreaterThan(20))
  }
})

test.skipIf(existsSync(HOSTILE))(
  `the hostile files are absent: ${HOSTILE} was not found, nothing was tried`,
  () => {
    console.warn(`${HOSTILE} was not found: no hostile Arrow file was tried`)
  },
)
