// Makes the frozen states of the format that the sources write now: node test/frozen/make.mjs v3
//
// Once a version is released its folder is never made again: states that people have kept must be read, and give the same
// numbers, for ever. A new format gets a new folder.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('../../', import.meta.url))
const version = process.argv[2]
if (!/^v\d+$/.test(version ?? '')) throw new Error('name the version, as in: node test/frozen/make.mjs v3')

const samples = join(root, 'data-samples')
const target = join(root, 'test/frozen', version)
const work = mkdtempSync(join(tmpdir(), 'attrstream-frozen-'))

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
  stdio: 'inherit',
})

function attrstream(...args) {
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd: work, stdio: 'inherit' })
}

const clear = join(samples, 'exponential-standard.arrow')
attrstream('score', clear, '--checkpoint', 'paper.state')
attrstream('score', clear, '--convention', 'acme-atac', '--checkpoint', 'global.state')

// A plan names files relative to its own place, which is to hold for the repository.
copyFileSync(join(samples, 'relu-spectral-norm.arrow'), join(work, 'relu-spectral-norm.arrow'))
attrstream('plan', 'relu-spectral-norm.arrow', '--model', 'relu', '--shards', '3', '--out', 'plan.json')
for (const i of [0, 1, 2]) {
  attrstream('score', '--plan', 'plan.json', '--shard', `${i}/3`, '--state', `shard-${i}.state`)
}

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
const names = ['paper', 'global', 'shard-0', 'shard-1', 'shard-2'].map(name => `${name}.state`)
for (const name of [...names, 'global.state.radii', 'plan.json']) {
  writeFileSync(join(target, `${name}.gz`), gzipSync(readFileSync(join(work, name)), { level: 9 }))
}
rmSync(work, { recursive: true })
