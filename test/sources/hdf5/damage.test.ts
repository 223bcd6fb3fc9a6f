import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayColumns } from '../../../src/sources/arrays/array-columns.js'
import { DataError } from '../../../src/core/errors.js'
import { openHdf5 } from '../../../src/sources/hdf5/index.js'
import { between, randomFrom } from '../../support/dumps.js'
import { readable, readRows } from '../parquet/reading.js'
import { times } from '../../support/thorough.js'

const FILES = fileURLToPath(new URL('files/', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hdf5-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Each dataset as text, or the DataError that reading ends in, which must name the file. */
async function read(path: string): Promise<string[] | DataError> {
  try {
    const file = await openHdf5(path)
    try {
      const source = arrayColumns(file)
      const { rows } = await readRows(source, readable(source))
      return Object.entries(rows).map(entry => JSON.stringify(entry))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    expect(error.message).toContain(path)
    return error
  }
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describe('a damaged HDF5 file', () => {
  it('cut anywhere is an error', async () => {
    const bytes = readFileSync(`${FILES}latest.h5`)
    for (let length = 8; length < bytes.length; length += times(205, 41)) {
      const found = await read(written('cut.h5', bytes.subarray(0, length)))
      expect(found, `cut at ${length}`).toBeInstanceOf(DataError)
    }
  })

  it('whose checksums are wrong is an error, and reads as before otherwise', async () => {
    const bytes = readFileSync(`${FILES}layouts.h5`)
    const at = bytes.indexOf(Buffer.from('fletcher32'))
    expect(at).toBeGreaterThan(0)
    const whole = await openHdf5(`${FILES}layouts.h5`)
    const names = ['gzip-shuffle-fletcher32/f4', 'fletcher32/f2']
    const right = await readRows(arrayColumns(whole), names)
    await whole.close()
    let refused = 0
    for (let i = 2000; i < bytes.length; i += 997) {
      const changed = Uint8Array.from(bytes)
      changed[i] ^= 0x10
      const path = written('changed.h5', changed)
      try {
        const file = await openHdf5(path)
        try {
          const source = arrayColumns(file)
          const there = names.filter(name => source.fields.some(field => field.name === name))
          const { rows } = await readRows(source, there)
          for (const name of there) expect(rows[name]).toEqual(right.rows[name])
        } finally {
          await file.close()
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        refused++
      }
    }
    expect(refused).toBeGreaterThan(0)
  })

  it('with a chunk that gzip refuses is an error, not zeros', async () => {
    const bytes = Uint8Array.from(readFileSync(`${FILES}bpnet.h5`))
    const text = Buffer.from(bytes.buffer)
    // A zlib stream of h5py's usual level begins so.
    let at = text.indexOf(Buffer.from([0x78, 0x5e]))
    expect(at).toBeGreaterThan(0)
    for (let i = 0; i < 3; i++, at = text.indexOf(Buffer.from([0x78, 0x5e]), at + 1)) {
      if (at < 0) break
      const changed = Uint8Array.from(bytes)
      changed[at + 12] ^= 0xff
      const found = await read(written('gzip.h5', changed))
      expect(found).toBeInstanceOf(DataError)
      expect((found as DataError).message).toContain('cannot be read (HDF5: ')
    }
  })

  it('packed by a filter that is not known says how to repack it', async () => {
    const found = await read(`${FILES}unknown-filter.h5`)
    expect(found).toBeInstanceOf(DataError)
    expect((found as DataError).code).toBe('format')
    expect((found as DataError).message).toContain('repack the file: h5repack -f GZIP=4 in.h5 out.h5')
  })

  it('that is none is an error', async () => {
    const found = await read(written('none.h5', Buffer.from('\x89HDF\r\n\x1a\nand nothing more', 'latin1')))
    expect(found).toBeInstanceOf(DataError)
  })

  it('of many kinds ends in an error or is read, and keeps no other from being read', async () => {
    const random = randomFrom(7)
    const names = ['bpnet.h5', 'borzoi.h5', 'chrombpnet.h5', 'latest.h5']
    const whole = await read(`${FILES}latest.h5`)
    expect(whole).toHaveLength(3)
    for (let i = 0; i < times(100, 600); i++) {
      const bytes = Uint8Array.from(readFileSync(`${FILES}${names[i % names.length]}`))
      for (let changes = between(random, 1, 4); changes > 0; changes--) {
        bytes[between(random, 0, bytes.length - 1)] = random() < 0.3 ? 255 : between(random, 0, 255)
      }
      await read(written('any.h5', bytes))
      // Some damage brings the library itself down, which starts anew then.
      if (i % 20 === 0) expect(await read(`${FILES}latest.h5`)).toEqual(whole)
    }
  })
})
