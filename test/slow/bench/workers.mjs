/**
 * Measures the throughput of `score` by one worker and by two, over the same Arrow file, in turns:
 *
 *     node test/slow/bench/workers.mjs [--records 20000] [--runs 5] [--dir FOLDER]
 *
 * Prints for each the shortest time and its bytes a second, and the ratio of the two.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeArrow } from './arrow-file.mjs'
import { ROWS_PER_BATCH } from './maps.mjs'
import { recordBatches } from './record-batches.mjs'

const LENGTH = 2048
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    runs: { type: 'string', default: '5' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const folder = mkdtempSync(join(flags.dir, 'attrstream-workers-'))
try {
  const path = join(folder, 'maps.arrow')
  await writeArrow(path, recordBatches(Math.ceil(Number(flags.records) / ROWS_PER_BATCH), LENGTH))
  const seconds = workers => {
    const started = performance.now()
    execFileSync(process.execPath, [MAIN, 'score', path, '--workers', String(workers), '--format', 'json'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    return (performance.now() - started) / 1000
  }
  const best = { 1: Infinity, 2: Infinity }
  for (let run = 0; run < Number(flags.runs); run++) {
    for (const workers of [1, 2]) best[workers] = Math.min(best[workers], seconds(workers))
  }
  const megabytes = statSync(path).size / 1e6
  for (const workers of [1, 2]) {
    const rate = (megabytes / best[workers]).toFixed(0)
    console.log(
      `${workers} workers: ${megabytes.toFixed(0)} MB in ${best[workers].toFixed(2)} s, ${rate} MB/s`,
    )
  }
  console.log(`two workers have ${(best[1] / best[2]).toFixed(2)} times the throughput of one`)
} finally {
  rmSync(folder, { recursive: true })
}
