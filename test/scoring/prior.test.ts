import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadCheckpoint, saveCheckpoint } from '../../src/engine/checkpoints/checkpoint-file.js'
import type { Checkpoint } from '../../src/engine/checkpoints/checkpoint.js'
import { WorkerPool } from '../../src/engine/workers/pool.js'
import { type MetricChoices, metricOptions } from '../../src/metrics/options.js'
import { loadPrior } from '../../src/scoring/prior.js'
import { scorePopulation } from '../../src/scoring/score.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const SAMPLES = fileURLToPath(new URL('../../data-samples/', import.meta.url))
const MAPS = `${SAMPLES}relu-spectral-norm.parquet`

const folder = mkdtempSync(join(tmpdir(), 'attrstream-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a prior', () => {
  it('of the population is none of its own', async () => {
    expect(await loadPrior('population', { k: 6 })).toBeUndefined()
  })

  it('that is uniform has as many of each', async () => {
    const prior = await loadPrior('uniform', { k: 2 })
    expect(prior?.counts).toHaveLength(16)
    expect(new Set(Array.from(prior?.counts ?? []))).toEqual(new Set([1]))
  })

  it('from FASTA counts k-mers of every sequence, plain or gzip, none over N or the end', async () => {
    const fasta = '>a\nACGT\nAC\n>short\nA\n>n\nAANAA\n'
    const expected = { AA: 2, AC: 2, CG: 1, GT: 1, TA: 1 }
    for (const path of [file('a.fa', fasta), file('a.fa.gz', gzipSync(fasta))]) {
      const prior = await loadPrior(path, { k: 2 })
      expect(prior?.name).toBe(path.slice(folder.length + 1))
      const found = Object.fromEntries(
        Array.from(prior?.counts ?? []).flatMap((count, i) =>
          count > 0 ? [['ACGT'[i >> 2] + 'ACGT'[i & 3], count]] : [],
        ),
      )
      expect(found).toEqual(expected)
    }
  })

  it('from Arrow and from Parquet counts the sequences alone', async () => {
    const arrow = await loadPrior(`${SAMPLES}relu-spectral-norm.arrow`, { k: 3 })
    const parquet = await loadPrior(MAPS, { k: 3 })
    expect(arrow?.counts).toEqual(parquet?.counts)
    expect(Array.from(arrow?.counts ?? []).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(10_000)
  })

  it('without a k-mer is an error', async () => {
    await expect(loadPrior(file('short.fa', '>a\nACG\n>b\nACNGT'), { k: 4 })).rejects.toMatchObject({
      code: 'prior',
      what: 'holds no 4-mer; give sequences of at least 4 known bases',
    })
    await expect(loadPrior(join(folder, 'none.fa'), { k: 4 })).rejects.toMatchObject({ code: 'not-found' })
    await expect(loadPrior(file('a.txt', 'ACGT'), { k: 4 })).rejects.toMatchObject({ code: 'format' })
  })
})

describe('a prior from a saved state', () => {
  const pool = new WorkerPool(1)
  const stateOf = async (
    name: string,
    choices: MetricChoices,
    more: { prior?: string; model?: string; maps?: string } = {},
  ) => {
    const path = join(folder, name)
    const metrics = metricOptions(choices)
    await scorePopulation(
      pool,
      { model: 'm', paths: [more.maps ?? MAPS] },
      {
        metrics,
        prior: await loadPrior(more.prior ?? 'population', { k: metrics.kmer.k }),
        records: { columns: { model: more.model } },
      },
      { checkpoint: { path, every: { seconds: 30 }, restart: true } },
    )
    return path
  }
  let counts: ArrayLike<number> | undefined
  beforeAll(async () => {
    counts = (await loadPrior(MAPS, { k: 4 }))?.counts
  })
  afterAll(() => pool.close())

  it('is that of its population', async () => {
    const prior = await loadPrior(await stateOf('m.state', { kmer: { k: 4 } }), { k: 4 })
    expect(prior?.name).toBe('m.state')
    expect(prior?.counts).toEqual(counts)
  })

  it('is that of all its models, also under a global threshold', async () => {
    const maps = join(folder, 'few.arrow')
    writeDump(maps, makeRecords(12, 200), { rows: 5 })
    const options = { convention: 'acme-atac', kmer: { k: 4 } } as const
    const path = await stateOf('by.state', options, { model: 'id', maps })
    expect((await loadPrior(path, { k: 4 }))?.counts).toEqual((await loadPrior(maps, { k: 4 }))?.counts)
    await expect(loadPrior(`${path}.radii`, { k: 4 })).rejects.toMatchObject({
      code: 'prior',
      what: 'is a state without k-mer counts; name that of the scoring pass',
    })
  })

  it('is the prior that it was scored against, where that was another', async () => {
    const path = await stateOf('uniform.state', { kmer: { k: 4 } }, { prior: 'uniform' })
    const prior = await loadPrior(path, { k: 4 })
    expect(prior?.name).toBe('uniform.state (uniform)')
    expect(Array.from(prior?.counts ?? [])).toEqual(Array.from({ length: 256 }, () => 1))
  })

  it('of another k is refused', async () => {
    const path = await stateOf('five.state', { kmer: { k: 5 } })
    await expect(loadPrior(path, { k: 6 })).rejects.toThrow(
      'counts 5-mers, expected k = 6; score it again with this k',
    )
  })

  it('of a part of its data is refused', async () => {
    const whole = (await loadCheckpoint(await stateOf('part.state', { kmer: { k: 4 } }))) as Checkpoint
    const path = join(folder, 'part.state')
    await saveCheckpoint(path, { ...whole, inputs: whole.inputs.map(input => ({ ...input, covered: [] })) })
    await expect(loadPrior(path, { k: 4 })).rejects.toThrow('is the state of a part of its data')
  })
})
