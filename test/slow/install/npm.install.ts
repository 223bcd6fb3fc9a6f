import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const EXPECTED = JSON.parse(readFileSync(join(ROOT, 'data-samples/expected.json'), 'utf8'))

const folder = mkdtempSync(join(tmpdir(), 'attrstream-install-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A copy of the files that git knows, as a clone has them. */
const clone = join(folder, 'clone')
const tarball = join(folder, 'attrstream.tgz')

/** Nothing of this process's npm, which runs the test, reaches the npm under test. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(config_local|lifecycle|package|command)/.test(name)),
)

const run = (cwd: string, program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd, env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const git = (...args: readonly string[]) =>
  run(
    clone,
    'git',
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.org',
    '-c',
    'core.hooksPath=/dev/null',
    ...args,
  )

/** `npm pack` of the clone, as README.md has it; the tarball is moved to `to`. */
function pack(to: string): void {
  run(clone, 'npm', 'pack', '--silent')
  cpSync(join(clone, 'attrstream-0.1.0.tgz'), to)
  rmSync(join(clone, 'attrstream-0.1.0.tgz'))
}

beforeAll(() => {
  mkdirSync(clone)
  for (const file of run(ROOT, 'git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split(
    '\0',
  )) {
    if (file !== '') cpSync(join(ROOT, file), join(clone, file))
  }
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'all')
  // What `npm ci` makes, without the network.
  cpSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  pack(tarball)
})

/** A prefix that npm installs into. */
function prefixWith(name: string, ...args: readonly string[]): string {
  const prefix = join(folder, name)
  run(folder, 'npm', 'install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', ...args)
  return prefix
}

/** A sample as that program scores it, and what NumPy found. */
function expectScores(program: string, ...words: readonly string[]): void {
  const sample = join(ROOT, 'data-samples/tf-mindi.parquet')
  const [model] = JSON.parse(run(folder, program, ...words, 'score', sample, '--format', 'json')).models
  const { kmer, angular } = EXPECTED.samples['tf-mindi']
  expect(Math.abs(model.kmer.kld_nats / kmer.kld_nats.population - 1)).toBeLessThan(1e-9)
  expect(Math.abs(model.angular.kld_nats / angular.paper.kld_nats - 1)).toBeLessThan(1e-9)
}

const filesIn = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())

describe('the tarball of npm pack', () => {
  it('is the same whatever was built before', () => {
    writeFileSync(join(clone, 'dist/bundle/left-over.js'), '')
    writeFileSync(join(clone, 'dist/index.js'), '')
    const again = join(folder, 'again.tgz')
    pack(again)
    const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
    expect(digest(again)).toBe(digest(tarball))
  })

  it('installs without a network, as one package, and scores', () => {
    const prefix = prefixWith('alone', '--offline', '--cache', join(folder, 'no-cache'), tarball)
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['attrstream'])
    expectScores(join(prefix, 'bin/attrstream'))
    const files = filesIn(prefix)
    const bytes = files.reduce(
      (sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length,
      0,
    )
    expect(files.length).toBeLessThan(1_000)
    expect(bytes).toBeLessThan(40e6)
    const versions = run(folder, join(prefix, 'bin/attrstream'), '--version', '--verbose')
    expect(versions).toMatch(/^zstd +(WebAssembly|node:zlib)$/m)
    expect(versions).toMatch(/^lz4 +TypeScript$/m)
  })

  it('has the licences of what it contains', () => {
    const notices = run(folder, 'tar', 'xzOf', tarball, 'package/dist/THIRD-PARTY.md')
    for (const name of [
      'apache-arrow',
      'highland',
      'parquetjs-lite',
      'yargs',
      'h5wasm',
      '@swc/wasm-typescript',
    ]) {
      expect(notices).toContain(`${name} `)
    }
  })

  it('reads every format, draws, and runs pipelines in TypeScript, from where it is installed', () => {
    const prefix = prefixWith('formats', '--offline', '--cache', join(folder, 'no-cache'), tarball)
    const program = join(prefix, 'bin/attrstream')
    const out = join(folder, 'formats-out')
    const samples = join(prefix, 'lib/node_modules/attrstream/data-samples')
    for (const sample of readdirSync(samples).filter(name => /\.(arrow|parquet)$/.test(name))) {
      expect(run(folder, program, 'score', join(samples, sample), '--format', 'json')).toContain('"kld_nats"')
    }
    run(
      folder,
      program,
      'score',
      join(samples, 'tf-mindi.parquet'),
      '--out',
      out,
      '--report',
      join(out, 'report.html'),
    )
    run(folder, program, 'plot', 'kmers', join(out, 'scores.json'), '--out', join(out, 'kmers.png'))
    expect(readFileSync(join(out, 'kmers.png')).subarray(1, 4).toString()).toBe('PNG')
    const rows = run(folder, program, 'run', 'attributed-runs', join(samples, 'tf-mindi.parquet'))
    expect(rows.trim().split('\n')).toHaveLength(682)
  })

  it('runs by npx', () => {
    expectScores('npx', '--yes', '--prefer-offline', '--package', tarball, 'attrstream')
  })

  it('has types that need nothing else', () => {
    const project = join(folder, 'project')
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    run(
      project,
      'npm',
      'install',
      '--offline',
      '--cache',
      join(folder, 'no-cache'),
      '--no-audit',
      '--no-fund',
      tarball,
    )
    writeFileSync(
      join(project, 'a.ts'),
      `import { pipe, correct } from 'attrstream'\nexport const both = [pipe, correct]\n`,
    )
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    run(
      project,
      process.execPath,
      tsc,
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      '',
      'a.ts',
    )
  })
})

describe('the repository', () => {
  it('installs by git', () => {
    expectScores(join(prefixWith('git', '--prefer-offline', `git+file://${clone}#main`), 'bin/attrstream'))
  })

  it('runs by npx', () => {
    expectScores('npx', '--yes', '--prefer-offline', '--package', `git+file://${clone}#main`, 'attrstream')
  })
})
