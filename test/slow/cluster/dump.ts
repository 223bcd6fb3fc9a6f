import { linkSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { digestOfFile } from '../../support/cli.js'
import { makeRecords, writeDump } from '../../support/dumps.js'
import { typed } from '../../support/reader.js'
import { output, type Where } from './program.js'

export const SHARDS = 4

/** A dump of three files in `maps`, a plan of four shards over it, and what one process makes of it. */
export async function makeDump(where: Where): Promise<{ readonly digest: string }> {
  const maps = join(where.cwd, 'maps')
  mkdirSync(maps)
  const records = makeRecords(4000, 100)
  writeDump(join(maps, 'a.arrow'), records.slice(0, 1800), { rows: 20 })
  writeDump(join(maps, 'b.parquet'), records.slice(1800, 2800), { rows: 20 })
  writeDump(join(maps, 'c.arrows'), records.slice(2800), { rows: 20 })
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

/** A reader of a README: a folder of its own with the dump, what one process makes of it, and how to type a block there. */
export async function readerOf(where: Where, name: string) {
  const cwd = join(where.cwd, name)
  mkdirSync(join(cwd, 'maps'), { recursive: true })
  for (const file of readdirSync(join(where.cwd, 'maps'))) {
    linkSync(join(where.cwd, 'maps', file), join(cwd, 'maps', file))
  }
  const reader = { ...where, cwd }
  await output(['attrstream', 'score', 'maps', '--model', 'resnet', '--out', 'alone'], reader)
  /** Runs a block, with 8 shards for the 64 of the documents; what it said. */
  const type = async (block: string): Promise<string> => {
    const commands = block.replaceAll(/\b64\b/g, '8')
    const { code, said } = await typed(commands, reader)
    if (code !== 0) throw new Error(`ended with ${code}: ${commands}${said}`)
    return said
  }
  return { where: reader, alone: digestOfFile(join(cwd, 'alone/scores.json')), type }
}
