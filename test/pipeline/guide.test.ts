import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cli, temporaryFolder } from '../support/cli.js'
import { DIST } from '../support/dist.js'
import { blocksOf } from '../support/documents.js'
import { makeRecords, writeDump } from '../support/dumps.js'
import { spawnSync } from 'node:child_process'

// docs/build-a-pipeline.md: every block of TypeScript is run.

const folder = temporaryFolder()
const blocks = blocksOf('docs/build-a-pipeline.md').filter(({ language }) => language === 'ts')
writeDump(join(folder, 'maps.parquet'), makeRecords(60, 200), { rows: 20 })

it('the guide has a pipeline that runs, and passes its check', async () => {
  const path = join(folder, 'gc.ts')
  writeFileSync(path, blocks[0].text)
  const run = await cli(['run', path, join(folder, 'maps.parquet')])
  expect(run).toMatchObject({ code: 0, stderr: '' })
  const [{ outputs }] = JSON.parse(run.stdout).models
  expect(Object.keys(outputs.gc)).toEqual(['value', 'se', 'ci95', 'groups'])
  expect(outputs.gc.se).toBeGreaterThan(0)
  const check = await cli(['check', path, join(folder, 'maps.parquet')])
  expect(check).toMatchObject({ code: 0, stderr: expect.stringContaining('gc: all laws hold') })
})

it('the guide has programs that run', () => {
  expect(blocks).toHaveLength(3)
  for (const [i, { text }] of blocks.slice(1).entries()) {
    const path = join(folder, `program-${i}.mjs`)
    writeFileSync(path, text.replace("'attrstream'", `'${join(DIST, 'index.js')}'`))
    const { status, stderr } = spawnSync(process.execPath, [path], { cwd: folder, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  }
  expect(readFileSync(join(folder, 'lengths.csv'), 'utf8').split('\r\n')).toHaveLength(62)
})
