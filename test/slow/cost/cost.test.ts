import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { DIST } from '../../support/dist.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

interface Cost {
  readonly records: number
  readonly bytesReadPerFileByte: number
  readonly heapBytesPerRecord: number
}

/** What scoring a file costs, counted in a process of its own. */
function count(file: string, options: object): Cost {
  const script = path('count.mjs')
  const flags = ['--min-semi-space-size=1', '--max-semi-space-size=1']
  const args = [...flags, script, DIST, file, JSON.stringify(options)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

/** The metrics alone. */
const BARE = { nulls: { angularDraws: 0 }, truth: false }

/**
 * Guards against a fall in speed, by counts that do not depend on the machine: a file read twice, or an object made for
 * every position, shows here long before a timing on a noisy machine would.
 */
describe('the cost of scoring a sample of 300 maps of 200 nt', () => {
  for (const name of ['exponential-standard.arrow', 'exponential-standard.parquet']) {
    const sample = path(`../../../data-samples/${name}`)

    it(`reads ${name} once, and allocates less than a map for each record`, () => {
      const { records, bytesReadPerFileByte, heapBytesPerRecord } = count(sample, BARE)
      expect(records).toBe(30_000)
      expect(bytesReadPerFileByte).toBeGreaterThan(0.4) // the truth column is not read
      expect(bytesReadPerFileByte).toBeLessThan(1.4) // headers of small batches are read twice
      expect(heapBytesPerRecord).toBeLessThan(3200) // 200 positions of 4 floats are 3,200 bytes
    })

    it(`reads ${name} once with the nulls and ground truth, and allocates less than three maps`, () => {
      const { records, bytesReadPerFileByte, heapBytesPerRecord } = count(sample, {})
      expect(records).toBe(30_000)
      expect(bytesReadPerFileByte).toBeGreaterThan(0.9)
      expect(bytesReadPerFileByte).toBeLessThan(1.4)
      expect(heapBytesPerRecord).toBeLessThan(9600) // there are two grids, each with stages of its own
    })
  }
})

describe('the cost of a position more', () => {
  const folder = temporaryFolder()
  const [short, long] = [200, 2000]
  const dump = (length: number) => join(folder, `${length}.arrow`)
  beforeAll(() => {
    for (const length of [short, long]) {
      const args = ['synth', '--records', '100', '--length', String(length), '-o', dump(length)]
      execFileSync(process.execPath, [join(DIST, 'cli/main.js'), ...args], { stdio: 'pipe' })
    }
  })

  // The smallest object takes 16 bytes, so that one for every fourth position shows.
  it.each([
    ['without nulls', BARE, 4],
    ['by default', {}, 4],
    ['with the shift null', { nulls: { kmer: 'shift', angularDraws: 1 } }, 4],
    ['with a readout', { readout: { fold: true } }, 4],
    ['with a sweep over k', { sweep: { k: [5, 6, 7] } }, 4],
    ['with a sweep over windows', { sweep: { window: [1, 3, 4] } }, 4],
  ])('%s, is no object, and no second read', (_, options, most) => {
    const [few, many] = [count(dump(short), options), count(dump(long), options)]
    for (const { records, bytesReadPerFileByte } of [few, many]) {
      expect(records).toBe(10_000)
      expect(bytesReadPerFileByte).toBeGreaterThan(0.4)
      expect(bytesReadPerFileByte).toBeLessThan(1.2)
    }
    expect((many.heapBytesPerRecord - few.heapBytesPerRecord) / (long - short)).toBeLessThan(most)
  })
})
