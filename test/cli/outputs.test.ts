import { copyFileSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'

const SAMPLE = fileURLToPath(new URL('../../data-samples/relu-spectral-norm.arrow', import.meta.url))
const PIPELINE = fileURLToPath(new URL('../../pipelines/attributed-runs.ts', import.meta.url))
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  mkdirSync(at('maps'))
  for (const name of ['a.arrow', 'b.arrow', 'maps/a.arrow']) copyFileSync(SAMPLE, at(name))
  symlinkSync('a.arrow', at('link.arrow'))
  linkSync(at('a.arrow'), at('hard.arrow'))
  expect(
    (await cli(['score', 'a.arrow', 'b.arrow', '--null', 'none', '--out', 'o'], { cwd: folder })).code,
  ).toBe(0)
  expect((await cli(['plan', 'a.arrow', '--out', 'p.json'], { cwd: folder })).code).toBe(0)
  const shard = ['score', '--plan', 'p.json', '--shard', '0/1', '--state', 's.state']
  expect((await cli(shard, { cwd: folder })).code).toBe(0)
  writeFileSync(at('list.txt'), 's.state\n')
  writeFileSync(at('figures.csv'), 'model,auroc\na,1\nb,2\n')
})

describe('an output that would replace what is read is refused', () => {
  it.each([
    ['a.arrow', 'score a.arrow --metrics a.arrow'],
    ['a.arrow', 'score link.arrow --report a.arrow'],
    ['link.arrow', 'score a.arrow --report link.arrow'],
    ['a.arrow', 'score hard.arrow --checkpoint a.arrow'],
    ['a.arrow', 'score *.arrow --quarantine a.arrow'],
    ['maps/a.arrow', 'score maps --metrics maps/a.arrow'],
    ['b.arrow', 'score a.arrow --sequences b.arrow --metrics b.arrow'],
    ['b.arrow', 'score a.arrow --prior b.arrow --metrics b.arrow'],
    ['a.arrow', 'score --plan p.json --shard 0/1 --state a.arrow'],
    ['p.json', 'score --plan p.json --shard 0/1 --state p.json'],
    ['a.arrow', 'convert a.arrow --out a.arrow'],
    ['a.arrow', 'transform a.arrow -o a.arrow'],
    ['a.arrow', 'plan a.arrow --out a.arrow'],
    ['a.arrow', 'run PIPELINE a.arrow --out a.arrow'],
    ['a.arrow', 'merge --plan p.json s.state --state a.arrow'],
    ['list.txt', 'merge --plan p.json --list list.txt --state list.txt'],
    ['o/scores.json', 'report o -o o/scores.json'],
    ['o/scores.json', 'plot consistency o/scores.json -o o/scores.json'],
  ])('%s: %s', async (file, words) => {
    const before = readFileSync(at(file))
    const args = words.split(' ').map(word => (word === 'PIPELINE' ? PIPELINE : word))
    const { code, stderr } = await cli(args, { cwd: folder })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('would write over') })
    expect(readFileSync(at(file)).equals(before)).toBe(true)
  })

  it('also by a folder of results', async () => {
    mkdirSync(at('selected'))
    copyFileSync(at('figures.csv'), at('selected/selection.csv'))
    const words = 'select o --performance selected/selection.csv --by auroc --out selected'.split(' ')
    const { code, stderr } = await cli(words, { cwd: folder })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('would write over') })
  })
})

it('results beside what they are of are not', async () => {
  const { code } = await cli(['compare', 'o', '--out', 'o'], { cwd: folder })
  expect(code).toBe(0)
  const again = await cli(['score', '--plan', 'p.json', '--shard', '0/1', '--state', 's.state'], {
    cwd: folder,
  })
  expect(again.code).toBe(0)
  const merged = 'merge --plan p.json --list list.txt --state s.state'
  expect((await cli(merged.split(' '), { cwd: folder })).code).toBe(0)
})

describe('what cannot be written is found before the work', () => {
  it.each([
    ['score a.arrow --out b.arrow', 2, 'b.arrow: --out is a file, expected a folder'],
    ['compare o --out b.arrow', 2, 'b.arrow: --out is a file, expected a folder'],
    ['score a.arrow --report maps', 2, 'maps: --report is a folder, expected a file'],
    ['convert a.arrow --to arrow -o maps', 2, 'maps: --out is a folder, expected a file'],
    ['score a.arrow --metrics x --report x', 2, 'x: --metrics and --report are the same file'],
    [
      'score a.arrow --out r --report r/scores.json',
      2,
      'r/scores.json: --report and --out are the same file',
    ],
    ['convert a.arrow -o none/x.arrow', 75, 'none/x.arrow: cannot be written: its folder does not exist'],
    ['plan a.arrow --out none/p.json', 75, 'its folder does not exist'],
  ])('%s', async (words, code, said) => {
    const run = await cli(words.split(' '), { cwd: folder })
    expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(said) })
  })
})
