import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataError } from '../../src/core/errors.js'
import { previousOf, writeAtomically } from '../../src/io/atomic-file.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attrstream-'))
  path = join(folder, 'scores.json')
})
afterEach(() => rm(folder, { recursive: true }))

const read = (name: string): Promise<string> => readFile(name, 'utf8')

async function errorOf(writing: Promise<void>): Promise<DataError> {
  const error = await writing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(DataError)
  return error as DataError
}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half of it')
  throw error
}

const numbered = (i: number): string => `${i} `.repeat(20_000)

describe('a file written whole', () => {
  it('has the content, given as text, bytes or pieces', async () => {
    const pieces = [Buffer.from('ab'), new Uint8Array(0), Buffer.from('c')]
    async function* later() {
      yield* pieces
    }
    for (const content of ['abc', Buffer.from('abc'), pieces, later()]) {
      await writeAtomically(path, content)
      expect(await read(path)).toBe('abc')
    }
    expect(await readdir(folder)).toEqual(['scores.json'])
  })

  it('may have a name as long as names can be', async () => {
    const long = join(folder, 'é'.repeat(120))
    await writeAtomically(long, 'x')
    expect(await read(long)).toBe('x')
  })

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])(
    'leaves the old file and nothing else when writing fails with %s',
    async code => {
      await writeAtomically(path, 'old')
      const said = Object.assign(new Error(`${code}: as the system says it, write`), { code })
      const error = await errorOf(writeAtomically(path, failing(said), { keepPrevious: true }))
      expect(error.code).toBe('io')
      expect(error.message).toMatch(`${path}: cannot be written: `)
      expect(error.message).toMatch(code)
      expect(await readdir(folder)).toEqual(['scores.json'])
      expect(await read(path)).toBe('old')
    },
  )

  it('passes on errors that are not of the system, and leaves nothing behind', async () => {
    await expect(writeAtomically(path, failing(new TypeError('a fault')))).rejects.toThrow(TypeError)
    expect(await readdir(folder)).toEqual([])
  })

  it('says so when its folder is missing, or is a file', async () => {
    const missing = await errorOf(writeAtomically(join(folder, 'no', 'scores.json'), 'x'))
    expect(missing.code).toBe('io')
    expect(missing.message).toBe(
      `${join(folder, 'no', 'scores.json')}: cannot be written: its folder does not exist (ENOENT); make it first`,
    )
    await writeFile(path, 'old')
    const under = await errorOf(writeAtomically(join(path, 'scores.json'), 'x'))
    expect(under.message).toMatch('its folder is a file (ENOTDIR)')
    expect(await read(path)).toBe('old')
  })

  it('never replaces a folder or a device', async () => {
    await mkdir(path)
    expect((await errorOf(writeAtomically(path, 'x'))).message).toMatch('is not a regular file')
    expect((await errorOf(writeAtomically('/dev/null', 'x'))).message).toMatch('is not a regular file')
    expect(await readdir(folder)).toEqual(['scores.json'])
  })

  it('is one of those written at once, never a mixture', async () => {
    const contents = Array.from({ length: 12 }, (_, i) => String(i).repeat(100_000))
    await writeAtomically(path, contents[0])
    await Promise.all(contents.map(content => writeAtomically(path, content, { keepPrevious: true })))
    expect(contents).toContain(await read(path))
    expect(contents).toContain(await read(previousOf(path)))
    expect(await readdir(folder)).toEqual(['scores.json', 'scores.json.previous'])
  })
})

describe('the previous file', () => {
  it('is the one that stood there, and is replaced in turn', async () => {
    for (const content of ['1', '2', '3']) await writeAtomically(path, content, { keepPrevious: true })
    expect(await read(path)).toBe('3')
    expect(await read(previousOf(path))).toBe('2')
  })

  it('is kept too after a stop between keeping it and replacing the file', async () => {
    await writeAtomically(path, '1')
    await link(path, previousOf(path))
    await writeAtomically(path, '2', { keepPrevious: true })
    expect(await read(previousOf(path))).toBe('1')
    expect(await readdir(folder)).toEqual(['scores.json', 'scores.json.previous'])
  })

  it('is a complete file at every instant, and so is the file itself', async () => {
    await writeAtomically(path, numbered(0))
    const done = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      while (!done.signal.aborted) seen.push(await read(path))
    })()
    for (let i = 1; i <= 60; i++) await writeAtomically(path, numbered(i), { keepPrevious: true })
    done.abort()
    await watching
    expect(seen.length).toBeGreaterThan(5)
    for (const text of seen) expect(text).toBe(numbered(Number.parseInt(text, 10)))
  })
})
