/*
 * Inspects, scores and converts each file of a folder, in a process of its own: `node hostile.mjs FOLDER OUT`. Prints JSON: for each
 * file and command what came of it, and the most memory that was taken.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { WorkerPool } from '../../../dist/engine/workers/pool.js'
import { convert } from '../../../dist/pipeline/built-in/convert.js'
import { readyOutputs } from '../../../dist/pipeline/outputs.js'
import { writeFileOfRows } from '../../../dist/pipeline/rows/file.js'
import { inspectFile } from '../../../dist/dumps/inspect.js'
import { metricOptions } from '../../../dist/metrics/options.js'
import { scorePopulation } from '../../../dist/scoring/score.js'

const [folder, out] = process.argv.slice(2)
const metrics = metricOptions({ convention: 'paper' })
const records = { axes: 'L4' }
const pool = new WorkerPool(1)

const COMMANDS = {
  inspect: async path => {
    const { problem } = await inspectFile(path, records, { metrics, populationPrior: true, byModel: false })
    return problem === null ? 'fine' : 'refused'
  },
  score: async path => {
    await scorePopulation(pool, { model: 'm', paths: [path] }, { metrics, records })
    return 'fine'
  },
  convert: async path => {
    const options = { element: 'float32' }
    const asked = { name: 'convert', digest: '', options, records: { ...records, truth: 'found' } }
    await writeFileOfRows([path], out, readyOutputs(convert, options), asked, {
      format: 'arrow',
      verify: true,
      needsRows: true,
      signal: new AbortController().signal,
      refused: async error => error,
      report: {},
    })
    return 'fine'
  },
}

const outcomes = []
for (const name of readdirSync(folder).toSorted()) {
  for (const [command, run] of Object.entries(COMMANDS)) {
    process.stderr.write(`${command} ${name}\n`) // the last line says where a process died
    const end = await run(join(folder, name)).catch(error =>
      error?.name === 'DataError' ? error.code : `fault: ${error?.stack ?? error}`,
    )
    outcomes.push({ name, command, end })
  }
}
await pool.close()
process.stdout.write(JSON.stringify({ outcomes, maxRss: process.resourceUsage().maxRSS * 1024 }))
