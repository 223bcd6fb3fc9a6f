/**
 * Measures `agree`, whole processes, interleaved: of two and of five models of the same sequences, against reading all of their
 * dumps and summing every value.
 *
 *     node test/slow/bench/agree.mjs [--megabytes 200] [--runs 5] [--dir FOLDER]
 *
 * Prints medians and ratios; machines differ, so compare ratios.
 */
import { execFile } from 'node:child_process'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeArrow } from './arrow-file.mjs'
import { batchesFor, makeBatch, ROWS_PER_BATCH } from './maps.mjs'
import { recordBatch } from './record-batches.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const MAIN = join(HERE, '..', '..', '..', 'dist', 'cli', 'main.js')
const LENGTH = 2048

const { values: flags } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '200' },
    runs: { type: 'string', default: '5' },
    dir: { type: 'string', default: join(tmpdir(), 'attrstream-bench') },
  },
})
const batches = batchesFor(Number(flags.megabytes) * 1e6, LENGTH, 17)
const records = batches * ROWS_PER_BATCH

/** Batches with the sequences of a dump, and maps that are half those of the first model, half others. */
function* batchesOf(model) {
  for (let index = 0; index < batches; index++) {
    const first = makeBatch(index, ROWS_PER_BATCH, LENGTH)
    const other = makeBatch(index + 1000 * model, ROWS_PER_BATCH, LENGTH)
    yield recordBatch({ ...first, values: first.values.map((value, p) => value + other.values[p]) }, LENGTH)
  }
}

async function dumpOf(model) {
  const path = join(flags.dir, `agree-${model}-${records}.arrow`)
  if ((await stat(path).catch(() => undefined)) === undefined) await writeArrow(path, batchesOf(model))
  return path
}

async function measure(args) {
  const usageFile = join(flags.dir, 'usage.json')
  const started = performance.now()
  const stdout = await new Promise((done, fail) => {
    execFile(
      process.execPath,
      ['--import', join(HERE, 'rss.mjs'), ...args],
      { env: { ...process.env, BENCH_USAGE: usageFile }, maxBuffer: 2 ** 26 },
      (error, out) => (error === null ? done(out) : fail(error)),
    )
  })
  const seconds = (performance.now() - started) / 1000
  return { seconds, ...JSON.parse(await readFile(usageFile, 'utf8')), printed: JSON.parse(stdout) }
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]

await mkdir(flags.dir, { recursive: true })
const paths = []
for (let model = 1; model <= 5; model++) paths.push(await dumpOf(model))
const tasks = [2, 5].flatMap(k => {
  const inputs = paths.slice(0, k)
  return [
    {
      name: `read and sum ${k}`,
      k,
      args: [join(HERE, 'child.mjs'), 'sum', ...inputs],
      check: found => found.records === k * records,
    },
    {
      name: `agree ${k}`,
      k,
      args: [MAIN, 'agree', ...inputs, '--workers', '1', '--format', 'json', '--quiet'],
      check: found => found.agreement.records === records,
    },
  ]
})
for (const task of tasks) task.measured = []
for (let run = 0; run < Number(flags.runs); run++) {
  for (const { name, args, check, measured } of tasks) {
    const found = await measure(args)
    if (!check(found.printed)) throw new Error(`${name} did not do all of the work`)
    measured.push(found)
  }
}
console.log(`${records} maps of ${LENGTH}, ${flags.megabytes} MB a model; medians of ${flags.runs} processes`)
for (const [i, { name, k, measured }] of tasks.entries()) {
  const cpu = median(measured.map(({ cpuSeconds }) => cpuSeconds))
  const seconds = median(measured.map(each => each.seconds))
  const peak = Math.max(...measured.map(({ peakMb }) => peakMb))
  const base = tasks[i - (i % 2)].measured
  const ratio = seconds / median(base.map(each => each.seconds))
  const cpuRatio = cpu / median(base.map(({ cpuSeconds }) => cpuSeconds))
  console.log(
    `${name.padEnd(16)} ${seconds.toFixed(2)} s ${cpu.toFixed(2)} s of CPU ${(cpu / k).toFixed(2)} a model, ${peak.toFixed(0)} MB, ${ratio.toFixed(2)} x, CPU ${cpuRatio.toFixed(2)} x`,
  )
}
