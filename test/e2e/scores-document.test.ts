import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { FORMER_KEYS } from '../../src/results/json-keys.js'
import { loadScores } from '../../src/results/load-scores.js'
import { scoresJson } from '../../src/results/scores-json.js'
import { cli, temporaryFolder } from '../support/cli.js'

// scores.json is what docs/scores.schema.json says, with every part that an option adds.

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/scores.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(SCHEMA)
const folder = temporaryFolder()
const first = join(SAMPLES, 'exponential-standard.arrow')
const second = join(SAMPLES, 'relu-spectral-norm.arrow')
const motifs = join(SAMPLES, 'motifs.pfm')

it.each([
  ['the defaults', [first]],
  [
    'agreement, motifs and a global threshold',
    [first, second, '--agree', '--motifs', motifs, '--convention', 'acme-atac'],
  ],
  ['an average and a sweep', ['--average', first, second, '--agree', '--sweep', 'k=4,6']],
  [
    'a filter, a thinned run, no null',
    [first, '--where', 'id.size() > 0', '--thin', '0.5', '--null', 'none', '--no-truth'],
  ],
  ['a run until errors are small', [first, '--until-se', '0.5']],
  ['bad records and a model that fails', [first, join(folder, 'none.arrow'), '--on-bad', 'skip']],
])('by %s', async (what, args) => {
  const out = join(folder, what)
  const run = await cli(['score', ...args, '--out', out, '--quiet'])
  const text = readFileSync(join(out, 'scores.json'), 'utf8')
  validate(JSON.parse(text))
  expect(validate.errors, run.stderr).toBeNull()
  const capitals = Array.from(text.matchAll(/"(\w*[A-Z]\w*)":/g), ([, key]) => key)
  expect(new Set(capitals)).toEqual(new Set(Object.values(FORMER_KEYS)))
  expect(scoresJson((await loadScores(out)).document)).toBe(text)
})

it('refuses a document with another key', async () => {
  const { stdout } = await cli(['score', first, '--format', 'json', '--quiet'])
  const document = JSON.parse(stdout)
  document.models[0].kmer.kldNats = 1
  expect(validate(document)).toBe(false)
})
