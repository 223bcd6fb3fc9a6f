import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './support/cli.js'
import { makeRecords, writeDump } from './support/dumps.js'

// Every command of README and guides is run, a document's blocks in order in a folder of its own, with what a reader
// has: `attrstream` on the path, the samples, and files by the names that the documents use.

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const DOCUMENTS = [
  'README.md',
  'pipelines/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

interface Block {
  readonly language: string
  readonly text: string
  /** Why it is not run, where a comment above it says so. */
  readonly notRun: string | undefined
  readonly line: number
}

function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  return [...text.matchAll(/(?:^<!-- not run: ([^>]+) -->\n+)?^```(\w*)\n([\s\S]*?)^```$/gm)].map(found => ({
    language: found[2],
    text: found[3],
    notRun: found[1],
    line: text.slice(0, found.index).split('\n').length,
  }))
}

/** A folder with what the documents speak of. */
function readersFolder(): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = temporaryFolder()
  const bin = join(cwd, '.bin')
  mkdirSync(bin)
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  program('attrstream', `exec '${process.execPath}' '${ROOT}dist/cli/main.js' "$@"`)
  program('producer', `exec cat '${cwd}/stream.arrows'`)
  program('consumer', 'exec cat >/dev/null')
  const records = makeRecords(240, 200)
  writeDump(join(cwd, 'stream.arrows'), records, { rows: 40 })
  for (const name of ['maps', 'model_a', 'model_b', 'model_c']) {
    for (const ending of ['arrow', 'parquet']) {
      writeDump(join(cwd, `${name}.${ending}`), records, { rows: 40 })
    }
  }
  writeFileSync(
    join(cwd, 'models.csv'),
    [
      'model,auroc,task,activation',
      'model_a,0.98,1,relu',
      'model_b,0.99,1,exp',
      'model_c,0.97,1,exp',
      '',
    ].join('\n'),
  )
  for (const folder of ['maps', 'dumps']) {
    mkdirSync(join(cwd, folder))
    writeDump(join(cwd, folder, '1.arrow'), records.slice(0, 120), { rows: 40 })
    writeDump(join(cwd, folder, '2.parquet'), records.slice(120), { rows: 40 })
  }
  mkdirSync(join(cwd, 'states'))
  cpSync(join(ROOT, 'data-samples'), join(cwd, 'data-samples'), { recursive: true })
  copyFileSync(join(ROOT, 'data-samples/test-set.fasta.gz'), join(cwd, 'background.fasta.gz'))
  return { cwd, env: { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) } }
}

for (const document of DOCUMENTS) {
  const blocks = blocksOf(document)
  const commands = blocks.filter(({ language }) => language === 'sh')
  const run = commands.filter(({ notRun }) => notRun === undefined)
  for (const { line, notRun } of commands.filter(block => block.notRun !== undefined)) {
    console.log(`${document}:${line}: NOT RUN: ${notRun}`)
  }
  if (run.length === 0) continue
  describe(`the commands of ${document}`, () => {
    const where = readersFolder()
    for (const { text, line } of run) {
      it(`at line ${line} do what they say`, () => {
        const { status, stderr, stdout } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', text], {
          ...where,
          encoding: 'utf8',
          input: '',
        })
        expect(status, `${text}${stderr}${stdout}`).toBe(0)
      })
    }
  })
}

it('no document has commands that a test cannot see', () => {
  for (const document of DOCUMENTS) {
    const text = readFileSync(join(ROOT, document), 'utf8')
    expect(text, `${document}: indented commands; fence them`).not.toMatch(/^ {4}(attrstream|npm|node) /m)
  }
  const all = DOCUMENTS.flatMap(blocksOf)
  expect(all.filter(({ language }) => language === 'sh').length).toBeGreaterThan(15)
  const known = ['', 'sh', 'ts', 'python', 'json', 'sql', 'text']
  expect(all.map(({ language }) => language).filter(language => !known.includes(language))).toEqual([])
})
