import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

const folder = temporaryFolder()
const records = makeRecords(40, 50)
const good = join(folder, 'good.arrow')

function at(name: string): string {
  return join(folder, name)
}

beforeAll(() => {
  writeDump(good, records, { rows: 10 })
  writeDump(at('good.parquet'), records, { rows: 10 })
  writeDump(at('none.arrow'), [], { rows: 10 })
  writeFileSync(at('empty.arrow'), '')
  writeFileSync(at('text.parquet'), 'id,sequence\n1,ACGT\n')
  writeFileSync(at('maps.fa'), '>a\nACGTACGTACGT\n')
  writeFileSync(at('maps.fa.gz'), gzipSync('>a\nACGTACGTACGT\n'))
  for (const name of ['good.arrow', 'good.parquet']) {
    const bytes = readFileSync(at(name))
    writeFileSync(at(`cut-${name}`), bytes.subarray(0, Math.floor(bytes.length * 0.7)))
  }
  mkdirSync(at('nothing'))
  mkdirSync(at('mixed'))
  copyFileSync(good, at('mixed/good.arrow'))
  writeFileSync(at('mixed/README.md'), '# maps\n')
})

/** One line, exit code and no result. */
async function expectError(args: readonly string[], code: number, said: RegExp): Promise<void> {
  const run = await cli(args, { cwd: folder })
  expect(run.stderr).toMatch(said)
  expect(run.code).toBe(code)
  expect(run.stdout).toBe('')
  const last = run.stderr.trimEnd().split('\n')
  expect(last.filter(line => line.startsWith('attrstream: '))).toHaveLength(last.length)
  expect(run.stderr).not.toMatch(/^ {4}at /m)
}

describe('score', () => {
  it.each([
    ['a file that is not there', ['gone.arrow'], 1, /^attrstream: gone\.arrow: /],
    ['an empty file', ['empty.arrow'], 1, /empty\.arrow: is an empty file, expected Arrow, Parquet/],
    ['a file without records', ['none.arrow'], 1, /model none has no records/],
    ['text', ['text.parquet'], 1, /text\.parquet: is text, which looks like .*, expected Arrow, Parquet/],
    ['FASTA', ['maps.fa'], 1, /maps\.fa: is FASTA, which holds no attribution maps/],
    ['FASTA by gzip', ['maps.fa.gz'], 1, /maps\.fa\.gz: is compressed by gzip, .*gunzip.*--prior/],
    ['an Arrow file that is cut', ['cut-good.arrow'], 65, /cut-good\.arrow/],
    ['a Parquet file that is cut', ['cut-good.parquet'], 65, /cut-good\.parquet/],
    ['an empty folder', ['nothing'], 1, /nothing: holds no Arrow, Parquet.* file/],
    ['a pattern that matches nothing', ['*.feather'], 1, /\*\.feather: matches no file/],
    ['no input', [], 2, /score needs inputs/],
    [
      'a missing column',
      ['good.arrow', '--attributions-column', 'shap'],
      1,
      /has no column shap, found id \(.*give it with/,
    ],
    ['a missing model column', ['good.arrow', '--model-column', 'network'], 1, /no column network/],
    [
      'a column of the wrong type',
      ['good.arrow', '--sequence-column', 'attributions'],
      1,
      /good\.arrow.*attributions/,
    ],
    ['axes of an unknown name', ['good.arrow', '--axes', 'XY'], 1, /XY/],
    ['k out of range', ['good.arrow', '--k', '11'], 2, /k is 11, expected .* 1 to 10/],
    ['k that is no number', ['good.arrow', '--k', 'six'], 2, /k/],
    ['q out of range', ['good.arrow', '--q', '1.5'], 2, /q is 1\.5/],
    ['an unknown option', ['good.arrow', '--quantile', '0.9'], 2, /quantile/],
    ['an unknown convention', ['good.arrow', '--convention', 'mine'], 2, /convention/],
    ['a wrong --every', ['good.arrow', '--every', 'often'], 2, /--every is often, expected/],
    ['no workers', ['good.arrow', '--workers', '0'], 2, /--workers is 0/],
    ['--restart without a checkpoint', ['good.arrow', '--restart'], 2, /--restart has nothing to restart/],
    ['a prior that is not there', ['good.arrow', '--prior', 'gone.fa'], 1, /gone\.fa/],
    ['a prior without a needed k-mer', ['good.arrow', '--prior', 'maps.fa'], 1, /prior/],
    [
      'an output folder that is a file',
      ['good.arrow', '--out', 'text.parquet'],
      2,
      /text\.parquet: --out is a file, expected a folder/,
    ],
    [
      'an output folder that cannot be',
      ['good.arrow', '--out', '/proc/nowhere'],
      75,
      /\/proc\/nowhere: cannot be made/,
    ],
    [
      'a checkpoint that is a folder',
      ['good.arrow', '--checkpoint', 'nothing'],
      2,
      /nothing: --checkpoint is a folder/,
    ],
  ])('%s', async (_, args, code, said) => {
    await expectError(['score', ...args], code, said)
  })

  it('says what it leaves out of a folder', async () => {
    const run = await cli(['score', 'mixed'], { cwd: folder })
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/mixed\/README\.md: unsupported format; skipped/)
  })

  it('warns of ids that occur again, of dead and of projected maps, and of N', async () => {
    const again = [...records, ...records.slice(0, 3)].map((record, i) => {
      const attributions = Float32Array.from(record.attributions)
      if (i === 11) {
        for (let at = 0; at < attributions.length; at++) {
          if ('ACGT'[at & 3] !== record.sequence?.[at >> 2]) attributions[at] = 0
        }
      }
      return {
        ...record,
        attributions,
        sequence: i === 12 ? `NN${record.sequence?.slice(2)}` : record.sequence,
      }
    })
    writeDump(at('odd.arrow'), again, { rows: 10 })
    const run = await cli(['score', 'odd.arrow'], { cwd: folder })
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/odd: 3 ids found more than once/)
    expect(run.stderr).toMatch(/odd: 1 dead map /)
    expect(run.stderr).toMatch(/odd: 1 projected map \(/)
    expect(run.stderr).toMatch(/unknown positions? \(N\)/)
  })

  it.each([
    ['NaN', (map: Float32Array) => map.fill(Number.NaN, 8, 9)],
    ['infinity', (map: Float32Array) => map.fill(Number.POSITIVE_INFINITY, 8, 9)],
    ['a map that is too short', (map: Float32Array) => map.subarray(0, map.length - 4)],
  ])('names file, batch, row and id of %s', async (name, spoil) => {
    for (const kind of ['arrow', 'parquet']) {
      const file = `${name.replaceAll(' ', '-')}.${kind}`
      const spoilt = records.map((record, i) =>
        i === 23 ? { ...record, attributions: spoil(Float32Array.from(record.attributions)) } : record,
      )
      writeDump(at(file), spoilt, { rows: 10 })
      await expectError(
        ['score', file],
        1,
        new RegExp(`${file.replace('.', '\\.')} batch 2 row 23 \\(chr1:1150\\): `),
      )
    }
  })

  it('names a sequence that is shorter than k', async () => {
    writeDump(at('short.arrow'), [...records.slice(0, 3), ...makeRecords(1, 5)], { rows: 10 })
    await expectError(['score', 'short.arrow'], 1, /short\.arrow batch 0 row 3 \(chr1:0\): /)
  })

  it('scores the files beside one that is bad, and fails by its name', async () => {
    const run = await cli(['score', 'text.parquet', 'good.arrow', '--format', 'json'], { cwd: folder })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(
      /1 of 2 models could not be scored: text; the others are\. text: text\.parquet/,
    )
    const { models, failed } = JSON.parse(run.stdout)
    expect(models.map(({ model }: { model: string }) => model)).toEqual(['good'])
    expect(failed).toEqual([
      { model: 'text', code: 'format', message: expect.stringMatching(/^text\.parquet: /) },
    ])
  })

  it('a pipe that is cut is an error', async () => {
    writeDump(at('stream.arrows'), records, { rows: 10 })
    const bytes = readFileSync(at('stream.arrows'))
    const whole = await cli(['score', '-', '--format', 'json'], { input: bytes })
    expect(JSON.parse(whole.stdout).models[0].records).toBe(40)
    for (const cut of [0.3, 0.6, 0.9]) {
      const run = await cli(['score', '-'], { input: bytes.subarray(0, Math.floor(bytes.length * cut)) })
      expect(run.code).toBe(65)
      expect(run.stdout).toBe('')
    }
    expect((await cli(['score', '-'], { input: '' })).code).not.toBe(0)
    const saved = await cli(['score', '-', '--checkpoint', at('pipe.state')], { input: bytes })
    expect(saved.code).toBe(2)
    expect(saved.stderr).toMatch(/a pipe cannot be read again, so it has no checkpoint/)
  })
})

describe('--debug', () => {
  /** What each command fails on, with the error's first line. */
  const FAILING: { readonly [command: string]: readonly [args: readonly string[], error: RegExp] } = {
    score: [['empty.arrow'], /^attrstream: empty\.arrow: is an empty file/],
    report: [['absent', '-o', 'x.html'], /^attrstream: absent: cannot be read/],
    plot: [['words', 'absent', '-o', 'x.svg'], /^attrstream: absent: cannot be read/],
    inspect: [['nothing'], /^attrstream: nothing: /],
    convert: [['empty.arrow', '-o', 'x.arrow'], /^attrstream: empty\.arrow: is an empty file/],
    agree: [['absent', 'gone'], /^attrstream: (absent|gone): /],
    'synth-sequences': [['--motifs', 'absent', '-o', 'x.parquet'], /^attrstream: absent: /],
    compare: [['absent'], /^attrstream: absent: cannot be read/],
    select: [['absent', '--performance', 'x.csv', '--by', 'auroc'], /^attrstream: absent: cannot be read/],
    synth: [['-o', 'x.arrow', '--records', '-1'], /^attrstream: .*records/],
    run: [['empty.arrow'], /^attrstream: empty\.arrow: is not a module/],
    transform: [['empty.arrow'], /^attrstream: empty\.arrow: is an empty file/],
    init: [['--typo'], /^attrstream: --typo is not an option of this command/],
    plan: [['empty.arrow'], /^attrstream: a plan needs a file to be written to/],
    check: [['empty.arrow'], /^attrstream: empty\.arrow: is not a module/],
    fold: [['absent', '--state', 'x.state'], /^attrstream: absent: no such file/],
    merge: [['--plan', 'absent'], /^attrstream: absent: /],
    shard: [['--plan', 'absent'], /^attrstream: --plan, --shard and --state go together/],
    state: [['absent'], /^attrstream: absent: no such checkpoint/],
  }
  it('is in the help of every command, and tried of every one here', async () => {
    const { stdout } = await cli(['--help'])
    const listed = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Options:'))
    const commands = Array.from(listed.matchAll(/^ {2}([\w-]+)(?: |$)/gm), ([, command]) => command)
    expect(commands.toSorted()).toEqual(Object.keys(FAILING).toSorted())
    for (const command of commands) {
      const help = await cli([command, '--help', 'all'])
      expect(help.stdout.match(/ --debug +print the stack trace of an error/g), command).toHaveLength(1)
    }
  })
  it.each(Object.entries(FAILING))('adds the stack of an error of %s', async (command, [args, error]) => {
    const plain = await cli([command, ...args], { cwd: folder })
    const run = await cli([command, '--debug', ...args], { cwd: folder })
    expect(run.code).toBe(plain.code)
    expect(run.code).toBeGreaterThan(0)
    const [first, ...rest] = run.stderr.split('\n')
    expect(first).toMatch(error)
    expect(plain.stderr).toBe(`${first}\n`)
    expect(rest.filter(line => /^ {4}at /.test(line)).length).toBeGreaterThan(1)
  })
})

it.each([[['sing']], [['merge']], [['state']], [['score', '--plan', 'x.json']]])(
  '%j is a usage error',
  async args => {
    await expectError(args, 2, /^attrstream: /)
  },
)

it('whoever closes the pipe early is no error', async () => {
  const { execFileSync } = await import('node:child_process')
  const { DIST } = await import('../support/dist.js')
  const script = '"$0" "$1" score "$2" --format json | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"'
  const out = execFileSync('bash', ['-c', script, process.execPath, join(DIST, 'cli/main.js'), good], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  expect(out.trim()).toBe('0')
})

it.each(['score', 'plan', 'merge', 'state', 'inspect', 'run'])(
  '%s --help shows an example',
  async command => {
    const run = await cli([command, '--help'])
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/Examples:\n {2}attrstream /)
  },
)
