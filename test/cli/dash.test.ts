import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SAMPLE = `${ROOT}data-samples/relu-spectral-norm.arrow`

function attrstream(args: string[], input: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${ROOT}dist/cli/main.js`, ...args], {
    encoding: 'utf8',
    input,
  })
  const other = stderr.replace(/^attrstream: .* what noise scores; .*\n/gm, '') // of so few maps
  expect({ status, stderr: other }).toEqual({ status: 0, stderr: '' })
  return stdout
}

it('- is an Arrow stream on standard input, for every command that reads maps', () => {
  // Between its first 8 bytes and its footer an IPC file is a stream.
  const file = readFileSync(SAMPLE)
  const stream = file.subarray(8, file.length - 10 - file.readInt32LE(file.length - 10))
  const [found] = JSON.parse(attrstream(['inspect', '-', '--format', 'json'], stream))
  expect(found).toMatchObject({ file: '-', rows: null, batches: null, fingerprint: null, problem: null })
  expect(found.sample.records).toBe(300)
  expect(found.estimate.seconds).toBeNull()

  const { models } = JSON.parse(attrstream(['score', '-', '--format', 'json'], stream))
  const [score] = JSON.parse(attrstream(['score', SAMPLE, '--format', 'json'], new Uint8Array())).models
  expect(models).toEqual([{ ...score, model: 'stdin' }])

  const { models: results } = JSON.parse(attrstream(['run', 'consistency', '-'], stream))
  const scores = [{ kmer_kld_nats: score.kmer.kld_nats, angular_kld_nats: score.angular.kld_nats }]
  expect(results).toEqual([{ model: 'stdin', records: 300, outputs: { scores } }])
})
