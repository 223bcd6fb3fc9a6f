import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MapRows } from '../../../src/core/map-table.js'
import { mapRowsArrow } from '../../../src/sinks/map-rows-arrow.js'
import { pause, temporaryFolder } from '../../support/cli.js'
import { DIST } from '../../support/dist.js'
import { liveMemory } from '../../support/live-memory.js'

const MAIN = join(DIST, 'cli/main.js')
const folder = temporaryFolder()

const ROWS = 256
const LENGTH = 250
/** An Arrow stream in pieces: its head with a first batch, a batch to be repeated, its end. */
let head: Uint8Array
let batch: Uint8Array
let end: Uint8Array

beforeAll(async () => {
  const random = (
    (seed: number) => () =>
      (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32
  )(7)
  const rows: MapRows = {
    ids: Array.from({ length: ROWS }, (_, row) => `chr1:${row * LENGTH}-${(row + 1) * LENGTH}`),
    offsets: Int32Array.from({ length: ROWS + 1 }, (_, row) => row * LENGTH),
    letters: Uint8Array.from({ length: ROWS * LENGTH }, () => 'ACGT'.charCodeAt(Math.floor(random() * 4))),
    attributions: Float32Array.from({ length: 4 * ROWS * LENGTH }, () => random() - 0.5),
  }
  const stream = mapRowsArrow({ element: 'float32', metadata: {} }, { form: 'stream' })
  ;[head, batch, end] = [stream.group(rows), stream.group(rows), stream.finish()]
  expect(batch.length).toBeGreaterThan(4 * 4 * ROWS * LENGTH)
})

const memory = liveMemory(folder)

/** Starts a command that leaves its peak of live memory. */
function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [...memory.node, MAIN, ...args], { env: { ...process.env, ...memory.env } })
}

/** Feeds so many batches, as fast as they are taken; `taken` is told after each. */
async function feed(child: ChildProcess, batches: number, taken = (_bytes: number) => {}): Promise<void> {
  const stdin = child.stdin
  if (stdin === null) throw new Error('no standard input')
  const give = (bytes: Uint8Array) =>
    new Promise<void>(resolve =>
      stdin.write(bytes, () => {
        taken(bytes.length)
        resolve()
      }),
    )
  await give(head)
  for (let i = 1; i < batches; i++) await give(batch)
  await give(end)
  stdin.end()
}

async function peakOf(batches: number, ...args: string[]): Promise<number> {
  const child = start(...args)
  let stderr = ''
  child.stderr?.on('data', text => (stderr += text))
  child.stdout?.resume()
  const [[code]] = await Promise.all([once(child, 'close'), feed(child, batches)])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return memory.bytes()
}

describe('a pipe', () => {
  it('holds the producer back while the consumer is slow', async () => {
    const BATCHES = 96 // some 100 MB
    const child = start('transform', '-', '--stages', 'normalise')
    let given = 0
    let taken = 0
    let furthest = 0
    const feeding = feed(child, BATCHES, bytes => (given += bytes))
    const ended = once(child, 'close')
    const stdout = child.stdout
    if (stdout === null) throw new Error('no standard output')
    let reads = 0
    for await (const chunk of stdout) {
      taken += (chunk as Uint8Array).length
      furthest = Math.max(furthest, given - taken)
      // Time enough to run ahead, for whoever would.
      if (++reads % 64 === 0) await pause(5)
      else await setImmediate()
    }
    await feeding
    expect((await ended)[0]).toBe(0)
    expect(taken).toBeGreaterThan(0.99 * BATCHES * 4 * 4 * ROWS * LENGTH)
    expect(given).toBeGreaterThan(90e6)
    expect(furthest).toBeLessThan(12e6)
  })

  it('does not fill memory, however long it is', async () => {
    for (const args of [
      ['transform', '-', '--stages', 'correct,window'],
      ['transform', '-', '--stages', 'runs', '-o', join(folder, 'runs.parquet')],
    ]) {
      const short = await peakOf(48, ...args)
      const long = await peakOf(160, ...args) // 115 MB more
      expect(long - short, args.join(' ')).toBeLessThan(20e6)
    }
    expect(statSync(join(folder, 'runs.parquet')).size).toBeGreaterThan(1e6)
    expect(readFileSync(join(folder, 'runs.parquet')).subarray(-4).toString()).toBe('PAR1')
    rmSync(join(folder, 'runs.parquet'))
  })
})
