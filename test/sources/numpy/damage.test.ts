import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrayColumns } from '../../../src/sources/arrays/array-columns.js'
import { openBytes } from '../../../src/io/open.js'
import { DataError } from '../../../src/core/errors.js'
import { inflateAll } from '../../../src/sources/numpy/deflated.js'
import { openNumpy } from '../../../src/sources/numpy/index.js'
import { times } from '../../support/thorough.js'
import { readable, readRows } from '../parquet/reading.js'

const FILES = fileURLToPath(new URL('files/', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'numpy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Everything that a file holds, as text; or the code of the DataError that it ends in, which must name the file. */
async function read(path: string): Promise<string> {
  try {
    const file = await openNumpy(path)
    try {
      const source = arrayColumns(file)
      return JSON.stringify((await readRows(source, readable(source))).rows)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    expect(error.message).toContain(path)
    return error.code
  }
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function refusal(name: string): Promise<string> {
  try {
    const file = await openNumpy(`${FILES}${name}`)
    try {
      await readRows(arrayColumns(file))
    } finally {
      await file.close()
    }
  } catch (error) {
    expect(error).toBeInstanceOf(DataError)
    return (error as Error).message
  }
  throw new Error(`${name} is read`)
}

describe('a damaged NumPy file', () => {
  it.each(['version-1.npy', 'le-f2-F.npy'])('%s cut at any byte is an error', async name => {
    const bytes = readFileSync(`${FILES}${name}`)
    for (let length = 0; length < bytes.length; length += times(5, 1)) {
      expect(['damaged', 'format']).toContain(await read(written('cut.npy', bytes.subarray(0, length))))
    }
  })

  it('an archive cut at any byte is an error', async () => {
    const bytes = readFileSync(`${FILES}zip64-and-others.npz`)
    for (let length = 0; length < bytes.length; length += times(5, 1)) {
      expect(['damaged', 'format']).toContain(await read(written('cut.npz', bytes.subarray(0, length))))
    }
  })

  it.each(['zip64-and-others.npz', 'texts.npz'])(
    '%s with any one byte changed is an error or gives the same',
    async name => {
      const bytes = readFileSync(`${FILES}${name}`)
      const right = await read(`${FILES}${name}`)
      let refused = 0
      for (let at = 0; at < bytes.length; at += times(5, 1)) {
        const changed = Uint8Array.from(bytes)
        changed[at] ^= 0x55
        const found = await read(written('changed.npz', changed))
        if (['damaged', 'format', 'io', 'column'].includes(found)) refused++
        // An array whose header says another type may be left out, but none has other values.
        else for (const array of valuesOf(found)) expect(valuesOf(right)).toContain(array)
      }
      expect(refused).toBeGreaterThan(bytes.length / times(10, 2))
    },
  )

  it('deflated values with any one byte changed are an error', async () => {
    const bytes = readFileSync(`${FILES}deflated.npz`)
    const right = await read(`${FILES}deflated.npz`)
    for (let at = 40; at < 400; at += times(20, 5)) {
      const changed = Uint8Array.from(bytes)
      changed[at] ^= 0xff
      const found = await read(written('deflated.npz', changed))
      if (found !== right) expect(['damaged', 'format']).toContain(found)
    }
  })

  it('that lies about its shape is refused before anything is read', async () => {
    expect(await refusal('absurd-shape.npy')).toContain('which no file can hold')
    expect(await refusal('huge-shape.npy')).toContain(
      'is cut short: 0 bytes of values, expected 8000000000000000',
    )
    expect(await refusal('empty-rows.npy')).toContain('more than can be read')
    expect(await refusal('negative.npy')).toContain('expected a tuple of lengths')
  })

  it('that has two arrays one after the other is refused', async () => {
    expect(await refusal('two-arrays.npy')).toContain(
      'bytes after its array of float32 (2, 4, 5), expected none',
    )
  })

  it('with an integer that a double cannot hold is refused', async () => {
    const path = `${FILES}too-large.npy`
    expect(await read(path)).toBe('column')
  })

  it('whose entries have paths out of the archive is refused', async () => {
    expect(await refusal('paths.npz')).toMatch(/relative path|absolute path/)
  })

  it('an entry that is longer, shorter or packed in far more bytes than it says is refused', async () => {
    const values = Uint8Array.from({ length: 1000 }, (_, i) => i % 7)
    const packed = deflateRawSync(values)
    const bytes = await openBytes(written('entry', Buffer.concat([packed, Buffer.alloc(200_000)])))
    const entry = { name: 'a.npy', start: 0, packedSize: packed.length, size: 1000, crc: crc32(values) }
    const refused = (changes: Partial<typeof entry>) =>
      inflateAll(bytes, { ...entry, ...changes }).then(
        () => 'read',
        (error: DataError) => `${error.code}: ${error.message}`,
      )
    try {
      expect(await inflateAll(bytes, entry)).toEqual(Buffer.from(values))
      expect(await refused({ size: 900 })).toMatch(/^damaged: entry a\.npy goes on after its 900 bytes/)
      expect(await refused({ size: 970 })).toMatch(/^damaged: entry a\.npy goes on after its 970 bytes/)
      expect(await refused({ size: 1001 })).toMatch(
        /^damaged: entry a\.npy ends after 1000 bytes, expected 1001/,
      )
      expect(await refused({ crc: 1 })).toMatch(
        /^damaged: entry a\.npy has the checksum .*, expected 00000001/,
      )
      expect(await refused({ packedSize: 200_000 })).toMatch(
        /^damaged: entry a\.npy is packed in 200000 bytes, too many for its 1000/,
      )
    } finally {
      await bytes.close()
    }
  })

  it('that unpacks to a thousand times its size is read in little memory', async () => {
    const before = process.memoryUsage().arrayBuffers
    const file = await openNumpy(`${FILES}bomb.npz`)
    const source = arrayColumns(file)
    let rows = 0
    let most = 0
    for await (const batch of source.read(['maps'])) {
      rows += batch.rows.end - batch.rows.start
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    await source.close()
    expect(rows).toBe(64)
    expect(most).toBeLessThan(56 * 2 ** 20)
  })
})

/** The arrays of a file, each as text. */
function valuesOf(text: string): string[] {
  return Object.values(JSON.parse(text) as object).map(array => JSON.stringify(array))
}
