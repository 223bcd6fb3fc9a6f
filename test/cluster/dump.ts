import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { digestOfFile } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { output, type Where } from './program.js'

export const SHARDS = 4

/** A dump of three files in `maps`, a plan of four shards over it, and what one process makes of it. */
export async function makeDump(where: Where): Promise<{ readonly digest: string }> {
  const maps = join(where.cwd, 'maps')
  mkdirSync(maps)
  const records = makeRecords(20_000, 500)
  writeDump(join(maps, 'a.arrow'), records.slice(0, 9000), { rows: 100 })
  writeDump(join(maps, 'b.parquet'), records.slice(9000, 14_000), { rows: 100 })
  writeDump(join(maps, 'c.arrows'), records.slice(14_000), { rows: 100 })
  return { digest: await planAndScore(where, 'plan') }
}

/** Makes `<name>.json` with further options, and scores the same by one process, into `<name>-alone`; its digest. */
export async function planAndScore(where: Where, name: string, ...options: string[]): Promise<string> {
  const shared = ['maps', '--model', 'net', ...options]
  await output(['attrstream', 'plan', ...shared, '--shards', String(SHARDS), '--out', `${name}.json`], where)
  await output(['attrstream', 'score', ...shared, '--out', `${name}-alone`], where)
  return digestOfFile(join(where.cwd, `${name}-alone/scores.json`))
}

export function digestOfResults(where: Where, results: string): string {
  return digestOfFile(join(where.cwd, results, 'scores.json'))
}
