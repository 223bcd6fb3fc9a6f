/*
 * Tries cases in a process of its own: `node child.mjs FOLDER SEED`; the parent sends ranges of cases. Tells of each case
 * before it begins, so that one that never ends, or ends the process, is known.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAll } from './read.mjs'
import { makeCase, makeSeeds } from './seeds.mjs'

const [folder, seedText] = process.argv.slice(2)
const file = join(folder, `case-${process.pid}`)
const seeds = makeSeeds()

/** What unspoilt files give; those of formats that are not read here give none. */
const expected = []
for (const { bytes, kind } of seeds) {
  writeFileSync(file, bytes)
  expected.push(await outcomeOf(kind))
}

async function outcomeOf(kind) {
  try {
    return { end: 'read', ...(await readAll(file, kind)) }
  } catch (error) {
    if (error?.name === 'DataError') return { end: error.code, said: error.message }
    return { end: 'fault', said: error?.stack ?? String(error) }
  }
}

/**
 * Whether what was read contradicts the original. No format has a checksum over all of it, so that values, names and
 * types may differ; the number of rows is told more than once in each, and must not.
 */
function wrongIn({ rows, digest, sealed }, { name }, ways, original) {
  // Plain text has no end that could be missed.
  if (original.end !== 'read' || /\.(fa|bed|fai)$/.test(name)) return undefined
  if (sealed && digest !== original.digest) return 'a sealed file reads otherwise'
  // Two files spliced may be a whole one again.
  if (rows !== original.rows && !ways.includes('splice')) return `${rows} of ${original.rows} rows`
  return undefined
}

async function tryAll({ from, to }) {
  const ends = {}
  const faults = []
  for (let number = from; number < to; number++) {
    process.send({ kind: 'begin', number })
    const { own, ways, bytes } = makeCase(seeds, Number(seedText), number)
    writeFileSync(file, bytes)
    const outcome = await outcomeOf(own.kind)
    ends[outcome.end] = (ends[outcome.end] ?? 0) + 1
    const wrong =
      outcome.end === 'read' ? wrongIn(outcome, own, ways, expected[seeds.indexOf(own)]) : undefined
    if (outcome.end === 'fault' || wrong !== undefined) {
      faults.push({ number, name: own.name, ways, said: wrong ?? outcome.said })
    }
  }
  process.send({ kind: 'done', ends, faults, maxRss: process.resourceUsage().maxRSS * 1024 })
}

process.on('message', range => void tryAll(range))

process.send({
  kind: 'ready',
  seeds: seeds.map(({ name }, i) => ({ name, end: expected[i].end, said: expected[i].said })),
})
