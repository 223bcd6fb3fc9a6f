import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../../support/cli.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

it('memory does not grow with the number of models', async () => {
  const folder = temporaryFolder()
  const sample = path('../../../data-samples/exponential-standard.arrow')
  const models = Array.from({ length: 40 }, (_, i) => join(folder, `model-${i}.arrow`))
  for (const model of models) copyFileSync(sample, model)
  const peakMb = async (inputs: readonly string[]): Promise<number> => {
    const usage = join(folder, 'usage.json')
    const run = await cli(['score', ...inputs, '--workers', '1', '--quiet', '--format', 'json'], {
      node: ['--import', path('../bench/rss.mjs')],
      env: { BENCH_USAGE: usage },
    })
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout).models).toHaveLength(inputs.length)
    return JSON.parse(readFileSync(usage, 'utf8')).peakMb
  }
  const [four, forty] = [await peakMb(models.slice(0, 4)), await peakMb(models)]
  expect(forty - four).toBeLessThan(300) // the states of 36 models are 650 MB; a busy machine collects garbage late
})
