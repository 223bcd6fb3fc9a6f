import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DIST } from '../support/dist.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What scoring a sample of 300 maps of 200 nt costs, counted in a process of its own. */
function count(sample: string): {
  records: number
  bytesReadPerFileByte: number
  heapBytesPerRecord: number
} {
  const script = path('count.mjs')
  const args = [
    '--min-semi-space-size=1',
    '--max-semi-space-size=1',
    script,
    DIST,
    path(`../../data-samples/${sample}`),
  ]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

/**
 * Guards against a fall in speed, by counts that do not depend on the machine: a file read twice, or an object made for
 * every position, shows here long before a timing on a noisy machine would.
 */
describe('the cost of scoring', () => {
  for (const sample of ['exponential-standard.arrow', 'exponential-standard.parquet']) {
    it(`reads ${sample} once, and allocates less than a map for each record`, () => {
      const { records, bytesReadPerFileByte, heapBytesPerRecord } = count(sample)
      expect(records).toBe(30_000)
      expect(bytesReadPerFileByte).toBeGreaterThan(0.4) // the truth column is not read
      expect(bytesReadPerFileByte).toBeLessThan(1.4) // headers of small batches are read twice
      expect(heapBytesPerRecord).toBeLessThan(3200) // 200 positions of 4 floats are 3,200 bytes
    })
  }
})
