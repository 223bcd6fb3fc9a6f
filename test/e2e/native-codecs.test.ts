import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cli, digestOf } from '../support/cli.js'

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const PORTABLE = { ATTRSTREAM_CODECS: 'portable' }

describe('without native codecs', () => {
  it.each(['relu-spectral-norm.arrow', 'relu-spectral-norm.parquet'])(
    '%s scores the same bytes',
    async sample => {
      const args = ['score', SAMPLES + sample, '--format', 'json']
      const [native, portable] = await Promise.all([cli(args), cli(args, { env: PORTABLE })])
      expect(portable.code).toBe(0)
      expect(digestOf(portable.stdout)).toBe(digestOf(native.stdout))
    },
  )

  it('says which implementations are in use', async () => {
    const text = (await cli(['--version', '--verbose'], { env: PORTABLE })).stdout
    expect(text).toMatch(/^attrstream +\d+\.\d+\.\d+\nnode +\d+/)
    expect(text).toMatch(/^zstd +WebAssembly$/m)
    expect(text).toMatch(/^lz4 +TypeScript$/m)
    const kernels = await cli(['--version', '--verbose'], { env: { ATTRSTREAM_KERNELS: 'typescript' } })
    expect(kernels.stdout).toMatch(/^kernels +TypeScript$/m)
  })
})
