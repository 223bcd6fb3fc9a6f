import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.js'
import { blocksOf } from '../support/documents.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { newReader, typed } from '../support/reader.js'
import { firstOf, THOROUGH } from '../support/thorough.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MAIN = join(ROOT, 'dist/cli/main.js')
const folder = temporaryFolder()

function node(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** The packages that `npm install` would put there, this one linked. */
function install(project: string): void {
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(ROOT, join(project, 'node_modules/attrstream'))
  symlinkSync(join(ROOT, 'node_modules/@types'), join(project, 'node_modules/@types'))
}

describe.each(
  firstOf([
    ['pipeline.ts', []],
    ['pipeline.js', ['--javascript']],
  ] as const),
)('a pipeline begun as %s', (pipeline, flags) => {
  const project = join(folder, `My ${pipeline}`)

  it('passes its own test and its type check, and runs', () => {
    const begun = node(folder, MAIN, 'init', project, ...flags)
    expect(begun).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(project).toSorted()).toEqual(
      ['.gitignore', 'README.md', 'package.json', 'pipeline.test.js', pipeline, 'tsconfig.json'].toSorted(),
    )
    const { name, dependencies, scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
    expect(name).toBe(`my-${pipeline.replace('.', '-')}`)
    expect(`${resolve(project, dependencies.attrstream.replace('file:', ''))}/`).toBe(ROOT)
    expect(scripts.start).toBe(`attrstream run ${pipeline}`)
    for (const file of readdirSync(project))
      expect(readFileSync(join(project, file), 'utf8')).not.toMatch(/\{\{(name|pipeline|attrstream)\}\}/)

    install(project)
    const tested = node(project, '--test')
    expect(tested.stdout).toMatch(/^[#ℹ] pass 1$/m)
    expect(tested).toMatchObject({ status: 0, stderr: '' })
    const checked = node(project, join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit')
    expect(checked).toEqual({ status: 0, stdout: '', stderr: '' })
    const sample = join(ROOT, 'data-samples/tf-mindi.parquet')
    const run = node(
      project,
      MAIN,
      'run',
      pipeline,
      sample,
      '--where',
      'cell_type.startsWith("MF")',
      '--format=ndjson',
    )
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(run.stdout).gc_of_all).toBeGreaterThan(0.3)
  })

  it.runIf(THOROUGH)('does what its README says', async () => {
    const records = makeRecords(60, 200)
    writeDump(join(project, 'maps.parquet'), records, { rows: 20 })
    mkdirSync(join(project, 'maps'))
    writeDump(join(project, 'maps/1.arrow'), records, { rows: 20 })
    const [readme, ...others] = blocksOf('pipelines/template/README.template.md')
    expect(others).toEqual([])
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toContain(readme.text)
    // What npm would fetch is linked already.
    const commands = readme.text.replace(/^npm install\n/, '')
    expect(commands).not.toBe(readme.text)
    const { code, said } = await typed(commands, { ...newReader(folder), cwd: project })
    expect(code, said).toBe(0)
    expect(existsSync(join(project, 'gc.parquet'))).toBe(true)
  })

  it('has types that refuse a wrong stage', () => {
    const path = join(project, pipeline)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace('next(counts)', "next({ ...counts, runKnown: '0' })"))
    const checked = node(project, join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit')
    expect(checked.status).not.toBe(0)
    expect(checked.stdout).toContain(pipeline)
    writeFileSync(path, text)
  })

  it('changes nothing that is there', () => {
    const again = node(folder, MAIN, 'init', project, ...flags)
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') })
    expect(readFileSync(join(project, pipeline), 'utf8')).toContain('count-gc')
  })
})
