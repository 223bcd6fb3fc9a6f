import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Inspection } from '../../src/dumps/inspect.js'
import { cli } from '../support/cli.js'

/** Files as producers write them, by make.py of each folder. */
const HDF5 = fileURLToPath(new URL('../sources/hdf5/files/', import.meta.url))
const REGIONS = fileURLToPath(new URL('../sources/regions/', import.meta.url))

async function inspect(cwd: string, ...args: readonly string[]): Promise<Inspection> {
  const run = await cli(['inspect', '--k', '3', '--format', 'json', ...args], { cwd })
  return (JSON.parse(run.stdout) as Inspection[])[0]
}

function usesOf({ columns }: Inspection): { [use: string]: string } {
  return Object.fromEntries(columns.flatMap(({ name, use }) => (use === null ? [] : [[use, name]])))
}

describe('files are recognised by their keys and shapes:', () => {
  it('ChromBPNet, its blosc as PyTables packs it', async () => {
    const found = await inspect(HDF5, 'chrombpnet.h5')
    expect(found).toMatchObject({ producer: 'ChromBPNet', problem: null, codecs: ['blosc'], rows: 13 })
    expect(usesOf(found)).toEqual({ attributions: 'shap/seq', sequence: 'raw/seq' })
    expect(found.maps).toMatchObject({ element: 'float16', axes: { order: '4L', told: 'type' } })
    expect(found.sample?.projected_maps).toBe(0)
    expect(found.notes[0]).toContain('projected_shap/seq')
  })

  it('ChromBPNet, projected maps on request, with a warning', async () => {
    const args = ['--attributions-column', 'projected_shap/seq', 'chrombpnet.h5']
    const found = await inspect(HDF5, ...args)
    expect(usesOf(found)).toMatchObject({ attributions: 'projected_shap/seq', sequence: 'raw/seq' })
    expect(found.sample?.projected_maps).toBe(13)
    const run = await cli(['score', '--quiet', '--k', '1', ...args], { cwd: HDF5 })
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('13 projected maps (attribution times one-hot)')
  })

  it('BPNet, with its coordinates', async () => {
    const found = await inspect(HDF5, 'bpnet.h5')
    expect(found).toMatchObject({ producer: 'BPNet', problem: null, codecs: ['gzip'] })
    expect(usesOf(found)).toEqual({ id: 'id', attributions: 'hyp_scores', sequence: 'input_seqs' })
    expect(found.sample?.first_ids.slice(0, 2)).toEqual(['chr1:1000-1010', 'chr2:1010-1020'])
    expect(found.maps?.axes).toEqual({ order: 'L4', told: 'type' })
  })

  it.each([
    ['basenji.h5', 'Basenji (basenji_sat_bed)', 'scores'],
    ['baskerville.h5', 'Baskerville (hound_ism_bed)', 'logSUM'],
    ['borzoi.h5', 'Borzoi gradients', 'grads'],
  ])('%s, a target of several, with coordinates and strand', async (file, producer, maps) => {
    const without = await inspect(HDF5, file)
    expect(without.producer).toBe(producer)
    expect(without.problem).toContain(
      `column ${maps} has 3 targets on its last axis, of which one is scored; give it with --target, 0 to 2`,
    )
    expect((await inspect(HDF5, '--target', '3', file)).problem).toContain('has 3 targets, and no target 3')
    const found = await inspect(HDF5, '--target', '2', file)
    expect(found.problem).toBe(null)
    expect(usesOf(found)).toEqual({ id: 'id', attributions: maps, sequence: 'seqs' })
    expect(found.sample?.first_ids.slice(0, 2)).toEqual(['chr1:1000-1010', 'chr2:1010-1020(-)'])
  })

  it('bpnet-lite, whose sequences lie beside the maps', async () => {
    const found = await inspect(REGIONS, 'loci.attr.npz')
    expect(found).toMatchObject({ producer: 'bpnet-lite', problem: null, rows: 58 })
    expect(usesOf(found)).toEqual({ attributions: 'arr_0', sequence: 'sequence' })
  })

  it('Fi-NeMo, with its coordinates', async () => {
    const found = await inspect(REGIONS, 'finemo.npz')
    expect(found).toMatchObject({ producer: 'Fi-NeMo', problem: null })
    expect(usesOf(found)).toEqual({ id: 'id', attributions: 'contributions', sequence: 'sequences' })
  })

  it('CREsted, whose one-hot lies beside the contributions', async () => {
    const found = await inspect(REGIONS, 'class_contrib.npz')
    expect(found).toMatchObject({ producer: 'CREsted', problem: null, rows: 58 })
    expect(found.notes).toEqual(['sequences are read from class_oh.npz'])
  })

  it('two files as tf-modisco takes them', async () => {
    const found = await inspect(REGIONS, '--sequences', 'loci.ohe.npz', 'square.npy')
    expect(found.problem).toContain('has 58 rows, against 20 of square.npy')
    const pair = await inspect(REGIONS, '--sequences', 'loci.ohe.npz', 'shap.npy')
    expect(pair).toMatchObject({ producer: 'as tf-modisco takes it', problem: null, rows: 58 })
  })
})

describe('a folder', () => {
  it('gives its maps, and says which files are none', async () => {
    const run = await cli(['inspect', '--k', '3', '--format', 'json', '.'], { cwd: REGIONS })
    const files = (JSON.parse(run.stdout) as Inspection[]).map(({ file }) => file)
    expect(files).toContain('loci.attr.npz')
    expect(files).toContain('class_contrib.npz')
    for (const side of ['loci.ohe.npz', 'class_oh.npz', 'turned.npz', 'square.ohe.npy', 'loci.idx.npy']) {
      expect(files).not.toContain(side)
      expect(run.stderr).toContain(`${side}: holds `)
    }
    expect(run.stderr).toContain('regions.bed: unsupported format; skipped')
  })

  it('leaves out what an option names', async () => {
    const run = await cli(['inspect', '--k', '3', '--format', 'json', '--sequences', 'turned.npz', '.'], {
      cwd: REGIONS,
    })
    expect(run.stderr).toContain('turned.npz: is named by another option; skipped')
  })
})

it('a file beside the maps that has changed is noticed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'producers-'))
  try {
    for (const file of ['loci.attr.npz', 'loci.ohe.npz', 'loci.idx.npy', 'regions.bed']) {
      copyFileSync(`${REGIONS}${file}`, join(folder, file))
    }
    const args = [
      'score',
      '--quiet',
      '--k',
      '3',
      '--regions',
      'regions.bed',
      'loci.attr.npz',
      '--checkpoint',
      'run.state',
    ]
    expect((await cli(args, { cwd: folder })).code).toBe(0)
    expect((await cli(args, { cwd: folder })).code).toBe(0)
    const bed = join(folder, 'regions.bed')
    writeFileSync(bed, readFileSync(bed, 'utf8').replace('chr1', 'chr9'))
    const run = await cli(args, { cwd: folder })
    expect(run.code).toBe(78)
    expect(run.stderr).toContain('loci.attr.npz has changed since')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
