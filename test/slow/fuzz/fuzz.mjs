/*
 * Damages small valid files of every format, in ways that depend on the seed alone, and reads them: each must end in a
 * DataError or be read, in bounded time and memory. `node test/slow/fuzz/fuzz.mjs --cases 10000 --seed 1`, or one case again:
 * `--only 1234 --seed 1 --keep FILE`. Exit code 1 where a case did anything else.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeCase, makeSeeds } from './seeds.mjs'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
})
const cases = Number(values.cases)
const seed = Number(values.seed)
/** A case that takes longer hangs: the slowest takes a fraction of a second, on a machine with nothing else to do. */
const HANG_MS = 60_000
/** Loading all formats and reading the unspoilt files takes a few seconds. */
const START_MS = 300_000
const MOST_BYTES = 512 * 2 ** 20
const HEAP_MB = 256
const CHUNK = 100

if (values.keep !== undefined) {
  const { own, ways, bytes } = makeCase(makeSeeds(), seed, Number(values.only))
  writeFileSync(values.keep, bytes)
  console.log(`${values.keep}: ${own.name}, ${ways.join(', ')}, ${bytes.length} bytes`)
}

const folder = mkdtempSync(join(tmpdir(), 'attrstream-fuzz-'))
const ends = {}
const faults = []
let maxRss = 0
let next = values.only === undefined ? 0 : Number(values.only)
const end = values.only === undefined ? cases : next + 1

function takeChunk() {
  if (next >= end) return undefined
  const from = next
  next = Math.min(end, next + CHUNK)
  return { from, to: next }
}

/** Works until there is nothing left; a child that dies or hangs is replaced by another. */
async function work(tellSeeds) {
  let chunk
  while ((chunk ??= takeChunk()) !== undefined) {
    chunk = await runChild(chunk, tellSeeds)
    tellSeeds = false
  }
}

/** Resolves to what is left of the chunk that the child died in, undefined where it did not. */
function runChild(chunk, tellSeeds) {
  return new Promise(resolve => {
    const child = fork(fileURLToPath(new URL('./child.mjs', import.meta.url)), [folder, String(seed)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let current
    let stderr = ''
    let hung = false
    let ready = false
    let timer
    const watch = (ms = HANG_MS) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        hung = true
        child.kill('SIGKILL')
      }, ms)
    }
    child.stderr.on('data', text => (stderr = (stderr + text).slice(-2000)))
    watch(START_MS)
    child.on('message', message => {
      watch()
      if (message.kind === 'begin') current = message.number
      if (message.kind === 'ready') {
        ready = true
        if (tellSeeds) tell(message.seeds)
        child.send(chunk)
      }
      if (message.kind !== 'done') return
      for (const [name, count] of Object.entries(message.ends)) ends[name] = (ends[name] ?? 0) + count
      faults.push(...message.faults)
      maxRss = Math.max(maxRss, message.maxRss)
      current = undefined
      chunk = takeChunk()
      if (chunk !== undefined) child.send(chunk)
      else child.disconnect()
    })
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      if (chunk === undefined) return resolve(undefined)
      if (!ready) {
        console.error(`no process can begin: ${hung ? 'it hangs' : stderr}`)
        process.exit(1)
      }
      faults.push({
        number: current ?? chunk.from,
        name: '',
        ways: [],
        said: hung ? 'hangs' : `the process died: ${signal ?? code} ${stderr}`,
      })
      const from = (current ?? chunk.from) + 1
      resolve(from < chunk.to ? { from, to: chunk.to } : undefined)
    })
  })
}

/** A seed that is not read tests little: it is said aloud. */
function tell(seeds) {
  const unread = seeds.filter(({ end: how }) => how !== 'read')
  console.log(
    `${seeds.length} files of every format, seed ${seed}, ${end - (values.only === undefined ? 0 : Number(values.only))} cases`,
  )
  for (const { name, end: how, said } of unread)
    console.log(`  ${name} is not read unspoilt: ${how}: ${said}`)
  for (const { name, end: how, said } of unread) {
    if (how === 'fault') faults.push({ number: -1, name, ways: [], said })
  }
}

const workers = Math.min(2, availableParallelism(), Math.ceil((end - next) / CHUNK))
await Promise.all(Array.from({ length: workers }, (_, i) => work(i === 0)))
rmSync(folder, { recursive: true, force: true })

const counted = Object.entries(ends).map(([name, count]) => `${name} ${count}`)
console.log(`${counted.join(', ')}; at most ${Math.round(maxRss / 2 ** 20)} MB`)
for (const { number, name, ways, said } of faults.slice(0, 20)) {
  console.log(`case ${number} (--only ${number} --seed ${seed}): ${name}: ${ways.join(', ')}: ${said}`)
}
if (maxRss > MOST_BYTES) console.log(`took ${maxRss} bytes, expected at most ${MOST_BYTES}`)
if (faults.length > 0) console.log(`${faults.length} cases failed`)
process.exit(faults.length > 0 || maxRss > MOST_BYTES ? 1 : 0)
