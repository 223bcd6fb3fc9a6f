import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'
import { liveMemory } from '../../support/live-memory.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

it('memory does not grow with the number of models', async () => {
  const folder = temporaryFolder()
  const sample = path('../../../data-samples/exponential-standard.arrow')
  const models = Array.from({ length: 40 }, (_, i) => join(folder, `model-${i}.arrow`))
  for (const model of models) copyFileSync(sample, model)
  const { bytes, ...options } = liveMemory(folder)
  const peak = async (inputs: readonly string[]): Promise<number> => {
    const args = ['score', ...inputs, '--workers', '1', '--quiet', '--format', 'json']
    const run = await cli(args, options)
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout).models).toHaveLength(inputs.length)
    return bytes()
  }
  const [four, forty] = [await peak(models.slice(0, 4)), await peak(models)]
  expect(forty - four).toBeLessThan(50e6) // the states of 36 models are 650 MB
})
