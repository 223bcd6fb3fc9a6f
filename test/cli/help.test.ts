import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.js'
import { pageOf } from '../../src/cli/help/page.js'
import { helpText } from '../../src/cli/help/text.js'
import { cli, temporaryFolder } from '../support/cli.js'
import { blockWith } from '../support/documents.js'
import { fileURLToPath } from 'node:url'
import { spawnSync } from 'node:child_process'

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const pages = await Promise.all(COMMANDS.map(async command => ({ command, page: await pageOf(command) })))
const options = pages.flatMap(({ command: { name: command }, page }) =>
  page.groups.flatMap(({ options }) => options).map(option => ({ ...option, command })),
)

describe('the help of options', () => {
  it('describes every option', () => {
    expect(options.length).toBeGreaterThan(300)
    for (const { command, name, describe } of options) expect(describe, `${command} --${name}`).not.toBe('')
  })

  it('shows the default of every option that takes a number or one of a few values', () => {
    // Text options that do nothing unless given, such as files, have none; a flag is off unless it says otherwise.
    const without = options.filter(
      option =>
        !option.required &&
        option.default === undefined &&
        (option.choices.length > 0 || option.isNumber) &&
        !/\b(?:no )?default\b/.test(option.describe),
    )
    expect(without.map(({ command, name }) => `${command} --${name}`)).toEqual([])
  })

  it('shows a declared default on the line of its option', () => {
    for (const { command, page } of pages) {
      const text = helpText({ ...page, examples: [] }, command.name, 'all', 100).replaceAll(/\s+/g, ' ')
      for (const { flag, name, default: value } of page.groups.flatMap(({ options }) => options)) {
        if (value === undefined) continue
        const line = text.slice(text.indexOf(` ${flag} `), text.indexOf(` ${flag} `) + 400)
        expect(line, `${command.name} --${name}`).toContain(value)
      }
    }
  })

  it('names a unit where a number has one', () => {
    const units: { readonly [name: string]: RegExp } = {
      k: /bases/,
      buffer: /positions/,
      window: /positions/,
      every: /seconds/,
      length: /bases/,
      'until-se': /nats/,
      scale: /pixels/,
      'memory-limit': /GB/,
    }
    for (const { command, name, describe } of options) {
      if (units[name] !== undefined) expect(describe, `${command} --${name}`).toMatch(units[name])
    }
  })
})

describe('a help text', () => {
  it('of score has some fifteen options, by group, examples first, in 80 columns', async () => {
    const { stdout, code } = await cli(['score', '--help'])
    expect(code).toBe(0)
    const shown = stdout.match(/^ {2}(?:-\w, )?--[\w[\]-]+/gm) ?? []
    expect(shown.length).toBeGreaterThan(12)
    expect(shown.length).toBeLessThan(20)
    const headings = [...stdout.matchAll(/^(\w[\w: -]*):$/gm)].map(([, heading]) => heading)
    expect(headings.slice(0, 4)).toEqual(['Examples', 'Arguments', 'Input', 'Output'])
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })

  it.each([
    [['score', '--help', 'all'], '--null-draws'],
    [['score', '--help', 'running'], '--memory-limit'],
    [['score', '-h'], '--checkpoint'],
    [['help', 'score'], '--checkpoint'],
    [['--help'], 'compare'],
    [['run', 'attributed-runs', '--help'], '--buffer'],
  ])('%j', async (args, word) => {
    const { stdout, code } = await cli(args)
    expect(code).toBe(0)
    expect(stdout).toContain(word)
  })

  it('is shown without a command, as a usage error', async () => {
    const { code, stdout, stderr } = await cli([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^attrstream <command>/)
  })
})

it.each([
  [['scroe', 'x.arrow'], 'scroe is not a command; did you mean score?'],
  [['score', 'x.arrow', '--convention', 'papr'], 'did you mean paper?'],
  [['score', 'x.arrow', '--widow', '5'], '--widow is not an option of this command; did you mean --window?'],
  [['plot', 'consistancy', 'x', '-o', 'x.svg'], 'did you mean consistency?'],
  [['score', 'tf-mindi.parqet'], 'did you mean tf-mindi.parquet?'],
  [['score', 'tf-mindi.parquet', '--sequence-column', 'sequense'], 'did you mean sequence?'],
])('%j suggests what may be meant', async (args, hint) => {
  const { code, stderr } = await cli(args, { cwd: SAMPLES })
  expect(code).toBeGreaterThan(0)
  expect(stderr).toContain(hint)
})

describe('attrstream.toml', () => {
  it('may hold what the index of docs shows', async () => {
    const text = blockWith('docs/README.md', 'quiet')
    writeFileSync(join(folder, 'attrstream.toml'), text)
    const { stderr } = await k('--verbose')
    expect(stderr).toContain('attrstream.toml sets --quiet=true --convention=paper --workers=4')
  })

  const folder = temporaryFolder()
  const below = join(folder, 'below')
  mkdirSync(below)
  const maps = join(SAMPLES, 'tf-mindi.parquet')
  const k = async (...args: string[]) => {
    const run = await cli(['score', maps, '--format', 'json', ...args], { cwd: below })
    expect(run.stderr).not.toContain('fault')
    return { ...run, k: run.code === 0 ? JSON.parse(run.stdout).models[0].kmer.options.k : undefined }
  }

  it('gives usual options, which the command line overrides, and --verbose shows', async () => {
    writeFileSync(join(folder, 'attrstream.toml'), 'quiet = true\ndark = true\n\n[score]\nk = 4\n')
    expect((await k()).k).toBe(4)
    expect((await k('--k', '5')).k).toBe(5)
    const { stderr } = await k('--verbose')
    expect(stderr).toContain('attrstream.toml sets --quiet=true --k=4')
  })

  it.each([
    ['[score]\nkk = 4\n', 'kk is not an option of score'],
    ['formt = "json"\n', 'formt is not an option; did you mean format?'],
    ['k = \n', 'is not valid TOML'],
    ['k = 1979-05-27\n', 'k is a'],
  ])('that says %j is an error', async (text, error) => {
    writeFileSync(join(folder, 'attrstream.toml'), text)
    const { code, stderr } = await k()
    expect(code).toBe(2)
    expect(stderr).toContain('attrstream.toml: ')
    expect(stderr).toContain(error)
  })
})

it('completion gives a script that bash understands and that offers commands, options and values', async () => {
  const { stdout, code } = await cli(['completion'])
  expect(code).toBe(0)
  const offered = (...words: string[]) => {
    const quoted = words.map(word => `'${word}'`).join(' ')
    const script = `${stdout}\nCOMP_WORDS=(attrstream ${quoted}); COMP_CWORD=${words.length}; _attrstream; echo "\${COMPREPLY[@]}"`
    const { stdout: said, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    expect(stderr).toBe('')
    return said.trim().split(' ')
  }
  expect(offered('com')).toEqual(['compare', 'completion'])
  expect(offered('score', '--conv')).toEqual(['--convention'])
  expect(offered('score', '--convention', 'acme')).toEqual(['acme-atac', 'acme-synthetic'])
  expect(offered('plot', 'con')).toEqual(['consistency', 'convergence'])
})

it('the manual page has every option of every command', async () => {
  const { stdout, code } = await cli(['--man'])
  expect(code).toBe(0)
  const plain = stdout.replaceAll('\\-', '-')
  for (const { name } of options) expect(plain).toContain(`--${name}`.replace('--', ''))
  for (const { name } of COMMANDS) expect(plain).toMatch(new RegExp(`^\\.SS attrstream ${name}\\b`, 'm'))
})
