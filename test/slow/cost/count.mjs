/**
 * Counts what scoring costs without a clock: bytes read of a file, and bytes of V8's heap allocated a record.
 *
 * Run with --min-semi-space-size=1 --max-semi-space-size=1: young objects then fill 1 MiB between two collections, so
 * that their number tells how much was allocated. Usage: node FLAGS count.mjs DIST FILE OPTIONS
 *
 * Options are JSON: `nulls` and `readout` as `score` has them, its defaults where they are not named; `sweep`, the values to
 * be swept; and `truth`, false where ground truth is not looked at.
 */
import fs from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const [dist, file, json] = process.argv.slice(2)
const load = path => import(pathToFileURL(join(dist, path)).href)
const { openColumns } = await load('sources/open.js')
const { attributionRecords } = await load('sources/records/records.js')
const { scoreAccumulator } = await load('metrics/score-accumulator.js')
const { metricOptions } = await load('metrics/options.js')
const { statisticsOptions } = await load('scoring/score-options.js')
const { sweepOptions } = await load('metrics/sweep-options.js')

let bytesRead = 0
const handle = await open(file)
const prototype = Object.getPrototypeOf(handle)
await handle.close()
const { read } = prototype
prototype.read = async function (...args) {
  const result = await read.apply(this, args)
  bytesRead += result.bytesRead
  return result
}
const { readSync } = fs
fs.readSync = (...args) => {
  const bytes = readSync(...args)
  bytesRead += bytes
  return bytes
}
syncBuiltinESMExports()

const { sweep, truth = true, ...others } = JSON.parse(json)
const metrics = metricOptions()
const options = {
  metrics,
  records: truth ? { truth: 'found' } : {},
  ...(truth && { truth: { score: 'corrected' } }),
  ...(sweep && { sweep: sweepOptions(metrics, sweep) }),
  ...others,
}
const accumulator = scoreAccumulator(statisticsOptions(options))
const state = accumulator.empty()

async function pass() {
  const source = attributionRecords(await openColumns(file, options.records), options.records)
  let records = 0
  for await (const batch of source.read()) {
    batch.forEach(record => accumulator.add(state, record))
    records += batch.rows.end - batch.rows.start
  }
  await source.close()
  return records
}

let collections = 0
new PerformanceObserver(list => {
  for (const { detail } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) collections++
  }
}).observe({ entryTypes: ['gc'] })

for (let i = 0; i < 20; i++) await pass() // until the compiler is done with the kernels
await setTimeout(50) // entries come late
bytesRead = 0
collections = 0
const PASSES = 100
let records = 0
for (let i = 0; i < PASSES; i++) records += await pass()
await setTimeout(50)

console.log(
  JSON.stringify({
    records,
    bytesReadPerFileByte: bytesRead / PASSES / (await stat(file)).size,
    heapBytesPerRecord: (collections * 2 ** 20) / records,
  }),
)
