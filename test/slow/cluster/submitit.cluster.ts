import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { digestOfResults, makeDump } from './dump.js'
import { haveAll, output, PIPELINES, run, slowly, until, userEnvironment, type Where } from './program.js'
import { type Slurm, SLURM_PROGRAMS, startSlurm } from './slurm.js'

const PYTHON = process.env['SUBMITIT_PYTHON'] ?? '/usr/lib/submitit/bin/python'

describe.skipIf(!haveAll([...SLURM_PROGRAMS, PYTHON], 'submitit'))(
  'the recipe for submitit, on a Slurm of two nodes',
  () => {
    const folder = temporaryFolder()
    let where: Where
    let slurm: Slurm
    let alone: string

    beforeAll(async () => {
      slurm = await startSlurm(join(folder, 'slurm'), userEnvironment(folder))
      where = { cwd: folder, env: slurm.env }
      alone = (await makeDump(where)).digest
    })
    afterAll(() => slurm?.stop())

    const submit = (results: string, from: Where = where) =>
      run([PYTHON, `${PIPELINES}submitit/submit.py`, 'plan.json', results], from)
    const jobs = () => output(['squeue', '-h', '-r', '-o', '%F_%K'], where)

    it('runs all shards and their merge, to the bytes of one process', async () => {
      const { code, stderr } = await submit('whole')
      expect(code, stderr).toBe(0)
      expect(digestOfResults(where, 'whole')).toBe(alone)
    })

    it('resumes a shard whose job is preempted', async () => {
      const running = submit('preempted', slowly(where))
      const state = join(folder, 'preempted/states/1.state')
      await until(() => existsSync(`${state}.checkpoint`), 'shard 1 has saved')
      const job =
        (await jobs()).split('\n').find(name => name.endsWith('_1')) ?? expect.fail('no job of shard 1')
      await output(['scancel', '--signal=USR1', job], where)
      const { code, stderr } = await running
      expect(code, stderr).toBe(0)
      const logs = readdirSync(join(folder, 'preempted/logs')).filter(name => name.includes(job))
      const said = logs.map(name => readFileSync(join(folder, 'preempted/logs', name), 'utf8')).join('')
      expect(said).toMatch(/resumed from \d+ records/)
      expect(digestOfResults(where, 'preempted')).toBe(alone)
    })
  },
)
