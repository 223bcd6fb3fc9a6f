import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataError } from '../../../src/core/errors.js'
import { looksLikeArrow, openArrow, openArrowPipe } from '../../../src/sources/arrow/index.js'
import { times } from '../../support/thorough.js'
import { path, range, readAll } from './expected.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arrow-damage-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let written = 0
async function onDisk(bytes: Uint8Array): Promise<string> {
  const file = join(folder, `${written++}.arrow`)
  await writeFile(file, bytes)
  return file
}

/** The error that reading ends with; undefined where all is read. Anything but a DataError is thrown on. */
async function errorOf(reading: () => Promise<unknown>): Promise<DataError | undefined> {
  try {
    await reading()
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return error
  }
  return undefined
}

const fromDisk = async (bytes: Uint8Array, windowBytes = 2 ** 21) => {
  const file = await onDisk(bytes)
  const error = await errorOf(async () => readAll(await openArrow(file, { windowBytes })))
  await rm(file)
  return error
}
const fromPipe = (bytes: Uint8Array) =>
  errorOf(async () => readAll(await openArrowPipe(Readable.from([Buffer.from(bytes)]), '-')))

describe('a truncated file', () => {
  for (const file of ['delta.arrow', 'delta.arrows', 'replacement.arrows', 'v4.arrow', 'legacy.arrows']) {
    test(`is an error wherever it is cut, ${file}`, async () => {
      const bytes = await readFile(path(file))
      for (let length = 0; length < bytes.length; length += times(35, 5)) {
        const cut = bytes.subarray(0, length)
        const errors = [
          await fromDisk(cut),
          file.endsWith('s') ? await fromPipe(cut) : await fromDisk(cut, 500),
        ]
        for (const error of errors) expect(error?.code, `${length}`).toMatch(/damaged|format/)
      }
    })
  }

  test('is an error where only the marker of the end is missing', async () => {
    const bytes = await readFile(path('shapes-none.arrows'))
    const error = await fromDisk(bytes.subarray(0, -8))
    expect(error?.code).toBe('damaged')
    expect(error?.message).toMatch(/no marker of their end/)
    expect((await fromPipe(bytes.subarray(0, -8)))?.message).toMatch(/^- batch 3: ends at byte/)
  })
})

describe('a damaged file', () => {
  const TRIES = times(30, 150)
  const files = [
    'delta.arrow',
    'replacement.arrows',
    'nulls.arrow',
    'nulls-slice.arrow',
    'other.arrow',
    'polars-zstd.arrow',
    'text-lz4.arrow',
    'numbers.arrow',
  ]
  for (const file of files) {
    test(`is an error or is read, whichever bytes are overwritten, ${file}`, async () => {
      const bytes = await readFile(path(file))
      let state = 12345
      const random = (below: number) => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        return Math.floor((state / 2 ** 32) * below)
      }
      let errors = 0
      for (let i = 0; i < TRIES; i++) {
        const damaged = Uint8Array.from(bytes)
        for (let k = 0; k <= i % 3; k++)
          damaged[random(bytes.length)] = [0, 255, 127, 128, random(256)][random(5)]
        if ((await fromDisk(damaged, i % 2 === 0 ? 500 : 2 ** 21)) !== undefined) errors++
        if (file.endsWith('s')) await fromPipe(damaged)
      }
      expect(errors).toBeGreaterThan(TRIES / 15)
    })
  }

  test('with a run of zeros over a message is an error, never fewer rows', async () => {
    for (const file of ['many.arrow', 'many.arrows']) {
      const bytes = await readFile(path(file))
      for (const start of range(20).map(i => 1000 + Math.floor((i * (bytes.length - 3000)) / 20 / 8) * 8)) {
        const damaged = Uint8Array.from(bytes)
        // A message of one of these batches has about 200 bytes of metadata: this covers its start.
        damaged.fill(0, start, start + 400)
        expect(await fromDisk(damaged), `${file} ${start}`).toBeDefined()
      }
    }
  })

  test('whose footer leaves out a batch is an error', async () => {
    const bytes = await readFile(path('many.arrow'))
    const footer = bytes.length - 10 - bytes.readInt32LE(bytes.length - 10)
    // The vector of 120 blocks has its length in front of 24 bytes each.
    let at = -1
    for (let i = footer; i < bytes.length - 10; i += 4) if (bytes.readInt32LE(i) === 120) at = i
    expect(at).toBeGreaterThan(0)
    bytes.writeInt32LE(119, at)
    expect((await fromDisk(bytes))?.message).toMatch(/the footer leaves out/)
  })
})

describe('what is no Arrow', () => {
  test('is told so', async () => {
    expect((await fromDisk(new Uint8Array(0)))?.message).toMatch(/0\.arrow: is empty|is empty/)
    expect((await fromDisk(Buffer.from('chr1\t100\t200\n')))?.code).toBe('format')
    expect((await fromDisk(Buffer.from('FEA1....FEA1')))?.message).toMatch(/Feather V1/)
    expect((await fromPipe(new Uint8Array(0)))?.message).toBe(
      '-: is empty, expected an Arrow IPC file or stream; check what wrote it',
    )
  })

  test('is a file where a stream is expected', async () => {
    expect((await fromPipe(await readFile(path('v4.arrow'))))?.message).toMatch(/expected a stream in a pipe/)
  })

  test('is two streams joined', async () => {
    const bytes = await readFile(path('many.arrows'))
    const joined = Buffer.concat([bytes, bytes])
    expect((await fromDisk(joined))?.message).toMatch(/after the end of the stream/)
    expect((await fromPipe(joined))?.message).toMatch(/after the end of the stream/)
  })

  test('does not look like it', async () => {
    for (const file of ['v4.arrow', 'many.arrows', 'legacy.arrows', 'polars-lz4.arrow', 'pandas.feather']) {
      expect(looksLikeArrow((await readFile(path(file))).subarray(0, 16)), file).toBe(true)
    }
    for (const other of [
      '',
      'PAR1....',
      'id,sequence,attribution',
      '{"id": 1}',
      '\x1f\x8b\x08\0\0\0\0\0',
      '\x93NUMPY\x01\0',
    ]) {
      expect(looksLikeArrow(Buffer.from(other, 'latin1')), other).toBe(false)
    }
  })
})

describe('a pipe', () => {
  test('is read once', async () => {
    const bytes = await readFile(path('many.arrows'))
    const source = await openArrowPipe(Readable.from([bytes]), '-')
    await readAll(source, ['id'])
    expect(() => source.read(['id'])).toThrow(/can be read once/)
  })

  test('is not read further than is asked for', async () => {
    const bytes = await readFile(path('many.arrows'))
    let given = 0
    function* pieces() {
      for (let i = 0; i < bytes.length; i += 256) {
        given += 256
        yield bytes.subarray(i, i + 256)
      }
    }
    const stream = Readable.from(pieces(), { highWaterMark: 1 })
    const source = await openArrowPipe(stream, '-')
    for await (const batch of source.read(['id'])) if (batch.index === 9) break
    expect(given).toBeLessThan(bytes.length / 4)
    await source.close()
  })

  test('that fails is an error', async () => {
    const bytes = await readFile(path('many.arrows'))
    async function* pieces() {
      yield bytes.subarray(0, 9000)
      throw new Error('the writer died')
    }
    const source = await openArrowPipe(Readable.from(pieces()), 'maps')
    const error = await errorOf(() => readAll(source))
    expect(error?.code).toBe('io')
    expect(error?.message).toMatch(/^maps batch \d+: cannot be read: the writer died/)
  })

  test('stops waiting when told to', async () => {
    const bytes = await readFile(path('many.arrows'))
    const stream = new Readable({ read() {} })
    stream.push(bytes.subarray(0, 9000))
    const source = await openArrowPipe(stream, '-')
    const stop = new AbortController()
    const reading = (async () => {
      for await (const batch of source.read(['id'], undefined, stop.signal)) {
        if (batch.index === 3) setTimeout(() => stop.abort(new Error('enough')), 20)
      }
    })()
    await expect(reading).rejects.toThrow('enough')
  })
})

describe('reading', () => {
  test('stops at a signal', async () => {
    const source = await openArrow(path('many.arrow'))
    const stop = new AbortController()
    let seen = 0
    const reading = (async () => {
      for await (const batch of source.read(['id'], undefined, stop.signal)) {
        seen++
        if (batch.index === 3) stop.abort(new Error('enough'))
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    expect(seen).toBe(4)
    await source.close()
  })

  test('may stop early and close at once', async () => {
    const source = await openArrow(path('many.arrow'))
    let seen = 0
    for await (const batch of source.read(['id', 'list'])) {
      seen++
      if (batch.index === 3) break
    }
    await source.close()
    expect(seen).toBe(4)
  })
})
