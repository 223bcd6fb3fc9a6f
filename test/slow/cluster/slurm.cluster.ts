import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { blockWith } from '../../support/documents.js'
import { digestOfResults, makeDump, planAndScore, readerOf } from './dump.js'
import { haveAll, output, PIPELINES, run, slowly, until, userEnvironment, type Where } from './program.js'
import { ended, jobState, type NodeName, type Slurm, SLURM_PROGRAMS, startSlurm } from './slurm.js'

describe.skipIf(!haveAll(SLURM_PROGRAMS, 'Slurm'))('the recipe for Slurm, on a cluster of two nodes', () => {
  const folder = temporaryFolder()
  let where: Where
  let slurm: Slurm
  let alone: string

  beforeAll(async () => {
    const env = userEnvironment(folder)
    slurm = await startSlurm(join(folder, 'slurm'), env)
    where = { cwd: folder, env: slurm.env }
    alone = (await makeDump(where)).digest
    for (const name of readdirSync(`${PIPELINES}slurm`))
      copyFileSync(`${PIPELINES}slurm/${name}`, join(folder, name))
  })
  afterAll(() => slurm?.stop())

  /** Submits a plan; numbers of the jobs, shards before merge, pass by pass. */
  async function submit(plan: string, results: string): Promise<string[]> {
    const said = await output(['./submit.sh', `${plan}.json`, results], where)
    return [...said.matchAll(/(?:shards|merge) (\d+)/g)].map(([, job]) => job)
  }

  /** Submits shards alone, which are slow and save often. */
  function array(results: string, tasks: string): Promise<string> {
    const options = ['--every', '0.5s']
    return output(
      [
        'sbatch',
        '--parsable',
        `--array=${tasks}`,
        'score.sbatch',
        'plan.json',
        '4',
        `${results}/states`,
        ...options,
      ],
      slowly(where),
    )
  }

  const hasSaved = (results: string, task: number) => () =>
    existsSync(join(folder, results, `states/${task}.state.checkpoint`))
  const logOf = (job: string, task: number) =>
    readFileSync(join(folder, `logs/score.${job}.${task}.log`), 'utf8')
  const make = (results: string) => output(['mkdir', '-p', 'logs', `${results}/states`], where)
  const merge = (results: string) =>
    run(['sbatch', '--wait', 'merge.sbatch', 'plan.json', `${results}/states`, '--out', results], where)
  const show = (job: string) => output(['scontrol', '-o', 'show', 'job', job], where)

  it('runs all shards and their merge, to the bytes of one process', async () => {
    const [shards, last] = await submit('plan', 'whole')
    expect(await ended(last, slurm)).toBe('COMPLETED')
    expect(await show(`${shards}_0`)).toMatch(/Restarts=0/)
    expect(digestOfResults(where, 'whole')).toBe(alone)
  })

  it('ends a merge with 3 where a shard is missing, and names it', async () => {
    rmSync(join(folder, 'whole/states/2.state'))
    const { code } = await merge('whole')
    expect(code).toBe(3)
    const logs = readdirSync(join(folder, 'logs')).filter(name => name.startsWith('merge'))
    const text = logs.map(name => readFileSync(join(folder, 'logs', name), 'utf8')).join('')
    expect(text).toMatch(/shards 2 of 4 are missing/)
  })

  it('makes only what is missing when it is submitted again', async () => {
    const [shards, last] = await submit('plan', 'whole')
    expect(await ended(last, slurm)).toBe('COMPLETED')
    expect(logOf(shards, 0)).toMatch(/already complete/)
    expect(logOf(shards, 2)).toMatch(/done: \d+ records/)
    expect(digestOfResults(where, 'whole')).toBe(alone)
  })

  it('goes on with a task that was cancelled', async () => {
    await make('cancelled')
    const first = await array('cancelled', '0')
    await until(hasSaved('cancelled', 0), 'the task has saved')
    await output(['scancel', `${first}_0`], where)
    expect(await ended(`${first}_0`, slurm)).toBe('CANCELLED')
    const [shards, last] = await submit('plan', 'cancelled')
    expect(await ended(last, slurm)).toBe('COMPLETED')
    expect(logOf(shards, 0)).toMatch(/resumed from \d+ records/)
    expect(digestOfResults(where, 'cancelled')).toBe(alone)
  })

  it('requeues a task that is told to stop, alone, and goes on with it', async () => {
    await make('warned')
    const job = await array('warned', '0-3')
    await until(hasSaved('warned', 1), 'the task has saved')
    // Slurm tells a step so ahead of its time limit; the batch shell hears nothing of it.
    await output(['scancel', '--signal=TERM', `${job}_1.0`], where)
    await until(async () => /Restarts=1/.test(await show(`${job}_1`)), 'the task is queued again')
    for (const task of [0, 1, 2, 3]) expect(await ended(`${job}_${task}`, slurm)).toBe('COMPLETED')
    expect(logOf(job, 1)).toMatch(/stopped by SIGTERM[\s\S]*resumed from \d+ records/)
    for (const task of [0, 2, 3]) expect(await show(`${job}_${task}`)).toMatch(/Restarts=0/)
    expect((await merge('warned')).code).toBe(0)
    expect(digestOfResults(where, 'warned')).toBe(alone)
  })

  it('finishes the shard of a node that dies on the other', async () => {
    await make('crashed')
    const job = await array('crashed', '0-1')
    await until(hasSaved('crashed', 0), 'the task has saved')
    const node = /\bNodeList=(n[12])/.exec(await show(`${job}_0`))?.[1] as NodeName
    slurm.crash(node)
    await until(async () => /Restarts=1/.test(await show(`${job}_0`)), 'Slurm has seen that the node is gone')
    expect(await jobState(`${job}_0`, slurm)).not.toBe('FAILED')
    expect(await ended(`${job}_0`, slurm)).toBe('COMPLETED')
    expect(/\bNodeList=(n[12])/.exec(await show(`${job}_0`))?.[1]).toBe(node === 'n1' ? 'n2' : 'n1')
    expect(logOf(job, 0)).toMatch(/resumed from \d+ records/)
    await slurm.restart(node)
    const [, last] = await submit('plan', 'crashed')
    expect(await ended(last, slurm)).toBe('COMPLETED')
    expect(digestOfResults(where, 'crashed')).toBe(alone)
  })

  it('does what its README says', async () => {
    const { where: reader, alone, type } = await readerOf(where, 'readme')
    const submitted = await type(blockWith('pipelines/slurm/README.md', './submit.sh'))
    const merge = /merge (\d+)/.exec(submitted)?.[1] ?? expect.fail(submitted)
    expect(await ended(merge, slurm)).toBe('COMPLETED')
    expect(digestOfResults(reader, 'results')).toBe(alone)
    for (const shard of [2, 5, 6, 7]) rmSync(join(reader.cwd, `results/states/${shard}.state`))
    rmSync(join(reader.cwd, 'results/scores.json'))
    const again = await type(blockWith('pipelines/slurm/README.md', 'sbatch --wait'))
    expect(await ended(/(\d+)\s*$/.exec(again)?.[1] ?? expect.fail(again), slurm)).toBe('COMPLETED')
    expect(digestOfResults(reader, 'results')).toBe(alone)
  })

  it('finds a global threshold in a pass of its own', async () => {
    const digest = await planAndScore(where, 'global', '--convention', 'acme-atac')
    const jobs = await submit('global', 'global')
    expect(jobs).toHaveLength(4)
    expect(await ended(jobs[3], slurm)).toBe('COMPLETED')
    expect(digestOfResults(where, 'global')).toBe(digest)
  })
})
