import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { CONVENTIONS } from '../src/metrics/options.js'
import { cli } from './support/cli.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const readme = read('README.md')

it('the README has a pipeline as it is in its file, imports left out', () => {
  const [, body] = read('pipelines/attributed-runs.ts').split("from 'attrstream'\n")
  expect(readme).toContain(`\`\`\`ts\n${body.trim()}\n\`\`\``)
})

it('the README counts the rows of its pipeline as the samples do', () => {
  const { runs } = JSON.parse(read('data-samples/expected.json')).samples['tf-mindi'].kmer
  expect(readme).toContain(
    `attrstream run attributed-runs data-samples/tf-mindi.parquet --out runs.parquet # ${runs} rows`,
  )
})

it('a guide names every convention, and every file of the samples is described', () => {
  for (const convention of Object.keys(CONVENTIONS))
    expect(read('docs/conventions.md')).toContain(`\`${convention}\``)
  const samples = read('data-samples/README.md')
  const stems = readdirSync(new URL('../data-samples', import.meta.url)).map(name =>
    name.replace(/\.(arrow|parquet)$/, ''),
  )
  for (const stem of stems.filter(name => name !== 'README.md' && name !== '__pycache__')) {
    expect(samples).toContain(stem)
  }
})

it('the README shows what the first command prints', async () => {
  const { scripts } = JSON.parse(read('package.json'))
  const [, command] = /main\.js (score .*?) --out/.exec(scripts.start) ?? []
  const { code, stdout } = await cli([...command.split(' '), '--quiet'], { cwd: ROOT })
  expect(code).toBe(0)
  expect(readme).toContain(`\`\`\`text\n${stdout.trim()}\n\`\`\``)
})

it('the README is short', () => {
  expect(readme.split('\n').length).toBeLessThan(121)
})

it('the index of docs names every page', () => {
  const index = read('docs/README.md')
  const pages = readdirSync(new URL('../docs', import.meta.url)).filter(name =>
    /^(?!README).*\.md$/.test(name),
  )
  for (const page of pages) expect(index).toContain(`(${page})`)
})
