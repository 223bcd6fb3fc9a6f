import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { DIST } from '../support/dist.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { firstOf } from '../support/thorough.js'

const MAIN = join(DIST, 'cli/main.js')
const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
/** Records of a sample without its ending. */
const RECORDS = 40
const SAMPLE = at('sample')
const PLAIN = ['--null', 'none', '--format', 'json']

interface Scored {
  readonly models: readonly { readonly model: string; readonly records: number }[]
}
let expected: Scored['models'][0]

beforeAll(async () => {
  const records = makeRecords(RECORDS, 60)
  for (const name of ['sample.arrow', 'sample.parquet', 'maps.arrows'])
    writeDump(at(name), records, { rows: 10 })
  const { stdout } = await cli(['score', `${SAMPLE}.arrow`, '--model', 'm', ...PLAIN])
  expected = (JSON.parse(stdout) as Scored).models[0]
})

/** Runs bash in the folder, with `attrstream` as a function. */
function bash(script: string) {
  const program = `attrstream() { '${process.execPath}' '${MAIN}' "$@"; }\n${script}`
  const { status, stdout, stderr } = spawnSync('bash', ['-c', program], { cwd: folder, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const scored = (stdout: string) => (JSON.parse(stdout) as Scored).models

describe('a pipe is read as standard input is', () => {
  it.each([
    ['a process substitution', 'attrstream score <(cat maps.arrows) --model m'],
    ['a named pipe', 'mkfifo p; cat maps.arrows > p & attrstream score p --model m'],
    ['/dev/stdin', 'cat maps.arrows | attrstream score /dev/stdin --model m'],
    ['/dev/fd/0', 'cat maps.arrows | attrstream score /dev/fd/0 --model m'],
    ['a file as /dev/stdin', 'attrstream score /dev/stdin --model m < maps.arrows'],
  ])('%s', (_, command) => {
    const { status, stdout } = bash(`${command} ${PLAIN.join(' ')}`)
    expect(status).toBe(0)
    expect(scored(stdout)).toEqual([expected])
  })

  it('several, and one among files', () => {
    const two = bash(`attrstream score <(cat maps.arrows) <(cat maps.arrows) --model m ${PLAIN.join(' ')}`)
    expect(scored(two.stdout)[0].records).toBe(2 * RECORDS)
    const mixed = bash(`attrstream score maps.arrows <(cat maps.arrows) ${PLAIN.join(' ')}`)
    expect(scored(mixed.stdout).map(({ records }) => records)).toEqual([RECORDS, RECORDS])
  })

  it.each([
    [
      'Parquet',
      `${SAMPLE}.parquet`,
      'is Parquet, which cannot be read from a pipe; give the file by its path',
    ],
    ['gzip', 'maps.gz', 'is compressed by gzip, expected an Arrow stream'],
    ['NumPy', 'maps.npz', 'is NumPy, which cannot be read from a pipe'],
    ['HDF5', 'maps.h5', 'is HDF5, which cannot be read from a pipe'],
    ['FASTA', 'maps.fa', 'is FASTA, which cannot be read from a pipe'],
  ])('and says that it holds %s', (_, file, said) => {
    writeFileSync(at('maps.gz'), gzipSync('x'))
    writeFileSync(at('maps.npz'), Buffer.from('504b0304140000000000', 'hex'))
    writeFileSync(at('maps.h5'), Buffer.from('894844460d0a1a0a00000000', 'hex'))
    writeFileSync(at('maps.fa'), '>a\nACGTACGTACGT\n')
    for (const input of firstOf([`- < ${file}`, `<(cat ${file})`])) {
      const { status, stderr } = bash(`attrstream score ${input}`)
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(said) })
    }
  })

  it.each(['--sequences', '--regions', '--prior', '--performance', '--motifs'])('but not for %s', option => {
    const command = option === '--performance' ? 'select maps.arrows --by x' : 'score maps.arrows'
    const { status, stderr } = bash(`attrstream ${command} ${option} <(echo x)`)
    expect(status).not.toBe(70)
    expect(stderr).not.toContain('empty')
  })
})

describe('under an address-space limit', () => {
  const limited = process.platform === 'linux'
  it.runIf(limited).each(['parquet', 'arrow'])('scores %s as without one', async form => {
    const run = await cli(['score', `${SAMPLE}.${form}`, '--model', 'm', ...PLAIN], {
      front: ['bash', '-c', 'ulimit -v 8000000; exec "$@"', 'bash'],
    })
    expect(run.code).toBe(0)
    expect(scored(run.stdout)).toEqual([expected])
  })

  it.runIf(limited)('passes on the exit code, signals and standard input', async () => {
    const front = ['bash', '-c', 'ulimit -v 8000000; exec "$@"', 'bash']
    expect((await cli(['score', at('none')], { front })).code).toBe(1)
    const input = readFileSync(at('maps.arrows'))
    expect((await cli(['score', '-'], { front, input })).code).toBe(0)
    const args = [process.execPath, MAIN, 'score', '-', '--log', 'json']
    const child = spawn(front[0], [...front.slice(1), ...args])
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.stdin.write(input.subarray(0, 1000))
    child.stderr.on('data', text => {
      if (String(text).includes('"begin"')) child.kill('SIGTERM')
    })
    expect(await ended).toBe(143)
  })
})

describe('files and folders', () => {
  it('a checkpoint that is a link stays one, its target is written and gone on from', async () => {
    mkdirSync(at('scratch'))
    symlinkSync('scratch/far.state', at('near.state'))
    const score = () => cli(['score', `${SAMPLE}.arrow`, '--checkpoint', at('near.state'), '--every', '.2'])
    expect((await score()).code).toBe(0)
    expect(lstatSync(at('near.state')).isSymbolicLink()).toBe(true)
    expect(statSync(at('scratch/far.state')).size).toBeGreaterThan(1000)
    const again = await score()
    expect(again.code).toBe(0)
    expect(again.stderr).toContain(`${RECORDS} records`)
    expect(lstatSync(at('near.state')).isSymbolicLink()).toBe(true)
  })

  it('folders in a folder are named, not passed over in silence', async () => {
    mkdirSync(at('deep/model=a'), { recursive: true })
    copyFileSync(`${SAMPLE}.parquet`, at('deep/model=a/part.parquet'))
    const none = await cli(['score', at('deep')])
    expect(none.code).toBe(1)
    expect(none.stderr).toMatch(/its folders \(model=a\) are not searched; .* '.*deep\/\*\/\*\.parquet'/)
    copyFileSync(`${SAMPLE}.parquet`, at('deep/part.parquet'))
    const some = await cli(['score', at('deep'), ...PLAIN])
    expect(some.code).toBe(0)
    expect(some.stderr).toContain('its folders (model=a) are not searched')
  })

  it('plan calls the population of a single file as score does', async () => {
    const plan = async (...args: string[]) => {
      expect((await cli(['plan', ...args, '--out', at('plan.json')])).code).toBe(0)
      return (JSON.parse(readFileSync(at('plan.json'), 'utf8')) as { population: string }).population
    }
    expect(await plan(`${SAMPLE}.parquet`)).toBe('sample')
    expect(await plan(`${SAMPLE}.parquet`, `${SAMPLE}.arrow`)).toBe('model')
    expect(await plan(`${SAMPLE}.parquet`, '--model', 'net')).toBe('net')
  })
})

describe.runIf(process.platform === 'linux')('standard output that is full', () => {
  it.each([
    'score maps.arrows --out full --report full.html',
    'score maps.arrows --format csv',
    'inspect maps.arrows',
    'transform maps.arrows',
    'transform maps.arrows --stages runs --format csv',
    'run attributed-runs maps.arrows',
    'synth --records 10 -o -',
    'score --help',
    '--version',
  ])('%s ends with 75 and one line', command => {
    const { status, stderr } = bash(`attrstream ${command} > /dev/full`)
    expect(status).toBe(75)
    const lines = stderr.trimEnd().split('\n')
    expect(lines.at(-1)).toBe(
      'attrstream: standard output cannot be written: no space left on the disk (ENOSPC); free some',
    )
    expect(stderr).not.toMatch(/^ {4}at /m)
    if (command.includes('--out')) {
      for (const file of ['full/scores.json', 'full/scores.parquet', 'full.html'])
        expect(existsSync(at(file))).toBe(true)
    }
  })

  it('nor does a full standard error end a run', () => {
    const { status, stdout } = bash(`attrstream score maps.arrows --model m ${PLAIN.join(' ')} 2> /dev/full`)
    expect(status).toBe(0)
    expect(scored(stdout)).toEqual([expected])
  })
})

it('few open files are an error to retry, with a word on the limit', () => {
  const told: string[] = []
  for (let limit = 20; limit <= 64; limit += 2) {
    const { status, stderr } = bash(`ulimit -n ${limit}; attrstream score maps.arrows`)
    if (status === 0) break
    // With fewer files still, Node ends before the program begins.
    if (!stderr.startsWith('attrstream: ')) continue
    expect([limit, status]).toEqual([limit, 75])
    told.push(stderr)
  }
  expect(told).not.toEqual([])
  for (const stderr of told) {
    expect(stderr).toContain('EMFILE')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  }
})
