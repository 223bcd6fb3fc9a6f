/**
 * Measures whole processes, interleaved, on generated dumps: reading the bytes, reading and summing every value, and scoring,
 * with the nulls and without; and both metrics in vectorised NumPy, with and without nulls too.
 *
 *     npm run bench -- [--gigabytes 1] [--runs 5] [--dir FOLDER] [--only arrow|parquet|npz|models] [--python python3]
 *
 * Beside the large dumps there are 42 models of as many short maps as the paper's test set has, scored in one run.
 *
 * Prints medians and writes all of it to .bench/results.json. Machines are noisy and differ: compare ratios. The dumps are made
 * once and kept in the folder, by default one under the system's temporary folder.
 *
 * Sums by group of records, which the standard errors and the cross-validated scores come from, cannot be turned off: they are
 * what the accumulators keep. So they are part of all that is measured here, and NumPy does without them.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, platform, release, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate, makeDump, makeModels } from './generate.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = join(HERE, '..', '..', '..')
const MAIN = join(ROOT, 'dist', 'cli', 'main.js')

const { values: flags } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '1' },
    runs: { type: 'string', default: '5' },
    dir: { type: 'string', default: join(tmpdir(), 'attrstream-bench') },
    only: { type: 'string' },
    python: { type: 'string', default: 'python3' },
  },
})
const runs = Number(flags.runs)
const gigabytes = Number(flags.gigabytes)

/** A process from start to exit: wall seconds, those to the first batch, peak memory, CPU seconds and what it printed. */
async function measure(args) {
  const usageFile = join(flags.dir, 'usage.json')
  const started = performance.now()
  const stdout = await new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', join(HERE, 'rss.mjs'), ...args],
      { env: { ...process.env, BENCH_USAGE: usageFile }, maxBuffer: 2 ** 26 },
      (error, out) => (error === null ? resolve(out) : reject(error)),
    )
  })
  const seconds = (performance.now() - started) / 1000
  return { seconds, ...JSON.parse(await readFile(usageFile, 'utf8')), printed: JSON.parse(stdout) }
}

const child = (task, path) => [join(HERE, 'child.mjs'), task, path]
const score = (path, workers, ...more) => [
  MAIN,
  'score',
  path,
  '--workers',
  String(workers),
  '--format',
  'json',
  '--quiet',
  ...more,
]

const task = (name, args, check) => ({ name, args, check, measured: [] })

/** What is measured on a dump, and how to tell from what was printed that all of the work was done. */
function tasksOf({ kind, path, length, positions, records }) {
  const counted = found => found.records === records && found.positions === positions
  const scored = ({ models: [model] }) =>
    counted(model) && model.kmer.kld_nats > 0 && model.angular.kld_nats > 0
  const tasks = [
    task('read bytes', child('bytes', path), found => found.bytes > 0),
    task('read and sum', child('sum', path), counted),
    task('score, 1 worker', score(path, 1), scored),
    task('score, 1 worker, no nulls', score(path, 1, '--null', 'none'), scored),
    task('score, 2 workers', score(path, 2), scored),
  ]
  if (length === 2048 && kind === 'arrow') {
    tasks.push(task('read and sum, apache-arrow', child('apache-arrow', path), counted))
  }
  return tasks
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function summarise({ name, measured }, positions) {
  const seconds = median(measured.map(each => each.seconds))
  return {
    name,
    seconds,
    secondsAll: measured.map(each => each.seconds),
    cpuSeconds: median(measured.map(each => each.cpuSeconds)),
    peakMb: Math.max(...measured.map(each => each.peakMb)),
    nsPerPosition: (seconds * 1e9) / positions,
    positionsPerSecond: positions / seconds,
  }
}

/** What the NumPy script prints on a dump; undefined, said aloud, where there is no Python for it. */
function numpyPeer(path, ...more) {
  const done = spawnSync(flags.python, [join(HERE, 'numpy_peer.py'), path, ...more], { encoding: 'utf8' })
  if (done.status === 0) return JSON.parse(done.stdout)
  const why = done.error?.message ?? done.stderr.trim().split('\n').at(-1)
  console.error(`NumPy: NOT RUN (${why}); name a Python that has numpy and pyarrow with --python`)
  return undefined
}

/** Whether NumPy runs and comes to the same KLDs: so both do the same work. */
async function numpyAgrees(path) {
  const found = numpyPeer(path)
  if (found === undefined) return false
  const { models } = (await measure(score(path, 1))).printed
  const [{ kmer, angular }] = models
  for (const [theirs, ours] of [
    [found.kmer_kld_nats, kmer.kld_nats],
    [found.angular_kld_nats, angular.kld_nats],
  ]) {
    if (!(Math.abs(theirs - ours) < 1e-9)) {
      throw new Error(`NumPy scores ${theirs} where attrstream scores ${ours}, of ${path}`)
    }
  }
  return true
}

const ms = seconds => `${(seconds * 1000).toFixed(0)} ms`
const ratio = (a, b) => `${(a.seconds / b.seconds).toFixed(2)} x`

function print({ kind, length, records, positions, tasks }) {
  console.log(`\n${kind}, L = ${length}: ${records} maps, ${(positions / 1e6).toFixed(1)} M positions`)
  const base = tasks.find(({ name }) => name === 'read and sum')
  for (const task of tasks) {
    console.log(
      [
        `  ${task.name.padEnd(28)}`,
        `${task.seconds.toFixed(2)} s`.padStart(9),
        `${task.nsPerPosition.toFixed(1)} ns/position`.padStart(18),
        `${(task.positionsPerSecond / 1e6).toFixed(1)} M/s`.padStart(11),
        `${task.cpuSeconds.toFixed(2)} s of CPU`.padStart(17),
        `${task.peakMb.toFixed(0)} MB`.padStart(8),
        ratio(task, base).padStart(9),
      ].join(''),
    )
  }
}

await mkdir(join(ROOT, '.bench'), { recursive: true })
const dumps = (await generate(flags.dir, gigabytes, flags.only)).map(dump => ({
  ...dump,
  tasks: tasksOf(dump),
}))
const start = { measured: [] }
const few = 'arrow'.startsWith(flags.only ?? '') ? await makeDump(flags.dir, 'arrow', 2048, 32) : undefined
const peers =
  few && (await numpyAgrees(few.path))
    ? [
        { name: 'score, 1 worker, no nulls', args: [], measured: [] },
        { name: 'score, 1 worker', args: ['--nulls'], measured: [] },
      ]
    : []
const many = 'models'.startsWith(flags.only ?? '') ? await makeModels(flags.dir) : undefined
const manyTasks = many ? [1, 2].map(workers => ({ workers, measured: [] })) : []
for (let run = 0; run < runs; run++) {
  console.error(`run ${run + 1} of ${runs}`)
  start.measured.push(await measure(score(join(ROOT, 'data-samples', 'tf-mindi.parquet'), 1)))
  for (const { path, tasks } of dumps) {
    for (const { name, args, check, measured } of tasks) {
      const found = await measure(args)
      if (!check(found.printed)) {
        throw new Error(
          `${name} of ${path} did not do all of the work: ${JSON.stringify(found.printed).slice(0, 500)}`,
        )
      }
      measured.push(found)
    }
  }
  for (const { workers, measured } of manyTasks) {
    const found = await measure(score(many.path, workers))
    if (found.printed.models.length !== many.models)
      throw new Error(`${many.path}: not all models are scored`)
    measured.push(found)
  }
  for (const { args, measured } of peers) measured.push(numpyPeer(few.path, ...args))
}

const results = dumps.map(({ kind, length, records, positions, tasks }) => ({
  kind,
  length,
  records,
  positions,
  tasks: tasks.map(task => summarise(task, positions)),
}))
const machine = `${cpus()[0].model}, ${cpus().length} cores, ${platform()} ${release()}, Node ${process.version}`
console.log(
  `${machine}; medians of ${runs} whole processes, interleaved; ratios to "read and sum" of the same file`,
)
results.forEach(print)

const find = (kind, length, name) =>
  results.find(dump => dump.kind === kind && dump.length === length)?.tasks.find(task => task.name === name)
const one = find('arrow', 2048, 'score, 1 worker')
const two = find('arrow', 2048, 'score, 2 workers')
const short = find('arrow', 200, 'score, 1 worker')
const startSeconds = median(start.measured.map(({ seconds }) => seconds))
const firstBatchSeconds = median(start.measured.map(({ firstBatchSeconds }) => firstBatchSeconds))
console.log(
  `\n42 maps: ${ms(firstBatchSeconds)} from the start to the first batch folded, ${ms(startSeconds)} to the end`,
)
if (one && two) console.log(`2 workers against 1: ${ratio(one, two)} faster`)
if (one && short) {
  console.log(
    `maps of 200 against 2,048: ${(short.nsPerPosition / one.nsPerPosition).toFixed(2)} x per position`,
  )
}
const arrow = results.find(({ kind, length }) => kind === 'arrow' && length === 2048)
const numpy = peers.map(({ name, measured }) => {
  const ours = find('arrow', 2048, name)
  const seconds = median(measured.map(each => each.seconds))
  const cpuSeconds = median(measured.map(each => each.cpuSeconds))
  const nsPerPosition = (seconds * 1e9) / few.positions
  const times = nsPerPosition / ours.nsPerPosition
  const cpuTimes = cpuSeconds / few.positions / (ours.cpuSeconds / arrow.positions)
  return { name, version: measured[0].numpy, seconds, cpuSeconds, nsPerPosition, times, cpuTimes }
})
for (const { name, version, nsPerPosition, times, cpuTimes } of numpy) {
  console.log(
    `vectorised NumPy ${version}, ${few.records} maps: ${nsPerPosition.toFixed(0)} ns/position, ${times.toFixed(1)} x as long as "${name}", ${cpuTimes.toFixed(1)} x the CPU`,
  )
}
const models = manyTasks.map(({ workers, measured }) => ({
  ...summarise({ name: `score, ${workers} worker${workers === 1 ? '' : 's'}`, measured }, many.positions),
  perModelSeconds: median(measured.map(({ seconds }) => seconds)) / many.models,
}))
if (many) {
  console.log(`\n${many.models} models, L = 200: ${many.records} maps`)
  for (const { name, seconds, cpuSeconds, peakMb, perModelSeconds } of models) {
    console.log(
      `  ${name.padEnd(28)}${seconds.toFixed(2).padStart(7)} s${ms(perModelSeconds).padStart(9)} a model` +
        `${cpuSeconds.toFixed(2).padStart(9)} s of CPU${peakMb.toFixed(0).padStart(6)} MB`,
    )
  }
  console.log(`  2 workers against 1: ${ratio(models[0], models[1])} faster`)
}
await writeFile(
  join(ROOT, '.bench', 'results.json'),
  `${JSON.stringify({ machine, runs, gigabytes, firstBatchSeconds, startSeconds, dumps: results, models, numpy }, null, 2)}\n`,
)
