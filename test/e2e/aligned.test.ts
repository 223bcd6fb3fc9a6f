import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'

// Populations in which it is known what positions alone explain: synth puts motifs, or a base composition, at fixed places.

const folder = temporaryFolder()

interface Model {
  readonly kmer: {
    readonly cv_nats: number
    readonly cv_se_nats: number
    readonly position: {
      readonly sample_records: number
      readonly sample_cv_nats: number
      readonly position_cv_nats: number
      readonly beyond_position_nats: number
      readonly beyond_position_se_nats: number
    }
    readonly composition: { readonly base_share: number }
  }
  readonly constant_share: number
  readonly unseen_share: number
  readonly warnings: readonly string[]
}

let made = 0

async function scored(noise: string, ...args: string[]): Promise<Model> {
  const path = join(folder, `${made++}.arrow`)
  const flags = ['--records', '600', '--spikes', '0', '--noise', noise]
  const synth = await cli(['synth', '-o', path, ...flags, ...args])
  expect(synth.code, synth.stderr).toBe(0)
  const score = await cli(['score', path, '--null', 'none', '--format', 'json', '--quiet'])
  expect(score.code, score.stderr).toBe(0)
  return JSON.parse(score.stdout).models[0]
}

describe('maps of', () => {
  it('motifs at any place have nothing that positions explain', async () => {
    const { kmer, warnings, constant_share, unseen_share } = await scored('0.1')
    expect(kmer.position.sample_records).toBe(600)
    expect(kmer.position.sample_cv_nats).toBeCloseTo(kmer.cv_nats, 12)
    expect(Math.abs(kmer.position.position_cv_nats)).toBeLessThan(3 * kmer.cv_se_nats)
    expect(constant_share).toBeLessThan(0.05)
    expect(unseen_share).toBe(0)
    expect(warnings.join()).not.toMatch(/aligned|fixed pattern|sees only part/)
  })

  it('one motif at one place have nothing beyond positions', async () => {
    const { kmer, warnings } = await scored('0.1', '--embed', '0', '--fixed', 'CTCF@90')
    const { sample_cv_nats, position_cv_nats, beyond_position_nats, beyond_position_se_nats } = kmer.position
    expect(sample_cv_nats).toBeGreaterThan(0.5)
    expect(position_cv_nats).toBeGreaterThan(0.8 * sample_cv_nats)
    expect(Math.abs(beyond_position_nats)).toBeLessThan(
      Math.max(3 * beyond_position_se_nats, 0.05 * sample_cv_nats),
    )
    expect(warnings).toContainEqual(expect.stringContaining('sequences look aligned'))
  })

  it('motifs at any place beside one that is fixed have more than positions explain', async () => {
    const { kmer, warnings } = await scored('0.1', '--fixed', 'CTCF@90')
    const { sample_cv_nats, position_cv_nats, beyond_position_nats, beyond_position_se_nats } = kmer.position
    expect(position_cv_nats).toBeLessThan(0.25 * sample_cv_nats)
    expect(beyond_position_nats).toBeGreaterThan(10 * beyond_position_se_nats)
    expect(warnings.join()).not.toMatch(/aligned|fixed pattern/)
  })

  it('sure bases at the same place are nearly one fixed pattern', async () => {
    const { constant_share, warnings } = await scored('0.01', '--embed', '0', '--fixed', 'gc=1@50-130')
    expect(constant_share).toBeGreaterThan(0.8)
    expect(warnings).toContainEqual(expect.stringContaining('nearly one fixed pattern'))
  })

  it('a network that sees only part of the sequence say so', async () => {
    const { unseen_share, warnings } = await scored('0.1', '--seen', '60-140')
    expect(unseen_share).toBeCloseTo(120 / 200, 12)
    expect(warnings).toContainEqual(expect.stringContaining('the network sees only part of each sequence'))
  })
})

describe('places are refused', () => {
  it.each([
    [['--fixed', 'CTCF@190'], 'fixed is CTCF at 190', 'within length 200; it ends at 209'],
    [['--fixed', 'CTCF@50', '--fixed', 'SP1@60'], 'fixed is SP1 at 60', 'no overlap with CTCF at 50'],
    [['--fixed', 'NONE@5'], '--fixed is NONE@5', 'no motif NONE'],
    [['--fixed', 'gc=2@5-9'], '--fixed is gc=2@5-9', 'from 0 to 1'],
    [['--seen', '9-5'], '--seen is 9-5', 'START below END'],
  ])('%j', async (args, what, why) => {
    const run = await cli(['synth', '-o', join(folder, 'none.arrow'), ...args])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(what)
    expect(run.stderr).toContain(why)
  })
})
