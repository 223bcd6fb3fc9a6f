import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { DIST } from '../support/dist.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
const LIBRARY = pathToFileURL(join(DIST, 'index.js')).href
const records = makeRecords(90, 50)

beforeAll(() => {
  writeDump(at('a.arrow'), records.slice(0, 40), { rows: 16 })
  writeDump(at('b.arrow'), records.slice(40), { rows: 16 })
  writeDump(at('all.arrow'), records, { rows: 16 })
  writeFileSync(
    at('gc.mjs'),
    `import { correct, countBases, fold, pipe, pipeline, selectRuns, sums, withErrors } from '${LIBRARY}'
     export default pipeline({
       description: 'GC content', options: { q: { describe: 'quantile', default: 0.9 } },
       outputs: ({ q }) => ({ gc: fold(pipe(correct(), selectRuns({ q }), countBases()),
         withErrors(sums('gc', 'known'), ({ gc, known }) => gc / known)) }) })`,
  )
})

const run = (...args: string[]) => cli(args, { cwd: folder })

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await run(...args)
  expect(code, stderr).toBe(0)
}

/** Runs a module that has the library and the pipeline, and what it prints. */
async function library(code: string): Promise<string> {
  const file = at('script.mjs')
  writeFileSync(
    file,
    `import { foldToState, loadState, mergeStates, openMaps, resultOf, saveState } from '${LIBRARY}'
     import gc from './gc.mjs'
     ${code}`,
  )
  return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout
}

const models = (file: string) => JSON.parse(readFileSync(at(file), 'utf8')).models

it('states of the library and of commands merge with each other, to the result of all records', async () => {
  await done('run', 'gc.mjs', 'all.arrow', '--model', 'model', '--out', 'all.json')
  const [{ outputs }] = models('all.json')
  await done('fold', 'b.arrow', '--pipeline', 'gc.mjs', '--part', 'b', '--state', 'b.state')
  const printed = await library(`
    await saveState('a.state', await foldToState(await openMaps('a.arrow'), gc, { part: 'a' }))
    const both = await mergeStates([await loadState('a.state'), await loadState('b.state')], gc)
    await saveState('both.state', both)
    console.log(JSON.stringify(resultOf(both, gc).get('all')))`)
  expect(JSON.parse(printed)).toEqual(outputs)
  for (const states of [['a.state', 'b.state'], ['b.state', 'a.state'], ['both.state']]) {
    await done('merge', ...states, '--pipeline', 'gc.mjs', '--expect-parts', '2', '--out', 'merged.json')
    expect(readFileSync(at('merged.json'), 'utf8')).toBe(readFileSync(at('all.json'), 'utf8'))
  }
  await done('merge', 'a.state', 'b.state', '--pipeline', 'gc.mjs', '--state', 'ab.state')
  await done('merge', 'b.state', 'a.state', '--pipeline', 'gc.mjs', '--state', 'ba.state')
  expect(readFileSync(at('ab.state')).equals(readFileSync(at('ba.state')))).toBe(true)
})

it('a state of the library alone needs the module; other options and a part twice are refused', async () => {
  expect(await run('merge', 'a.state')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/a\.state: was made by the library, .*; give it with --pipeline/),
  })
  await done('merge', 'a.state', '--pipeline', 'gc.mjs', '--out', 'a.json')
  await done('fold', 'b.arrow', '--pipeline', 'gc.mjs', '--part', 'b', '--q', '0.5', '--state', 'q.state')
  expect(await run('merge', 'a.state', 'q.state', '--pipeline', 'gc.mjs')).toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/was made with .*q 0\.5.* now .*q 0\.9/),
  })
  await done('fold', 'a.arrow', '--pipeline', 'gc.mjs', '--part', 'other', '--state', 'twice.state')
  expect(await run('merge', 'a.state', 'twice.state', '--pipeline', 'gc.mjs')).toMatchObject({ code: 4 })
})

it('fold calls a population what score calls it; a part is of one that is called model', async () => {
  const populationOf = async (...args: string[]) => {
    await done('fold', ...args, '--state', 'named.state')
    return JSON.parse((await run('state', 'named.state', '--format', 'json')).stdout).population
  }
  expect(await populationOf('a.arrow')).toBe('a')
  expect(await populationOf('a.arrow', '--part', '1')).toBe('model')
  expect(await populationOf('a.arrow', 'b.arrow')).toBe('model')
  expect(await populationOf('a.arrow', '--model', 'net')).toBe('net')
  await done('fold', 'a.arrow', '--state', 'a-scores.state')
  await done('fold', 'b.arrow', '--state', 'b-scores.state')
  await done('merge', 'a-scores.state', 'b-scores.state', '--out', 'two')
  await done('score', 'a.arrow', 'b.arrow', '--out', 'scored')
  const names = (out: string) => models(`${out}/scores.json`).map(({ model }: { model: string }) => model)
  expect(names('two')).toEqual(names('scored'))
  expect(existsSync(at('two/scores.csv'))).toBe(true)
})
