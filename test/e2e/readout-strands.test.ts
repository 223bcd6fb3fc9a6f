import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'

const folder = temporaryFolder()

// synth draws either strand of a motif, but fixed ones are on the forward strand alone.
it.each([
  ['both strands', [], [0.5, 0.7], false],
  ['one strand', ['--embed', '0', '--fixed', 'CTCF@90', '--fixed', 'SP1@20'], [0.85, 1], true],
] as const)('a readout of motifs on %s says so', async (_, flags, [least, most], hint) => {
  const path = join(folder, `${flags.length}.arrow`)
  const synth = await cli(['synth', '-o', path, '--records', '600', '--spikes', '0', ...flags])
  expect(synth.code, synth.stderr).toBe(0)
  const scored = async (...more: string[]) => {
    const { stdout } = await cli([
      'score',
      path,
      '--readout',
      '--null',
      'none',
      '--format',
      'json',
      '--quiet',
      ...more,
    ])
    return JSON.parse(stdout).models[0]
  }
  const folded = await scored()
  expect(folded.readout.strand_share).toBeGreaterThanOrEqual(least)
  expect(folded.readout.strand_share).toBeLessThanOrEqual(most)
  expect(folded.warnings.join().includes('use --no-fold')).toBe(hint)
  const apart = await scored('--no-fold')
  expect(apart.readout.strand_share).toBeNull()
  expect(apart.warnings.join()).not.toContain('--no-fold')
})
