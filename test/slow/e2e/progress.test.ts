import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'
import { COMMON, linesOf, PROGRESS } from '../../support/events.js'

const RECORDS = 200
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

it('records that a pipeline of a user reads are reported every 10 s', async () => {
  writeDump(at('maps.arrow'), makeRecords(RECORDS, 120), { rows: 10 })
  writeFileSync(
    at('slow.mjs'),
    `import { fold, kmerPrior, pipe, pipeline } from 'attrstream'
     const wait = new Int32Array(new SharedArrayBuffer(4))
     const slow = { name: 'slow', params: null, connect: next => record => {
       Atomics.wait(wait, 0, 0, ${12_000 / RECORDS})
       next(record)
     } }
     export default pipeline({
       description: 'takes its time',
       outputs: () => ({ prior: fold(pipe(slow, kmerPrior({ k: 1 })), { columns: {}, rows: () => [] }) }),
     })`,
  )
  const { code, stderr } = await cli(['run', at('slow.mjs'), at('maps.arrow'), '--log', 'json'])
  expect(code).toBe(0)
  const [first, ...others] = linesOf(stderr)
  const last = others.pop()
  expect(first).toMatchObject({ event: 'begin' })
  expect(last).toMatchObject({ event: 'done', records: RECORDS })
  expect(others.length).toBeGreaterThan(0)
  let before = 0
  for (const line of others) {
    expect(line).toMatchObject({ event: 'progress', command: 'run' })
    expect(Object.keys(line).slice(COMMON.length)).toEqual(PROGRESS)
    expect((line['seconds'] as number) - before).toBeGreaterThan(9)
    before = line['seconds'] as number
  }
})
