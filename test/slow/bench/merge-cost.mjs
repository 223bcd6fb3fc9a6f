/**
 * Measures what a merge costs as shards grow: a small dump is cut into 10, 100 and 1,000 shards, each folded to its state,
 * and merged by a process of its own.
 *
 *     node test/slow/bench/merge-cost.mjs [FOLDER]
 *
 * Prints for each number of shards the size of a state and the seconds and peak memory of the merge.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeArrow } from './arrow-file.mjs'
import { recordBatches } from './record-batches.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const DIST = join(HERE, '..', '..', '..', 'dist')
const { scoreShard } = await import(join(DIST, 'cli', 'shard.js'))

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'attrstream-merge-'))
const main = (...args) =>
  execFileSync(process.execPath, ['--import', join(HERE, 'rss.mjs'), join(DIST, 'cli', 'main.js'), ...args], {
    env: { ...process.env, BENCH_USAGE: join(folder, 'usage.json') },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
process.stderr.write = () => true // a shard tells its progress
try {
  const dump = join(folder, 'maps.arrow')
  await writeArrow(dump, recordBatches(1000, 200))
  for (const shards of [10, 100, 1000]) {
    const plan = join(folder, `${shards}.json`)
    main('plan', dump, '--shards', String(shards), '--out', plan)
    const states = Array.from({ length: shards }, (_, i) => join(folder, `${shards}-${i}.state`))
    for (const [i, state] of states.entries()) {
      await scoreShard({
        plan,
        shard: `${i}/${shards}`,
        state,
        every: { seconds: 3600 },
        workers: 1,
        restart: false,
      })
    }
    const bytes = states.reduce((sum, state) => sum + statSync(state).size, 0)
    const started = performance.now()
    main('merge', '--plan', plan, ...states, '--format', 'json')
    const seconds = (performance.now() - started) / 1000
    const { peakMb, cpuSeconds } = JSON.parse(readFileSync(join(folder, 'usage.json'), 'utf8'))
    console.log(
      `${shards} shards: states of ${(bytes / shards / 1e6).toFixed(2)} MB, merged in ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU), peak ${peakMb.toFixed(0)} MB`,
    )
    for (const name of readdirSync(folder).filter(file => file.includes('.state'))) rmSync(join(folder, name))
  }
} finally {
  rmSync(folder, { recursive: true })
}
