import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import { openParquet } from '../../../src/sources/parquet/index.js'
import { times } from '../../support/thorough.js'
import { fileOf, readable, readRows } from './reading.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function written(bytes: Uint8Array): string {
  const path = join(folder, 'maps.parquet')
  writeFileSync(path, bytes)
  return path
}

/** Opens and reads everything: the errors' codes met, which are all there may be. */
async function survive(bytes: Uint8Array): Promise<string[]> {
  const codes: string[] = []
  const note = (error: unknown) => {
    if (!(error instanceof DataError)) throw error
    expect(error.where.file).toBe(join(folder, 'maps.parquet'))
    codes.push(error.code)
  }
  let source: Awaited<ReturnType<typeof openParquet>>
  try {
    source = await openParquet(written(bytes), { windowBytes: 300 })
  } catch (error) {
    note(error)
    return codes
  }
  for (const column of readable(source)) {
    try {
      const { rows, batches } = await readRows(source, [column])
      expect(rows[column]).toHaveLength(batches.at(-1)?.rows.end ?? 0)
      expect(batches).toHaveLength(source.batches!.length)
    } catch (error) {
      note(error)
    }
  }
  await source.close()
  return codes
}

const victims = [
  'pages-v1',
  'pages-v2-index-dictionary',
  'pyarrow-nulls-v1',
  'duckdb-zstd-v2',
  'by-hand-lz4-hadoop',
]

describe.each(victims)('%s', name => {
  const whole = readFileSync(fileOf(name))

  it('is refused wherever it is cut off', async () => {
    for (let length = 0; length < whole.length; length += 1 + Math.floor(whole.length / times(25, 100))) {
      const codes = await survive(whole.subarray(0, length))
      expect(codes).toHaveLength(1)
      expect(['damaged', 'format']).toContain(codes[0])
    }
  })

  it('gives an error or all of its rows wherever a byte is changed', async () => {
    const step = 1 + Math.floor(whole.length / times(50, 250))
    for (let at = 0; at < whole.length; at += step) {
      const changed = Uint8Array.from(whole)
      changed[at] ^= 0xff
      for (const code of await survive(changed))
        expect(['damaged', 'format', 'column'], `${at}`).toContain(code)
    }
  })

  it('gives an error or all of its rows where its pages or its footer are overwritten', async () => {
    for (let at = 4; at + 400 < whole.length; at += 1 + Math.floor(whole.length / times(10, 40))) {
      for (const value of [0, 0x55, 0xff]) {
        const codes = await survive(Uint8Array.from(whole).fill(value, at, at + 100))
        expect(codes.every(code => code === 'damaged' || code === 'format')).toBe(true)
      }
    }
  })
})

it('finds a changed value by its checksum, where the writer stores them', async () => {
  const whole = readFileSync(fileOf('pyarrow-checksums'))
  let found = 0
  for (let at = 4; at < whole.length / 2; at += 97) {
    const changed = Uint8Array.from(whole)
    changed[at] ^= 1
    const codes = await survive(changed)
    found += codes.length
    for (const code of codes) expect(code).toMatch(/damaged|format/)
  }
  expect(found).toBeGreaterThan(100)
})

it('names file, batch and column, what was found against what was expected, and what to do', async () => {
  const whole = readFileSync(fileOf('by-hand-three-levels-rows-across-pages'))
  const changed = Uint8Array.from(whole)
  changed[4 + 1] = 0x09 // the first page's type, zigzag: -5
  const source = await openParquet(written(changed))
  await expect(readRows(source)).rejects.toThrow(
    /maps\.parquet batch 0: the head of the page at byte 4 of row group 0, column "list_f32" is of no known type; the file is damaged, write it again$/,
  )
  await source.close()
})

it('says that an encrypted file or column is not read, and reads the others', async () => {
  await expect(openParquet(fileOf('encrypted-footer'))).rejects.toMatchObject({
    code: 'format',
    what: 'the Parquet file is encrypted, which is not read; write it without encryption',
  })
  const source = await openParquet(fileOf('encrypted-column'))
  await expect(readRows(source, ['secret'])).rejects.toMatchObject({
    code: 'format',
    what: 'row group 0, column secret is encrypted, which is not read; write it without encryption',
  })
  await source.close()
})

it('says that a codec is not read', async () => {
  const source = await openParquet(fileOf('by-hand-lzo'))
  await expect(readRows(source)).rejects.toMatchObject({
    code: 'format',
    what: 'row group 0, column list_f32.list.element is compressed with LZO, which is not read; write it with zstd or snappy',
  })
  await source.close()
})

it('refuses what is no Parquet, and what is not there', async () => {
  await expect(openParquet(join(folder, 'absent'))).rejects.toMatchObject({ code: 'not-found' })
  for (const text of ['', 'PAR1', 'PAR1PAR1', 'PAR1....PAR1', `PAR1${'.'.repeat(100)}PAR1`]) {
    expect({ text, codes: await survive(Buffer.from(text)) }).toEqual({ text, codes: ['damaged'] })
  }
  expect(await survive(Buffer.alloc(100))).toEqual(['format'])
})

function repeated(byte: number): number[] {
  return Array.from({ length: 100_000 }, () => byte)
}

/** A file of a footer alone. */
function footer(...bytes: number[]): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(bytes), length, Buffer.from('PAR1')])
}

it('refuses footers that nest without end, or promise more than there is', async () => {
  expect(await survive(footer(...repeated(0x1c)))).toEqual(['damaged']) // structs in structs
  expect(await survive(footer(...repeated(0x99)))).toEqual(['damaged']) // lists in lists
  expect(await survive(footer(0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07))).toEqual(['damaged']) // a list of 2^31
  expect(await survive(footer(0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 0))).toEqual(['damaged']) // a text of 2^32
  expect(await survive(footer(0x16, ...repeated(0x80), 0))).toEqual(['damaged']) // a number
})
