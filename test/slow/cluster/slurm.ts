import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { output, run, until, withSbin } from './program.js'

/** Programs of Debian's slurmctld, slurmd and slurm-client. */
export const SLURM_PROGRAMS = ['slurmctld', 'slurmd', 'sbatch', 'srun', 'scontrol']
const NODES = ['n1', 'n2'] as const

export type NodeName = (typeof NODES)[number]

/** A Slurm of two nodes with a core each, all on this machine. */
export interface Slurm {
  readonly env: NodeJS.ProcessEnv
  /** Ends a node as a crash would: its daemon and all that runs there, with SIGKILL. */
  crash(node: NodeName): void
  /** Starts a node that has crashed. */
  restart(node: NodeName): Promise<void>
  stop(): Promise<void>
}

/** Without slurmdbd and cgroups, and so eager that tests are short. */
function configuration(folder: string, [port, ...ports]: readonly number[]): string {
  const nodes = NODES.map(
    (name, i) =>
      `NodeName=${name} NodeHostname=localhost Port=${ports[i]} CPUs=1 RealMemory=4000 State=UNKNOWN`,
  )
  return `ClusterName=test
SlurmctldHost=localhost
SlurmctldPort=${port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/log/jobcomp.log
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=10
SlurmdTimeout=10
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd.%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.%n.log
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
${nodes.join('\n')}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefMemPerCPU=500 State=UP
PartitionName=short Nodes=ALL MaxTime=INFINITE DefMemPerCPU=500 State=UP
`
}

/** Brings a cluster up whose files are in `folder`. */
export async function startSlurm(folder: string, userEnv: NodeJS.ProcessEnv): Promise<Slurm> {
  for (const name of ['state', 'spool', 'log', 'run']) mkdirSync(join(folder, name), { recursive: true })
  const conf = join(folder, 'slurm.conf')
  writeFileSync(conf, configuration(folder, await freePorts(3)))
  // Where nothing is mounted on /sys/fs/cgroup, slurmd does not start without this.
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
  // Where a cluster is installed, its configuration is found without the variable, which Snakemake's plugin takes away.
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'srun'), `#!/bin/sh\nSLURM_CONF='${conf}' exec /usr/bin/srun "$@"\n`, {
    mode: 0o755,
  })
  const env = withSbin({ ...userEnv, PATH: [bin, userEnv['PATH']].join(delimiter), SLURM_CONF: conf })
  const where = { cwd: folder, env }
  const daemon = (program: string, ...args: string[]): ChildProcess => {
    const log = openSync(join(folder, 'log', 'daemons.log'), 'a')
    const child = spawn(program, ['-D', ...args], { env, stdio: ['ignore', log, log] })
    closeSync(log)
    return child
  }
  const idle = async () =>
    until(
      async () => (await run(['sinfo', '-h', '-t', 'idle', '-o', '%D'], where)).stdout.trim() === '2',
      `both nodes are idle, see ${folder}/log`,
      30,
    )

  const controller = daemon('slurmctld')
  const nodes = new Map<string, ChildProcess>(NODES.map(name => [name, daemon('slurmd', '-N', name)]))
  const stop = async () => {
    await run(['scancel', '--user=root', '--signal=KILL'], where)
    for (const name of NODES) kill(nodes.get(name), processesOf(conf, name))
    controller.kill('SIGKILL')
  }
  await idle().catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    env,
    crash: name => kill(nodes.get(name), processesOf(conf, name)),
    async restart(name) {
      nodes.set(name, daemon('slurmd', '-N', name))
      await idle()
    },
    stop,
  }
}

/** Ports that nothing listens on, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as AddressInfo).port)
  await Promise.all(servers.map(server => once(server.close(), 'close')))
  return ports
}

/** Ends all at once: what is stopped first reports nothing of the others' ends. */
function kill(daemon: ChildProcess | undefined, others: readonly number[]): void {
  daemon?.kill('SIGKILL')
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    for (const pid of others) {
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended by itself.
      }
    }
  }
}

/** What runs on a node of the cluster: processes of its jobs, and the step daemons above them. */
function processesOf(conf: string, node: NodeName): number[] {
  const found = new Set<number>()
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    const environment = readIfAny(`/proc/${name}/environ`).split('\0')
    if (!environment.includes(`SLURM_CONF=${conf}`) || !environment.includes(`SLURMD_NODENAME=${node}`))
      continue
    for (let pid = Number(name); pid > 1; pid = parentOf(pid)) {
      if (pid !== Number(name) && !readIfAny(`/proc/${pid}/comm`).startsWith('slurmstepd')) break
      found.add(pid)
    }
  }
  return [...found]
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(readIfAny(`/proc/${pid}/status`))?.[1] ?? 0)
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** A job's state, such as RUNNING; of the task of an array where one is named as `123_4`. */
export async function jobState(job: string, slurm: Slurm): Promise<string> {
  const text = await output(['scontrol', '-o', 'show', 'job', job], { cwd: '/', env: slurm.env })
  return /JobState=(\S+)/.exec(text)?.[1] ?? 'UNKNOWN'
}

/** Waits until a job has ended; its state. */
export async function ended(job: string, slurm: Slurm, seconds = 240): Promise<string> {
  let state = ''
  await until(
    async () => {
      state = await jobState(job, slurm)
      return /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|DEADLINE|OUT_OF_MEMORY)$/.test(state)
    },
    `job ${job} has ended`,
    seconds,
  )
  return state
}
