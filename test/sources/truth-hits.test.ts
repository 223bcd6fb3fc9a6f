import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodeBases } from '../../src/dna/bases.js'
import { Hits } from '../../src/sources/truth-hits.js'
import { openMaps } from '../../src/sources/open-maps.js'
import { cli, temporaryFolder } from '../support/cli.js'
import { writeMaps } from '../support/joined.js'
import { writeNpy } from '../support/npz.js'

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

async function labelsOf(text: string | Uint8Array, id: string, length: number): Promise<string> {
  writeFileSync(at('hits'), text)
  const truth = (await Hits.read(at('hits'))).truthOf({ id, sequence: encodeBases('A'.repeat(length)) })
  return [...truth.values].join('')
}

const NEMO = 'chr\tstart\tend\tmotif_name\thit_coefficient\tstrand\nchr1\t102\t104\tpos.pattern_0\t1.5\t+\n'
const FIMO =
  'motif_id\tmotif_alt_id\tsequence_name\tstart\tstop\tstrand\tscore\np\tq\ts1\t3\t4\t+\t9.1\n\n# FIMO 5.5\n'

describe('hits', () => {
  it('are labels of the place that an id names: BED and Fi-NeMo count from 0, and ends are beyond', async () => {
    expect(await labelsOf('chr1\t102\t104\n', 'chr1:100-108', 8)).toBe('00110000')
    expect(await labelsOf(NEMO, 'chr1:100-108', 8)).toBe('00110000')
    expect(await labelsOf(gzipSync(NEMO), 'chr1:101-108', 8)).toBe('00110000') // the id counts from 1
    expect(await labelsOf('chr1\t102\t104\n', 'chr1:100-108(-)', 8)).toBe('00001100')
    expect(await labelsOf('chr1 90 102 x\nchr1 106 300 y\n', 'chr1:100-108', 8)).toBe('11000011')
    expect(await labelsOf('chr2\t102\t104\n', 'chr1:100-108', 8)).toBe('00000000')
  })

  it('are labels of the sequence of that id: FIMO counts from 1, and ends are the last base', async () => {
    expect(await labelsOf(FIMO, 's1', 6)).toBe('001100')
    expect(await labelsOf(FIMO, 's2', 6)).toBe('000000')
    expect(await labelsOf('s1\t4\t9\n', 's1', 6)).toBe('000011')
    expect(await labelsOf('track name=x\n# y\nbrowser z\ns1\t0\t1\r\n', 's1', 3)).toBe('100')
  })

  it('finds long hits that begin far before a place', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `chr1\t${i}\t${i + 1}`).join('\n')
    expect(await labelsOf(`chr1\t0\t2000\n${many}\n`, 'chr1:1500-1504', 4)).toBe('1111')
    expect(await labelsOf(`${many}\n`, 'chr1:998-1002', 4)).toBe('1100')
  })

  it('refuses lines that are none, and files without any', async () => {
    await expect(labelsOf('chr1\tx\t4\n', 'a', 4)).rejects.toThrow(
      /hits row 0: is "chr1 x 4", expected a sequence/,
    )
    await expect(labelsOf('chr1\t9\t4\n', 'a', 4)).rejects.toThrow(/row 0/)
    await expect(labelsOf('# nothing\n', 'a', 4)).rejects.toThrow(/holds no hit/)
  })
})

describe('score --truth-bed', () => {
  it('is the score of the same labels', async () => {
    const maps = Array.from({ length: 12 }, (_, i) => ({
      id: `chr1:${100 * i}-${100 * i + 40}`,
      sequence: Array.from({ length: 40 }, (_, p) => 'ACGT'[(p * p + i) % 4]).join(''),
      attributions: Array.from(
        { length: 160 },
        (_, p) => Math.sin(p * (i + 1)) + (p >= 40 && p < 72 ? 1 : 0),
      ),
    }))
    await writeMaps(at('maps.arrow'), maps)
    writeFileSync(at('hits.bed'), maps.map((_, i) => `chr1\t${100 * i + 10}\t${100 * i + 18}`).join('\n'))
    const labels = Array.from({ length: 12 }, () =>
      Array.from({ length: 40 }, (_, p) => (p >= 10 && p < 18 ? 1 : 0)),
    )
    const source = await openMaps(at('maps.arrow'), { files: { hits: at('hits.bed') } })
    const seen: number[][] = []
    for await (const batch of source.read())
      batch.forEach(({ truth }) => seen.push([...(truth?.values ?? [])]))
    await source.close()
    expect(seen).toEqual(labels)
    const score = async (...more: readonly string[]) => {
      const { code, stdout, stderr } = await cli(
        ['score', 'maps.arrow', '--k', '2', '--format', 'json', ...more],
        { cwd: folder },
      )
      expect(code, stderr).toBe(0)
      return JSON.parse(stdout).models[0]
    }
    const { truth } = await score('--truth-bed', 'hits.bed')
    writeNpy(at('labels.npy'), [12, 40], Uint8Array.from(labels.flat()))
    expect(truth).toEqual((await score('--truth-file', 'labels.npy')).truth)
    expect(truth.records).toBe(12)
    expect(truth.records_without_truth).toBe(0)
    expect((await score()).truth).toBe(undefined)
    for (const other of ['--no-truth', '--truth-file=x.npy']) {
      const { code, stderr } = await cli(['score', 'maps.arrow', '--truth-bed', 'hits.bed', other], {
        cwd: folder,
      })
      expect(code).toBe(2)
      expect(stderr).toMatch(/--truth-bed and --(no-truth|truth-file) exclude each other/)
    }
  })
})
