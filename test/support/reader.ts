import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { makeRecords, writeDump } from './dumps.js'
import { writeNpy } from './npz.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const REGIONS = join(ROOT, 'test/sources/regions')
const SAMPLES = join(ROOT, 'data-samples')

/** Python by which documents' own Python is run. */
export const PYTHON = process.env['ATTRSTREAM_PYTHON'] ?? 'python3'

/** Where a reader of a document is: a folder with the files that documents name, and the programs on the path. */
export interface Reader {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** A new reader in a folder of its own within `folder`, with attrstream as `npm link` installs it. */
export function newReader(folder: string): Reader {
  const cwd = mkdtempSync(join(folder, 'reader-'))
  const prefix = join(cwd, '.npm')
  const bin = join(prefix, 'bin')
  mkdirSync(bin, { recursive: true })
  const env = {
    ...process.env,
    PATH: [bin, process.env['PATH']].join(delimiter),
    npm_config_prefix: prefix,
  }
  const linked = spawnSync('npm', ['link', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  })
  if (linked.status !== 0) throw new Error(`npm link ended with ${linked.status}: ${linked.stderr}`)
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  program('producer', `exec cat '${cwd}/stream.arrows'`)
  program('consumer', 'exec cat >/dev/null')
  program('python', `exec '${PYTHON}' -B "$@"`)
  program('duckdb', `exec '${process.execPath}' '${ROOT}test/support/duckdb.mjs'`)
  writeMaps(cwd)
  writeModels(cwd)
  writeBeside(cwd)
  return { cwd, env }
}

/** `maps` in every form, as a folder, as a stream and on a mounted volume; ids are places on a genome. */
function writeMaps(cwd: string): void {
  const records = makeRecords(240, 200).map((record, row) => ({
    ...record,
    id: `chr1:${100 + 200 * row}-${300 + 200 * row}`,
  }))
  writeDump(join(cwd, 'stream.arrows'), records, { rows: 40 })
  for (const ending of ['arrow', 'parquet']) writeDump(join(cwd, `maps.${ending}`), records, { rows: 40 })
  for (const folder of ['maps', 'dumps', 'data/maps', 'data/dump']) {
    mkdirSync(join(cwd, folder), { recursive: true })
    writeDump(join(cwd, folder, '1.arrow'), records.slice(0, 120), { rows: 2 })
    writeDump(join(cwd, folder, '2.parquet'), records.slice(120), { rows: 2 })
  }
  writeFileSync(
    join(cwd, 'labels.csv'),
    ['id,label', ...records.map(({ id }, row) => `${id},${row % 3 === 0 ? 'promoter' : 'enhancer'}`)].join(
      '\n',
    ),
  )
  mkdirSync(join(cwd, 'states'))
}

/** Dumps of three models over the same sequences, and a table of how they perform. */
function writeModels(cwd: string): void {
  cpSync(SAMPLES, join(cwd, 'data-samples'), { recursive: true })
  for (const ending of ['arrow', 'parquet']) {
    copyFileSync(join(SAMPLES, `exponential-standard.${ending}`), join(cwd, `model_a.${ending}`))
    for (const model of ['model_b', 'model_c']) {
      copyFileSync(join(SAMPLES, `relu-spectral-norm.${ending}`), join(cwd, `${model}.${ending}`))
    }
  }
  writeFileSync(
    join(cwd, 'models.csv'),
    [
      'model,auroc,loss,loss_se,task,activation',
      'model_a,0.98,0.12,0.01,1,relu',
      'model_b,0.99,0.1,0.02,1,exp',
      'model_c,0.97,0.15,0.01,1,exp',
      '',
    ].join('\n'),
  )
}

/** Arrays of NumPy and what lies beside them, under the names of docs/inputs.md: 58 maps of 100 positions. */
function writeBeside(cwd: string): void {
  const copies = {
    'shap.npy': 'shap.npy',
    'loci.attr.npz': 'loci.attr.npz',
    'loci.ohe.npz': 'loci.ohe.npz',
    'loci.idx.npy': 'loci.idx.npy',
    'regions.bed': 'regions.bed',
    'hg38.fa': 'genome.fa',
    'hg38.fa.fai': 'genome.fa.fai',
    'sequences.npz': 'loci.ohe.npz',
    'shap/model_a.npy': 'shap.npy',
    'shap/model_b.npy': 'shap.npy',
  }
  for (const head of ['counts', 'profile'])
    copyFileSync(join(ROOT, 'test/sources/hdf5/files/chrombpnet.h5'), join(cwd, `contribs.${head}_scores.h5`))
  mkdirSync(join(cwd, 'shap'))
  for (const [name, from] of Object.entries(copies)) copyFileSync(join(REGIONS, from), join(cwd, name))
  writeFileSync(join(cwd, 'peaks.fa.gz'), gzipSync(readFileSync(join(REGIONS, 'sequences.fa'))))
  const labels = Uint8Array.from({ length: 58 * 100 }, (_, i) => (i % 100 >= 40 && i % 100 < 60 ? 1 : 0))
  writeNpy(join(cwd, 'truth.npy'), [58, 100], labels)
}

/** Runs a block in a shell, as if it were typed: it fails with its first command that does. */
export function typed(
  block: string,
  { cwd, env }: Reader,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', block], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => (said += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, said }))
  })
}
