import { describe, expect, it } from 'vitest'
import yargs from 'yargs'
import { optionTypes, readWords, unshield } from '../../src/cli/arguments.js'

const types = optionTypes(
  yargs().options({
    out: { string: true, alias: 'o' },
    'model-column': { string: true },
    q: { number: true },
    k: { number: true },
    quiet: { boolean: true },
    v: { boolean: true },
    truth: { boolean: true, default: true },
    maps: { string: true, array: true },
    sweep: { string: true, array: true, nargs: 1 },
    format: { choices: ['json', 'csv'] },
  }),
)
const read = (line: string) => readWords(line === '' ? [] : line.split(' '), types)

describe('words of a command line', () => {
  it.each([
    ['', []],
    ['a b', ['a', 'b']],
    ['a --out b c', ['a', 'c', '--out=b']],
    ['--out=b=c', ['--out=b=c']],
    ['-o b', ['--out=b']],
    ['-o=b', ['--out=b']],
    ['-ob', ['--out=b']],
    ['-o -', ['--out=-']],
    ['--modelColumn m', ['--model-column=m']],
    ['-q -1', ['--q=-1']],
    ['-q .5 -k5', ['--q=.5', '--k=5']],
    ['-vq 1', ['--v=true', '--q=1']],
    ['--quiet a --no-truth', ['a', '--quiet=true', '--truth=false']],
    ['--quiet false a', ['a', '--quiet=false']],
    ['--maps a b --quiet c', ['c', '--maps=a', '--maps=b', '--quiet=true']],
    ['--maps a b -- c', ['c', '--maps=a', '--maps=b']],
    ['--sweep k=5 a --sweep q=1', ['a', '--sweep=k=5', '--sweep=q=1']],
  ])('%s', (line, words) => {
    expect(read(line)).toEqual(words)
  })

  it('takes what follows -- for inputs, and - too', () => {
    const values = { inputs: read('a - --quiet -- -b --out -- c').slice(0, -1), n: 1 }
    unshield(values)
    expect(values).toEqual({ inputs: ['a', '-', '-b', '--out', '--', 'c'], n: 1 })
  })

  it.each([
    ['--out', /^--out has no value, expected one$/],
    ['a -q', /^-q has no value, expected one$/],
    ['--out --quiet', /^--out has no value, expected one; if --quiet is it, write --out=--quiet$/],
    ['--out -- a', /^--out has no value, expected one$/],
    ['--out=', /^--out is empty, expected a value/],
    ['-q=', /^-q is empty/],
    ['-q x', /^-q is x, expected a number$/],
    ['-q Infinity', /^-q is Infinity, expected a number$/],
    ['--out a --out b', /^--out is given more than once, as a and as b; give it once$/],
    ['-o a --out a', /^--out is given more than once; give it once$/],
    ['-q 1 --q=2', /^-q is given more than once, as 1 and as 2/],
    ['--format json --format csv', /^--format is given more than once/],
    ['--truth --no-truth', /^--truth is given more than once, as true and as false/],
    ['--quiet=yes', /^--quiet takes no value, or true or false; found yes$/],
    ['--no-truth=1', /^--no-truth takes no value/],
    ['--no-out', /^--no-out is not an option of this command/],
    ['--qiet', /^--qiet is not an option of this command; did you mean --quiet\?$/],
    ['--modelcolumn m', /did you mean --model-column\?$/],
    ['--zzzzzz', /^--zzzzzz is not an option of this command; see --help$/],
    ['-x', /^-x is not an option of this command/],
  ])('refuses %s', (line, message) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ code: 'usage', what: expect.stringMatching(message) }),
    )
  })

  it('refuses a value of blanks', () => {
    expect(() => readWords(['-q', ' '], types)).toThrow('-q is empty')
    expect(() => readWords(['--out', ''], types)).toThrow('--out is empty')
  })
})
