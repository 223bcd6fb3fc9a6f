import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Inspection } from '../../src/dumps/inspect.js'
import { cli } from '../support/cli.js'

/** bpnet-lite's three files of 58 of 60 regions, a genome of two chromosomes, and FASTA; written by make.py. */
const FILES = fileURLToPath(new URL('../sources/regions/', import.meta.url))
const MAPS = `${FILES}loci.attr.npz`

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regions-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function inspect(...args: readonly string[]): Promise<Inspection> {
  const run = await cli(['inspect', '--k', '3', '--format', 'json', ...args], { cwd: FILES })
  return (JSON.parse(run.stdout) as Inspection[])[0]
}

async function score(...args: readonly string[]) {
  const run = await cli(['score', '--quiet', '--model', 'm', '--k', '3', '--format', 'json', ...args], {
    cwd: FILES,
  })
  expect(run.code, run.stderr).toBe(0)
  return (JSON.parse(run.stdout) as { models: { kmer: { kld_nats: number } }[] }).models[0]
}

describe('regions', () => {
  it('are the ids, without those that the mask beside the maps leaves out', async () => {
    const found = await inspect('--regions', 'regions.bed', '--genome', 'genome.fa', 'loci.attr.npz')
    expect(found.problem).toBe(null)
    expect(found.producer).toBe('bpnet-lite')
    expect(found.notes).toEqual([
      'sequences are read from loci.ohe.npz',
      'regions are those kept by loci.idx.npy',
    ])
    expect(found.sample?.first_ids).toEqual([
      'chr1:1563-1663',
      'chr1:1854-1954',
      'chr2:57-157',
      'chr2:3023-3123',
      'chr1:1515-1615',
    ])
  })

  it('may be named with their mask, and packed', async () => {
    const text = readFileSync(`${FILES}regions.bed`)
    const packed = join(folder, 'regions.bed.gz')
    writeFileSync(packed, gzipSync(text))
    const plain = await inspect('--regions', 'regions.bed', '--mask', 'loci.idx.npy', 'loci.attr.npz')
    const found = await inspect('--regions', packed, '--mask', 'loci.idx.npy', 'loci.attr.npz')
    expect(found.sample).toEqual(plain.sample)
    expect(found.problem).toBe(null)
  })

  it('of another number are an error with both counts', async () => {
    const found = await inspect('--regions', 'regions.bed', '--sequence-column', 'arr_0', 'loci.ohe.npz')
    expect(found.problem).toContain('has 60 rows, against 58 of loci.ohe.npz')
    const short = join(folder, 'short.bed')
    writeFileSync(short, 'chr1\t0\t100\nchr1\t5\t105\n')
    expect((await inspect('--regions', short, 'loci.attr.npz')).problem).toContain('has 60 rows, against 2')
  })

  it('that lie one base off are told by the genome, with where they would agree', async () => {
    const found = await inspect('--regions', 'shifted.bed', '--genome', 'genome.fa', 'loci.attr.npz')
    expect(found.problem).toMatch(
      /sequences are not those of genome\.fa: row 0 \(chr1:1564-1664\) has \d+ of 100 bases other than the genome, but agrees at chr1:1563-1663; row 1 .*; row 2 .*; give the regions/,
    )
  })

  it('longer than the maps need --around, which the genome confirms', async () => {
    const without = await inspect('--regions', 'peaks.narrowPeak', 'loci.attr.npz')
    expect(without.problem).toContain('307 long, against maps of 100')
    expect(without.problem).toContain('--around summit or middle')
    const summit = await inspect(
      '--regions',
      'peaks.narrowPeak',
      '--around',
      'summit',
      '--genome',
      'genome.fa',
      'loci.attr.npz',
    )
    expect(summit.problem).toBe(null)
    expect(summit.sample?.first_ids[0]).toBe('chr1:1563-1663')
    const middle = await inspect(
      '--regions',
      'peaks.narrowPeak',
      '--around',
      'middle',
      '--genome',
      'genome.fa',
      'loci.attr.npz',
    )
    expect(middle.problem).toContain('sequences are not those of genome.fa')
  })

  it('are not needed where producers keep them with the maps', async () => {
    const found = await inspect('--genome', 'genome.fa', 'finemo.npz')
    expect(found.problem).toBe(null)
    expect(found.producer).toBe('Fi-NeMo')
    expect(found.sample?.first_ids[0]).toBe('chr1:1563-1663')
  })

  it('that are none are errors that name the row', async () => {
    const bad = join(folder, 'bad.bed')
    writeFileSync(
      bad,
      Array.from({ length: 60 }, (_, i) => (i === 40 ? 'chr1\tx\t3' : `chr1\t${i}\t${i + 100}`)).join('\n'),
    )
    expect((await inspect('--regions', bad, 'loci.attr.npz')).problem).toContain(
      'bad.bed row 40: is "chr1\tx\t3", expected chromosome, start and end',
    )
    const none = join(folder, 'none.bed')
    writeFileSync(none, '# nothing\n\n')
    expect((await inspect('--regions', none, 'loci.attr.npz')).problem).toContain('holds no region')
  })
})

describe('a genome', () => {
  it('packed by bgzip is the same', async () => {
    const found = await inspect('--regions', 'regions.bed', '--genome', 'packed.fa.gz', 'loci.attr.npz')
    expect(found.problem).toBe(null)
    const shifted = await inspect('--regions', 'shifted.bed', '--genome', 'packed.fa.gz', 'loci.attr.npz')
    expect(shifted.problem).toContain('but agrees at chr1:1563-1663')
  })

  it('without an index, or without the chromosome, is an error', async () => {
    const lone = join(folder, 'lone.fa')
    writeFileSync(lone, '>chr1\nACGT\n')
    expect((await inspect('--genome', lone, 'finemo.npz')).problem).toContain(`samtools faidx ${lone}`)
    writeFileSync(`${lone}.fai`, 'chrX\t4\t6\t4\t5\n')
    expect((await inspect('--genome', lone, 'finemo.npz')).problem).toContain('has no chr1, found chrX')
  })

  it('needs ids that name places', async () => {
    expect((await inspect('--genome', 'genome.fa', 'loci.attr.npz')).problem).toContain(
      'its id names no place of 100 bases, expected one such as chr1:100-300; give --regions',
    )
  })
})

describe('sequences as FASTA', () => {
  it('score as their one-hot does', async () => {
    expect(await score('--sequences', 'sequences.fa', 'loci.attr.npz')).toEqual(await score('loci.attr.npz'))
  })

  it('score the same packed, over workers', async () => {
    const text = readFileSync(`${FILES}sequences.fa`)
    const packed = join(folder, 'sequences.fa.gz')
    writeFileSync(packed, gzipSync(text))
    expect(await score('--sequences', packed, '--workers', '2', 'loci.attr.npz')).toEqual(
      await score('loci.attr.npz'),
    )
  })

  it('match by id in any order, and over shards', async () => {
    const args = ['--regions', 'regions.bed', '--sequences', 'by-id.fa', '--match', 'id', 'loci.attr.npz']
    const inOrder = await score('--regions', 'regions.bed', 'loci.attr.npz')
    expect(await score(...args)).toEqual(inOrder)
    expect((await inspect('--sequences', 'by-id.fa', '--match', 'id', 'loci.attr.npz')).problem).toContain(
      'loci.attr.npz: has no column id, by which --match id could match',
    )
    const plan = join(folder, 'plan.json')
    const made = await cli(['plan', '--k', '3', '--model', 'm', ...args, '--shards', '1', '--out', plan], {
      cwd: FILES,
    })
    expect(made.code, made.stderr).toBe(0)
    const state = join(folder, '0.state')
    const run = await cli(['score', '--plan', plan, '--shard', '0/1', '--state', state], { cwd: folder })
    expect(run.code, run.stderr).toBe(0)
    const merged = await cli(['merge', '--plan', plan, state, '--format', 'json'])
    expect((JSON.parse(merged.stdout) as { models: unknown[] }).models[0]).toEqual(inOrder)
  })

  it('of another number are an error with both counts', async () => {
    const short = join(folder, 'short.fa')
    writeFileSync(short, '>a\nACGT\n>b\nACGT\n')
    expect((await inspect('--sequences', short, MAPS)).problem).toContain('has 2 rows, against 58')
  })
})

describe('axes', () => {
  it('that both fit are an error until they are said', async () => {
    const open = await inspect('--sequences', 'square.ohe.npy', 'square.npy')
    expect(open.problem).toContain('4 x 4, which fits both axis orders; give --axes L4 or --axes 4L')
    const said = await inspect('--sequences', 'square.ohe.npy', '--axes', 'L4', 'square.npy')
    expect(said.maps?.axes).toEqual({ order: 'L4', told: 'option' })
    expect(said.problem).toBe(null)
  })

  it('of sequences are their own where their shape tells them', async () => {
    const flat = await score(
      '--sequences',
      'loci.ohe.npz',
      '--axes',
      '4L',
      '--attributions-column',
      'flat',
      'flat.npz',
    )
    expect(flat).toEqual(await score('loci.attr.npz'))
    expect(await score('--sequences', 'turned.npz', 'loci.attr.npz')).toEqual(flat)
  })

  it('of one value a position put it in the channel of its base', async () => {
    expect(await score('projected.npz')).toEqual(await score('spread.npz'))
  })
})
