import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBytes, sizeOf } from '../../src/io/open.js'
import { RangeCache } from '../../src/io/range-cache.js'
import { type Behaviour, testServer } from '../support/server.js'

// A server that does what servers do: each read gives the right bytes, or an error that says what is wrong.

const server = testServer()
const bytes = randomBytes(1_500_000)
const { env } = process
const kept = { ...env }

beforeAll(() => {
  env['ATTRSTREAM_REMOTE_PAUSE_MS'] = '1'
  env['ATTRSTREAM_REMOTE_STALL_SECONDS'] = '1'
  env['ATTRSTREAM_REMOTE_ATTEMPTS'] = '3'
})
afterAll(() => {
  process.env = kept
})

async function readAt(name: string, position: number, length: number): Promise<Uint8Array> {
  const file = await openBytes(server.url(name))
  const into = new Uint8Array(length)
  await file.read(into, position)
  await file.close()
  return into
}

function equal(found: Uint8Array, position: number): boolean {
  return Buffer.from(found).equals(bytes.subarray(position, position + found.length))
}

describe('a file on a server', () => {
  it('is read by ranges, and no more of it than is near', async () => {
    server.serve({ maps: { bytes } })
    expect(await sizeOf(server.url('maps'))).toBe(bytes.length)
    expect(equal(await readAt('maps', 700_000, 10), 700_000)).toBe(true)
    expect(server.requests.map(({ range }) => range)).toEqual([
      'bytes=0-0',
      'bytes=0-0',
      `bytes=700000-${700_000 + 2 ** 18 - 1}`,
    ])
  })

  const recovering: readonly [Behaviour, readonly Behaviour[]][] = [
    ['503', ['answer', '503', '503']],
    ['503', ['503', '503', 'answer', '503', '503']],
    ['429 come again', ['answer', '429 come again', '429 come again']],
    ['drop', ['answer', 'drop', 'drop', 'drop', 'drop', 'drop']],
    ['refuse', ['refuse', 'answer', 'refuse', 'refuse']],
    ['stall', ['answer', 'stall', 'stall']],
    ['silence', ['answer', 'silence']],
    ['short', ['answer', 'short', 'short', 'short', 'short']],
  ]
  it.each(recovering)('is read whole past %s: %s', async (_, behaviours) => {
    server.serve({ maps: { bytes, behaviours } })
    expect(equal(await readAt('maps', 12_345, 900_000), 12_345)).toBe(true)
  })

  it.each([
    ['503', 'io', /maps: cannot be read: the server answers 503, 3 times in a row; try again later/],
    ['refuse', 'io', /cannot be read: .*, 3 times in a row/],
    ['silence', 'io', /the server sent nothing for 1 s, 3 times in a row/],
    [
      'ignore ranges',
      'format',
      /ignores requests for a part of a file \(status 200, expected 206\); download/,
    ],
    ['other range', 'io', /the server sent the range "bytes 1-0\/1500000", expected bytes 0 to 0/],
    ['403', 'not-found', /may not be read \(status 403\)/],
    ['404', 'not-found', /no such file \(status 404\); check the address/],
  ] as const)('that does nothing but %s is an error', async (behaviour, code, said) => {
    server.serve({ maps: { bytes, behaviours: [behaviour], forever: true } })
    const opening = openBytes(server.url('maps'))
    await expect(opening).rejects.toThrow(said)
    await expect(opening).rejects.toMatchObject({ code })
  })

  it('is an error once it sends more than was asked for', async () => {
    server.serve({ maps: { bytes, behaviours: ['answer', 'more'] } })
    await expect(readAt('maps', 0, 1_000_000)).rejects.toThrow(/sent more than was asked for/)
  })

  it.each(['strong', 'weak', 'none'] as const)('that changes is noticed, by a %s tag', async tag => {
    server.serve({ maps: { bytes, tag, behaviours: ['answer', 'answer', 'changed'] } })
    const file = await openBytes(server.url('maps'))
    const into = new Uint8Array(100)
    await file.read(into, 0)
    const again = file.read(into, 1_000_000)
    // Without any tag nothing could tell: the fingerprint of the content does, at the start of the next run.
    if (tag === 'none') await again
    else await expect(again).rejects.toMatchObject({ code: 'mismatch', message: /changed on the server/ })
  })

  it('may be empty', async () => {
    server.serve({ maps: { bytes: new Uint8Array(0) } })
    expect(await sizeOf(server.url('maps'))).toBe(0)
  })

  it('ends where it ends', async () => {
    server.serve({ maps: { bytes } })
    await expect(readAt('maps', bytes.length - 5, 10)).rejects.toThrow(/ends at byte 1500000/)
  })

  it('is nothing where there is no server', async () => {
    const closed = createServer()
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise(resolve => closed.close(resolve))
    await expect(openBytes(`http://127.0.0.1:${port}/maps`)).rejects.toThrow(/ECONNREFUSED, 3 times in a row/)
    await expect(openBytes('http://')).rejects.toThrow(/is not a valid address/)
  })

  it('does not give away what its address has behind a question mark', async () => {
    server.serve({})
    const opening = openBytes(`${server.url('maps')}?X-Amz-Signature=secret`)
    await expect(opening).rejects.toThrow(/maps: no such file/)
    await expect(opening).rejects.not.toThrow(/secret/)
  })
})

describe('ranges', () => {
  const SIZE = 40 * 2 ** 20
  const value = (position: number) => (position * 31 + (position >> 10)) & 255

  function traced() {
    const asked: [start: number, length: number][] = []
    const cache = new RangeCache(SIZE, async (start, length) => {
      asked.push([start, length])
      return Uint8Array.from({ length }, (_, i) => value(start + i))
    })
    const read = async (position: number, length: number) => {
      const into = new Uint8Array(length)
      await cache.read(into, position)
      for (let i = 0; i < length; i += 997) {
        if (into[i] !== value(position + i)) expect(into[i]).toBe(value(position + i))
      }
    }
    return { asked, read }
  }

  it('grow where reading goes on, so that small reads become few requests', async () => {
    const { asked, read } = traced()
    for (let at = 0; at < SIZE; at += 10_000) await read(at, Math.min(10_000, SIZE - at))
    expect(asked.length).toBeLessThan(12)
    expect(asked.reduce((sum, [, length]) => sum + length, 0)).toBe(SIZE)
  })

  it('grow at several places at once, as columns are read', async () => {
    const { asked, read } = traced()
    const places = [0, 10 * 2 ** 20, 20 * 2 ** 20]
    for (let step = 0; step < 200; step++) {
      for (const place of places) await read(place + step * 20_000, 20_000)
    }
    expect(asked.length).toBeLessThan(20)
  })

  it('are asked for once by reads at the same time, and again after a failure', async () => {
    let failing = true
    let asked = 0
    const cache = new RangeCache(1000, async (start, length) => {
      asked++
      if (failing) throw new Error('lost')
      return Uint8Array.from({ length }, (_, i) => value(start + i))
    })
    const into = [new Uint8Array(10), new Uint8Array(10)]
    await expect(Promise.all(into.map(room => cache.read(room, 0)))).rejects.toThrow('lost')
    expect(asked).toBe(1)
    failing = false
    await Promise.all(into.map(room => cache.read(room, 0)))
    expect(asked).toBe(2)
    expect(into[1]).toEqual(Uint8Array.from({ length: 10 }, (_, i) => value(i)))
  })
})
