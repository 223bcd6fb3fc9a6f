import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { blockWith } from '../../support/documents.js'
import { digestOfResults, makeDump, planAndScore, readerOf } from './dump.js'
import { haveAll, output, PIPELINES, run, slowly, until, userEnvironment, type Where } from './program.js'
import { type Slurm, SLURM_PROGRAMS, startSlurm } from './slurm.js'

/** Snakemake 7 and the current one, if virtual environments of them are named; Snakemake 7 is also in Debian. */
const OLD = join(process.env['SNAKEMAKE_7_VENV'] ?? '/usr', 'bin/snakemake')
const CURRENT = join(process.env['SNAKEMAKE_VENV'] ?? '/none', 'bin/snakemake')

const haveSlurm = haveAll(SLURM_PROGRAMS, 'Snakemake on Slurm')
const folder = temporaryFolder()
const where: Where = { cwd: folder, env: userEnvironment(folder) }
let slurm: Slurm | undefined
let alone: string

beforeAll(async () => {
  alone = (await makeDump(where)).digest
  cpSync(`${PIPELINES}snakemake`, folder, { recursive: true })
  if (haveSlurm) slurm = await startSlurm(join(folder, 'slurm'), where.env)
})
afterAll(() => slurm?.stop())

/** Starts a command whose shards are slow, and kills it and all that it started once one of them has saved. */
async function killOnceSaved(
  command: readonly string[],
  { cwd, env }: Where,
  results: string,
): Promise<void> {
  const child = spawn(command[0], command.slice(1), {
    ...slowly({ cwd, env }),
    detached: true,
    stdio: 'ignore',
  })
  const states = join(cwd, results, 'states')
  const saved = () => existsSync(states) && readdirSync(states).some(file => file.endsWith('.checkpoint'))
  await until(saved, 'a shard has saved')
  process.kill(-(child.pid as number), 'SIGKILL')
  await until(() => child.signalCode !== null, 'it is gone')
}

const VERSIONS = [
  { name: 'Snakemake 7', program: OLD, profile: 'profile-slurm-v7', major: /^7\./, more: [] },
  {
    name: 'the current Snakemake',
    program: CURRENT,
    profile: 'profile-slurm',
    major: /^(9|[1-9]\d)\./,
    more: ['--slurm-status-command', 'squeue', '--slurm-init-seconds-before-status-checks', '5'],
  },
]

for (const { name, program, profile, major, more } of VERSIONS) {
  describe.skipIf(!haveAll([program], name))(`the recipe for Snakemake, by ${name}`, () => {
    const results = (what: string) => `${what}-${profile}`
    const command = (what: string, plan = 'plan') => [
      program,
      '--cores',
      '2',
      '--config',
      `plan=${plan}.json`,
      `results=${results(what)}`,
    ]
    const logsOf = (what: string) =>
      readdirSync(join(folder, results(what), 'logs'))
        .map(file => readFileSync(join(folder, results(what), 'logs', file), 'utf8'))
        .join('')

    it('runs all shards and their merge, to the bytes of one process', async () => {
      expect(await output([program, '--version'], where)).toMatch(major)
      await output(command('whole'), where)
      expect(digestOfResults(where, results('whole'))).toBe(alone)
    })

    it('makes nothing twice, and only what is missing', async () => {
      const again = await run(command('whole'), where)
      expect(again.stdout + again.stderr).toMatch(/Nothing to be done/)
      for (const file of ['states/1.state', 'scores.json']) rmSync(join(folder, results('whole'), file))
      const { code, stdout, stderr } = await run(command('whole'), where)
      expect(code, stderr).toBe(0)
      expect(stdout + stderr).toMatch(/shard +1\b/)
      expect(digestOfResults(where, results('whole'))).toBe(alone)
    })

    it('goes on after kill -9', async () => {
      mkdirSync(join(folder, results('killed')))
      await killOnceSaved([...command('killed'), 'options=--every 0.5s'], where, results('killed'))
      await output([...command('killed'), '--unlock'], where)
      await output([...command('killed'), '--rerun-incomplete'], where)
      expect(logsOf('killed')).toMatch(/resumed from \d+ records/)
      expect(digestOfResults(where, results('killed'))).toBe(alone)
    })

    it('does what its README says', { timeout: 600_000 }, async () => {
      const { PATH } = where.env
      const env = { ...where.env, PATH: [dirname(program), PATH].join(delimiter) }
      const { where: reader, alone, type } = await readerOf({ ...where, env }, `readme-${profile}`)
      const block = (words: string) => blockWith('pipelines/snakemake/README.md', words)
      await type(block('attrstream plan'))
      expect(digestOfResults(reader, 'results')).toBe(alone)
      rmSync(join(reader.cwd, 'results'), { recursive: true })
      await killOnceSaved([program, '--cores', '2', '--config', 'options=--every 0.5s'], reader, 'results')
      await type(block('--unlock'))
      expect(digestOfResults(reader, 'results')).toBe(alone)
      if (slurm === undefined) return
      rmSync(join(reader.cwd, 'results'), { recursive: true })
      const line = block('--profile')
        .split('\n')
        .find(text => text.includes(`--profile ${profile} `))
      const [submit] = (line ?? '').split(' #')
      await output(['bash', '-c', [submit, ...more].join(' ')], {
        ...reader,
        env: {
          ...slurm.env,
          ...env,
          PATH: [dirname(program), slurm.env['PATH']].join(delimiter),
          CI: 'true',
        },
      })
      expect(digestOfResults(reader, 'results')).toBe(alone)
    })

    it('finds a global threshold in a pass of its own', async () => {
      const digest = await planAndScore(where, `global-${profile}`, '--convention', 'acme-atac')
      await output(command('global', `global-${profile}`), where)
      expect(digestOfResults(where, results('global'))).toBe(digest)
    })

    it.skipIf(!haveSlurm)('runs on Slurm, by its profile', async () => {
      const [, , , ...rest] = command('slurm')
      // CI makes Snakemake 7 ask for states every second rather than every ten.
      const env = { ...slurm?.env, CI: 'true' }
      await output([program, '--profile', profile, ...more, ...rest], { cwd: folder, env })
      expect(digestOfResults(where, results('slurm'))).toBe(alone)
      const jobs = await output(['scontrol', '-o', 'show', 'job'], { cwd: folder, env })
      expect([...jobs.matchAll(/JobState=COMPLETED/g)].length).toBeGreaterThanOrEqual(5)
    })
  })
}
