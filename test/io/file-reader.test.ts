import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FileReader } from '../../src/io/file-reader.js'
import { pause, temporaryFolder } from '../support/cli.js'

const LARGE = 2 ** 20
const path = join(temporaryFolder(), 'bytes')
const content = Uint8Array.from({ length: LARGE + 100 }, (_, i) => (i * 7 + (i >> 8)) & 255)
writeFileSync(path, content)

it('reads the same bytes at once and beside, and says where the file ends', async () => {
  const file = await open(path)
  try {
    const reader = new FileReader(file)
    const large = new Uint8Array(LARGE)
    const beside = reader.read(large, 100)
    expect(beside).toBeInstanceOf(Promise)
    expect(await beside).toBe(LARGE)
    expect(Buffer.compare(large, content.subarray(100))).toBe(0)
    const small = new Uint8Array(300)
    expect(await reader.read(small, LARGE)).toBe(100)
    expect(small.subarray(0, 100)).toEqual(content.subarray(LARGE))
    expect(await reader.read(small, LARGE + 100)).toBe(0)
  } finally {
    await file.close()
  }
})

it('lets others through where it has read at once for a while', async () => {
  const file = await open(path)
  try {
    const reader = new FileReader(file)
    await pause(20)
    const small = new Uint8Array(10)
    const reading = reader.read(small, 5)
    expect(reading).toBeInstanceOf(Promise)
    expect(await reading).toBe(10)
    expect(small).toEqual(content.subarray(5, 15))
  } finally {
    await file.close()
  }
})
