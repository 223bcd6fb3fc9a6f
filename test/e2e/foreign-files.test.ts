import { copyFileSync, mkdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'

const FILES = fileURLToPath(new URL('../fixtures/foreign/', import.meta.url))
const EXPECTED = JSON.parse(readFileSync(join(FILES, 'expected.json'), 'utf8'))
const folder = temporaryFolder()

interface Scored {
  readonly records: number
  readonly unknown_positions: number
  readonly dead_maps: number
  readonly kmer: { readonly kld_nats: number; readonly attributed_kmers: number; readonly runs: number }
  readonly angular: { readonly kld_nats: number; readonly points: number }
}

/** Scores files of the fixture, and holds the score against what reference.py gives for `name`. */
async function expectScore(name: string, args: readonly string[], cwd = FILES): Promise<void> {
  const run = await cli(['score', ...args, '--null', 'none', '--format', 'json'], { cwd })
  expect(run.code, run.stderr).toBe(0)
  const [found] = (JSON.parse(run.stdout) as { models: Scored[] }).models
  const { kmer, angular, ...counts } = EXPECTED[name]
  expect({
    records: found.records,
    unknown: found.unknown_positions,
    dead: found.dead_maps,
    attributed: found.kmer.attributed_kmers,
    runs: found.kmer.runs,
    points: found.angular.points,
  }).toEqual(counts)
  expect(found.kmer.kld_nats).toBeCloseTo(kmer, 9)
  expect(found.angular.kld_nats).toBeCloseTo(angular, 9)
}

async function expectRefusal(args: readonly string[], codes: readonly number[], said: RegExp, cwd = FILES) {
  const run = await cli(args, { cwd })
  expect(run.stderr).toMatch(said)
  expect(codes).toContain(run.code)
  expect(run.stdout).toBe('')
}

describe('numbers of HDF5', () => {
  it.each(['earliest', 'latest'])(
    'are read by the fields of their types, in files of the %s format',
    async version => {
      const file = `fields-${version}.h5`
      for (const name of ['bfloat16', 'bfloat16-be', 'bfloat16-named']) {
        await expectScore('bfloat16', [file, '--attributions-column', name, '--sequence-column', 'oh'])
      }
    },
  )

  it('of other fields are refused, by name', async () => {
    for (const version of ['earliest', 'latest']) {
      const file = `fields-${version}.h5`
      const maps = ['score', file, '--sequence-column', 'oh', '--attributions-column', 'six-bits']
      await expectRefusal(
        maps,
        [1],
        /six-bits is of a float of 2 bytes with 6 bits of exponent and 9 of mantissa/,
      )
      const sequences = ['score', file, '--attributions-column', 'bfloat16', '--sequence-column', 'twelve']
      await expectRefusal(sequences, [1], /twelve is of an integer of 12 bits in 2 bytes/)
    }
  })
})

describe('links of HDF5', () => {
  it('that lead nowhere or in circles are passed over, and refused where they are asked for', async () => {
    await expectScore('plain', ['links.h5'])
    await expectScore('plain', ['links.h5', '--attributions-column', 'group/alias'])
    const asked = ['score', 'links.h5', '--attributions-column', 'gone']
    await expectRefusal(asked, [1], /column gone is a link to \/moved\/away, which is not there/)
  })

  it('of a virtual dataset all lead to values, or it is refused', async () => {
    const copy = (name: string) => copyFileSync(join(FILES, name), join(folder, name))
    for (const name of ['virtual.h5', 'shard0.h5', 'shard1.h5', 'shard2.h5']) copy(name)
    const names = ['virtual.h5', '--attributions-column', 'maps', '--sequence-column', 'oh']
    await expectScore('plain', names, folder)
    unlinkSync(join(folder, 'shard1.h5'))
    const refused = /virtual dataset, and shard1\.h5 is not there/
    await expectRefusal(['score', ...names], [1, 65], refused, folder)
    const plan = ['plan', ...names, '--out', 'plan.json']
    await expectRefusal(plan, [1, 65], refused, folder)
    copyFileSync(join(FILES, 'links.h5'), join(folder, 'shard1.h5'))
    await expectRefusal(['score', ...names], [1, 65], /shard1\.h5 has no dataset (maps|oh)/, folder)
    truncateSync(join(folder, 'shard1.h5'), 600)
    await expectRefusal(['score', ...names], [1, 65], /shard1\.h5 is not there or cannot be opened/, folder)
  })

  it.each([512, 2048])('and all else lie behind a user block of %i bytes', size =>
    expectScore('plain', [`user-block-${size}.mat`]),
  )
})

describe('producers', () => {
  it.each([
    ['averages of ChromBPNet', 'averaged', 'averaged.h5'],
    ['Decima', 'plain', 'decima.h5'],
    ['archives of macOS', 'plain', 'mac.npz'],
    ['archives of a folder, of macOS', 'plain', 'mac-folder.npz'],
    ['N as 0.25 in halves', 'quarters', 'quarters-f2.npz'],
    ['N as 0.25 in floats', 'quarters', 'quarters-f4.npz'],
    ['N as 0.25 in doubles', 'quarters', 'quarters-f8.npz'],
    ['numbers for letters, 4 for N', 'quarters', 'numbers.npz'],
    ['numbers for letters in lists, -1 for N', 'quarters', 'numbers.parquet'],
    ['one value a position', 'per-position', 'per-position.npz'],
    ['doubles whose squares vanish', 'plain', 'tiny.npz'],
    ['doubles whose squares lose digits', 'plain', 'tinier.npz'],
  ])('%s', (_what, name, file) => expectScore(name, [file]))

  it('Decima has its genes as ids', async () => {
    const run = await cli(['transform', 'decima.h5', '--stages', 'features', '--format', 'csv'], {
      cwd: FILES,
    })
    expect(run.stdout.split('\n')[1]).toMatch(/^GENE0,40,/)
  })
})

describe('maps so small that their squares vanish', () => {
  it('are what they are in rows', async () => {
    const rows = async (file: string) => {
      const run = await cli(['transform', file, '--stages', 'runs', '--format', 'ndjson'], { cwd: FILES })
      return run.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
    }
    const plain = await rows('quarters-f4.npz')
    const tiny = await rows('tiny.npz')
    expect(tiny.length).toBeGreaterThan(10)
    // The maps are those times 2^-660, exactly; position 5 is N in the other.
    const same = plain.filter(row => row.start > 8)
    for (const { id, start, magnitude, peak } of same) {
      const found = tiny.find(row => row.id === id && row.start === start)
      if (found === undefined) continue
      expect(found.peak).toBe(peak * 2 ** -660)
      expect(found.magnitude / magnitude / 2 ** -660).toBeCloseTo(1, 12)
    }
  })

  it('are refused where nothing normalises them, and where they would be stored as zeros', async () => {
    await expectRefusal(
      ['score', 'tiny.npz', '--normalise', 'none'],
      [1],
      /squares vanish, .*scale the map up/,
    )
    // Maps are stored as float32 unless an option says otherwise.
    await expectRefusal(
      ['convert', 'tiny.npz', '--out', join(folder, 'tiny.parquet')],
      [1],
      /too small for float32/,
    )
  })
})

describe('regions', () => {
  it('are held against maps whose type shows no length', async () => {
    await expectScore('plain', ['lists.parquet', '--axes', 'L4', '--regions', 'regions.bed'])
    const longer = ['score', 'lists.parquet', '--axes', 'L4', '--regions', 'peaks.narrowPeak']
    await expectRefusal(longer, [1], /chr1:10-70 is 60 long, against maps of 40/)
    await expectRefusal(
      ['transform', ...longer.slice(1), '--format', 'ndjson'],
      [1],
      /60 long, against maps of 40/,
    )
  })

  it.each([
    ['lists', ['lists.parquet', '--axes', 'L4']],
    ['one value a position', ['per-position.npz']],
  ])('lie around summits, of %s', async (_what, args) => {
    const around = [
      '--regions',
      'peaks.narrowPeak',
      '--around',
      'summit',
      '--stages',
      'features',
      '--format',
      'csv',
    ]
    const run = await cli(['transform', ...args, ...around], { cwd: FILES })
    expect(run.code, run.stderr).toBe(0)
    const ids = run.stdout
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(',')[0])
    // The summit of region i is at 100 i + 10 + 20 + i.
    expect(ids).toEqual(Array.from({ length: 12 }, (_, i) => `chr1:${101 * i + 10}-${101 * i + 50}`))
  })

  it('of one value a position are of its length', () =>
    expectScore('per-position', ['per-position.npz', '--regions', 'regions.bed']))
})

describe('BED', () => {
  const bed = async (args: readonly string[]) => {
    const run = await cli(['transform', ...args, '--stages', 'runs', '--format', 'bed'], { cwd: FILES })
    expect(run.code, run.stderr).toBe(0)
    return {
      ...run,
      lines: run.stdout
        .trim()
        .split('\n')
        .map(line => line.split('\t')),
    }
  }

  it('has its own score and name, and kept columns behind all of its own', async () => {
    const { lines } = await bed(['lists.parquet', '--axes', 'L4', '--keep', 'score,name'])
    for (const fields of lines) {
      expect(fields).toHaveLength(12)
      expect(fields[3]).toBe(fields[0])
      expect(fields[4]).toMatch(/^\d+$/)
      expect(Number(fields[10])).toBe(Number(fields[0]) / 24)
      expect(fields[11]).toBe(`n${fields[0]}`)
    }
  })

  it('has the places of ids as bedtools names them', async () => {
    const { lines } = await bed(['bedtools.parquet'])
    for (const [chrom, start, , name, , strand] of lines) {
      expect([chrom, strand]).toEqual(['chr1', '-'])
      const first = Number(/::chr1:(\d+)-/.exec(name)?.[1])
      expect(Number(start)).toBeGreaterThanOrEqual(first)
      expect(Number(start)).toBeLessThan(first + 40)
    }
  })

  it('has no places of ids that name longer ones, and standard error says so', async () => {
    const { stderr } = await bed(['wider.parquet'])
    expect(stderr).toMatch(
      /12 records have no place on the genome: chr1:0-90 names a place of 90 bases, against a map of 40/,
    )
    const filtered = ['score', 'wider.parquet', '--where', 'chrom == "chr1"']
    await expectRefusal(filtered, [1], /the id chr1:0-90 names a place of 90 bases, against a map of 40/)
  })
})

describe('a part that died', () => {
  const part = readFileSync(join(FILES, 'bedtools.parquet'))
  const parts = (name: string, bytes: Uint8Array) => {
    const dump = join(folder, name.replace(/\W/g, '-'))
    mkdirSync(dump)
    writeFileSync(join(dump, 'README'), 'maps of an example\n')
    writeFileSync(join(dump, name.replace(/\d/, '0')), part)
    writeFileSync(join(dump, name), bytes)
    return dump
  }
  it.each([
    ['of no bytes', 'part-1.parquet', new Uint8Array(0), /part-1\.parquet: is an empty file/],
    ['of zeros', 'part-2.parquet', new Uint8Array(4096), /part-2\.parquet: starts with zeros/],
    ['that is cut', 'part-3.parquet', part.subarray(0, 5000), /part-3\.parquet/],
    ['of text', 'part-4.npz', Buffer.from('no space left on device\n'), /part-4\.npz: starts with 6e 6f/],
    ['without an ending', 'part-5', new Uint8Array(0), /part-5: is an empty file/],
    ['of another ending', 'x6.dump', new Uint8Array(64), /x6\.dump: starts with zeros/],
    [
      'that is packed',
      'part-7.parquet.gz',
      gzipSync(part),
      /part-7\.parquet\.gz: is compressed by gzip, .*decompress it/,
    ],
  ])('%s ends the scoring of its model, its plan, and its conversion', async (_what, name, bytes, said) => {
    const dump = parts(name, bytes)
    await expectRefusal(['score', '--model', 'm', dump], [1, 65], said)
    await expectRefusal(['plan', dump, '--model', 'm', '--out', join(folder, 'p.json')], [1, 65], said)
    await expectRefusal(['convert', dump, '--out', join(folder, 'c.parquet')], [1, 65], said)
    await expectRefusal(['transform', dump, '--stages', 'runs', '--format', 'csv'], [1, 65], said)
  })

  it('is not what merely lies beside', async () => {
    const dump = parts('part-9.parquet', part)
    unlinkSync(join(dump, 'part-0.parquet'))
    writeFileSync(join(dump, '_SUCCESS'), '')
    const run = await cli(['score', '--model', 'm', dump, '--null', 'none', '--format', 'json'])
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/README: unsupported format; skipped/)
  })
})

describe('a file that cannot be scored', () => {
  it.each([
    ['replicates-first.npz', [], /several axes could be the bases/],
    ['replicates-first.npz', ['--target', '0'], /several axes could be the bases/],
    ['replicates-third.npz', ['--target', '0'], /several axes could be the bases/],
    ['tasks-l4.npz', ['--target', '0'], /bases on its last axis, and more than one map a sequence/],
    ['tasks-4l.npz', ['--target', '0'], /\(N, tasks, 4, L\) as well as \(N, L, 4, targets\)/],
    ['whole-numbers.npz', [], /attributions is int8 \(12, 40, 4\), expected .*float32/],
    ['torch.pt', [], /PyTorch file \(torch\.save\), .*numpy\.savez/],
  ] as const)('%s %j', (file, args, said) => expectRefusal(['score', file, ...args], [1], said))

  it.each([
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd], /compressed by Zstandard/],
    ['bz2', [...Buffer.from('BZh91AY&SY')], /compressed by bzip2/],
    ['xz', [0xfd, ...Buffer.from('7zXZ'), 0], /compressed by xz/],
    ['pkl', [0x80, 4, 0x95, 0, 0], /Python pickle/],
    ['legacy.pt', [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9], /PyTorch file/],
    ['safetensors', [16, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22], /safetensors/],
    ['mat', [...Buffer.from('MATLAB 5.0 MAT-file')], /MAT-file of version 5/],
    ['bw', [0x26, 0xfc, 0x8f, 0x88], /bigWig/],
  ])('of kind %s is named as what it is', async (name, head, said) => {
    const path = join(folder, `maps.${name}`)
    writeFileSync(path, Buffer.concat([Uint8Array.from(head), new Uint8Array(32)]))
    await expectRefusal(['score', path], [1], said)
  })
})
