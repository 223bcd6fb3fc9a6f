import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBytes } from '../../../src/io/open.js'
import { cli, digestOfFile, temporaryFolder } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'
import { ACCESS_KEY, haveSwift, SECRET_KEY, startSwift, type Swift } from './swift.js'

// Objects of a real S3-compatible server, OpenStack Swift, which checks signatures, score as files do.

const present = haveSwift()
if (!present) console.warn('SKIPPED: Swift is not installed, or this is not root: s3:// is not tried')

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const names = ['maps.arrow', 'maps.arrows', 'maps.parquet']
const kept = { ...process.env }
let swift: Swift
let client: S3Client

async function put(Key: string, Body: Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: 'maps', Key, Body }))
}

beforeAll(async () => {
  if (!present) return
  swift = await startSwift(folder)
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_ENDPOINT_URL: swift.endpoint,
    AWS_REGION: 'us-east-1',
    ATTRSTREAM_REMOTE_PAUSE_MS: '1',
    ATTRSTREAM_REMOTE_ATTEMPTS: '2',
  })
  client = new S3Client({
    endpoint: swift.endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  await client.send(new CreateBucketCommand({ Bucket: 'maps' }))
  const records = makeRecords(600, 400)
  for (const name of names) {
    writeDump(at(name), records, { rows: 50 })
    await put(`deep/er/${name}`, readFileSync(at(name)))
  }
})
afterAll(async () => {
  process.env = kept
  await swift?.stop()
})

async function score(args: readonly string[], out: string): Promise<string> {
  const run = await cli(['score', ...args, '--model', 'm', '--out', out], { cwd: folder })
  expect(run.code, run.stderr).toBe(0)
  return digestOfFile(at(`${out}/scores.json`))
}

describe.skipIf(!present)('s3://', () => {
  it.each(names)('%s scores as the file does, by workers too', async name => {
    const expected = await score([name], `file-${name}`)
    expect(await score([`s3://maps/deep/er/${name}`], `s3-${name}`)).toBe(expected)
    expect(await score([`s3://maps/deep/er/${name}`, '--workers', '2'], `two-${name}`)).toBe(expected)
  })

  it('is found by --s3-endpoint', async () => {
    delete process.env['AWS_ENDPOINT_URL']
    try {
      const args = ['s3://maps/deep/er/maps.parquet', '--s3-endpoint', swift.endpoint]
      expect(await score(args, 'endpoint')).toBe(await score(['maps.parquet'], 'here'))
    } finally {
      process.env['AWS_ENDPOINT_URL'] = swift.endpoint
    }
  })

  it('goes on from a checkpoint, and is planned, sharded and merged', async () => {
    const args = ['s3://maps/deep/er/maps.arrow', '--checkpoint', 's3.state']
    const expected = await score(args, 'first')
    expect(await score(args, 'second')).toBe(expected)
    const plan = ['plan', args[0], '--model', 'm', '--shards', '2', '--out', 'plan.json']
    expect((await cli(plan, { cwd: folder })).code).toBe(0)
    for (const shard of ['0', '1']) {
      const run = ['score', '--plan', 'plan.json', '--shard', `${shard}/2`, '--state', `${shard}.state`]
      expect((await cli(run, { cwd: folder })).code).toBe(0)
    }
    const merge = ['merge', '--plan', 'plan.json', '0.state', '1.state', '--out', 'merged']
    expect((await cli(merge, { cwd: folder })).code).toBe(0)
    expect(digestOfFile(at('merged/scores.json'))).toBe(expected)
  })

  it('is noticed when it changes while it is read', async () => {
    await put('changing', Buffer.alloc(3_000_000, 1))
    const file = await openBytes('s3://maps/changing')
    const into = new Uint8Array(10)
    await file.read(into, 0)
    await put('changing', Buffer.alloc(3_000_000, 2))
    await expect(file.read(into, 2_000_000)).rejects.toMatchObject({
      code: 'mismatch',
      message: /s3:\/\/maps\/changing: changed on the server/,
    })
  })

  it('has its answers checked: an object is as it was put', async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'maps', Key: 'deep/er/maps.arrow' }))
    const put = Buffer.from((await Body?.transformToByteArray()) ?? [])
    expect(put.equals(readFileSync(at('maps.arrow')))).toBe(true)
    const file = await openBytes('s3://maps/deep/er/maps.arrow')
    const tail = new Uint8Array(1000)
    await file.read(tail, file.size - tail.length)
    expect(put.subarray(-1000).equals(tail)).toBe(true)
  })

  it.each([
    ['no such object', 's3://maps/nothing', {}, 1, /s3:\/\/maps\/nothing: no such object/],
    ['no such bucket', 's3://nowhere/maps', {}, 1, /s3:\/\/nowhere\/maps: no such object/],
    ['no key', 's3://maps', {}, 2, /expected s3:\/\/bucket\/key/],
    [
      'a wrong secret',
      's3://maps/deep/er/maps.arrow',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      1,
      /may not be read .*check the credentials/,
    ],
    [
      'no server',
      's3://maps/deep/er/maps.arrow',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      75,
      /cannot be read: .*ECONNREFUSED.*, 2 times in a row/,
    ],
  ] as const)('%s is an error', async (_, url, env, code, said) => {
    const run = await cli(['score', url], { cwd: folder, env })
    expect(run.stderr).toMatch(said)
    expect(run.code).toBe(code)
  })
})

it.skipIf(present)('Swift is not here: no object storage was tried', () => {
  expect(haveSwift()).toBe(false)
})
