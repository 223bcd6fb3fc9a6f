import { linkSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'
import { liveMemory } from '../../support/live-memory.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
/** Files of some 26 MB in the smaller and the larger input. */
const FEW = 2
const MANY = 8

async function done(args: readonly string[], options = {}): Promise<void> {
  const { code, stderr } = await cli(args, { cwd: folder, ...options })
  expect(code, stderr).toBe(0)
}

beforeAll(async () => {
  await done(['synth', '--records', '8000', '--length', '200', '-o', at('maps.arrow')])
  for (const [name, files] of [
    ['few', FEW],
    ['many', MANY],
  ] as const) {
    mkdirSync(at(name))
    for (let i = 0; i < files; i++) linkSync(at('maps.arrow'), at(`${name}/${i}.arrow`))
  }
})

it.each([
  ['run', ['run', 'run-composition', '--model', 'm'], 'composition.json'],
  ['run, of rows in a folder', ['run', 'attributed-runs'], 'runs'],
  ['transform, to a file', ['transform', '--stages', 'runs'], 'runs.parquet'],
  ['convert, to a file', ['convert'], 'maps.parquet'],
  ['convert, to a folder', ['convert'], 'converted'],
  ['convert, to npz', ['convert'], 'maps.npz'],
])('memory of %s does not grow with the data', async (_, args, out) => {
  const { bytes, ...options } = liveMemory(folder)
  const peak = async (input: string): Promise<number> => {
    const [command, ...others] = args
    const named = command === 'run' ? [others[0], at(input), ...others.slice(1)] : [at(input), ...others]
    await done([command, ...named, '--workers', '1', '--quiet', '--out', at(`${input}-${out}`)], options)
    return bytes()
  }
  const [few, many] = [await peak('few'), await peak('many')]
  // Data that is kept would be all of it; on a busy machine two runs differ by some 15 MB, as writes wait for the disk.
  const more = (MANY - FEW) * statSync(at('maps.arrow')).size
  expect(many - few).toBeLessThan(0.15 * more)
})
