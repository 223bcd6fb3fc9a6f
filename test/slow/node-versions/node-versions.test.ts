import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DIST } from '../../support/dist.js'
import { FIXTURES } from '../../support/fixtures.js'

// The same scores to the last bit by every Node that is supported, and a clear word by one that is too old. ATTRSTREAM_NODES
// names their programs, separated by colons; they are compared with the Node that runs the tests.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = join(DIST, 'cli/main.js')

interface NodeProgram {
  readonly program: string
  readonly version: string
  readonly isOld: boolean
}

function nodeProgram(program: string): NodeProgram {
  const { status, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} does not run: ${stderr}`)
  const version = stdout.trim().slice(1)
  const [major, minor] = version.split('.').map(Number)
  return { program, version, isOld: major < 20 || (major === 20 && minor < 19) }
}

const others = (process.env['ATTRSTREAM_NODES'] ?? '').split(':').filter(path => path !== '')
if (others.length === 0) console.log('SKIPPED: ATTRSTREAM_NODES names no other Node')
const nodes = others.map(nodeProgram)

const SAMPLES = ['exponential-standard.arrow', 'relu-spectral-norm.parquet', 'tf-mindi.parquet'].map(name =>
  join(ROOT, 'data-samples', name),
)
const NETWORKS = [
  '--sequences',
  `${FIXTURES}synthetic/sequences.npz`,
  '--truth-file',
  `${FIXTURES}synthetic/truth.npz`,
  `${FIXTURES}synthetic/maps`,
]

/** Command lines whose standard output holds no time, path or version. */
const COMMANDS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['samples', ['score', ...SAMPLES, '--format', 'csv']],
  ...(['acme-atac', 'acme-synthetic', 'd3-pipeline'] as const).map(
    convention => [convention, ['score', ...SAMPLES, '--convention', convention, '--format', 'csv']] as const,
  ),
  [
    'other nulls and a sweep',
    ['score', ...SAMPLES, '--null', 'shift', '--sweep', 'k=5,6', '--sweep', 'window=1,3', '--format', 'csv'],
  ],
  ['networks of 1,934 maps', ['score', ...NETWORKS, '--format', 'csv']],
  ['a synthetic population', ['synth', '--records', '50', '--seed', '3', '-o', '-']],
  ['corrected maps', ['transform', SAMPLES[0], '--stages', 'correct,normalise,window']],
]

function run(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, [MAIN, ...args], { maxBuffer: 2 ** 28 })
  return { status, stdout, stderr: stderr.toString() }
}

const expected = new Map<string, ReturnType<typeof run>>()
function expectedOf(name: string, args: readonly string[]) {
  const known = expected.get(name) ?? run(process.execPath, args)
  expected.set(name, known)
  return known
}

describe.each(nodes.filter(({ isOld }) => !isOld))('Node $version', ({ program }) => {
  it.each(COMMANDS)('gives the same bytes as the Node that runs the tests: %s', (name, args) => {
    const [expected, found] = [expectedOf(name, args), run(program, args)]
    expect({ status: found.status, stderr: found.stderr }).toEqual({ status: 0, stderr: expected.stderr })
    expect(found.stdout.length).toBeGreaterThan(500)
    expect(found.stdout.equals(expected.stdout)).toBe(true)
  })
})

describe.each(nodes.filter(({ isOld }) => isOld))(
  'Node $version, which is too old',
  ({ program, version }) => {
    it('is refused by one line that names the version needed', () => {
      const { status, stdout, stderr } = run(program, ['score', SAMPLES[0]])
      expect(stderr).toBe(`attrstream: Node 20.19 or newer is needed, this is ${version} (${program})\n`)
      expect(stdout.toString()).toBe('')
      expect(status).toBe(1)
    })
  },
)

it('the version needed is the one that package.json names', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = /const \[MAJOR, MINOR\] = \[(\d+), (\d+)\]/.exec(
    readFileSync(join(ROOT, 'src/cli/main.ts'), 'utf8'),
  )
  expect(engines.node).toBe(`>=${named?.[1]}.${named?.[2]}`)
})
