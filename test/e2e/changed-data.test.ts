import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DataError } from '../../src/core/errors.js'
import { openMaps } from '../../src/sources/open-maps.js'
import { openPopulation } from '../../src/scoring/population.js'
import { cli, temporaryFolder } from '../support/cli.js'
import { makeRecords, writeDump } from '../support/dumps.js'

// Data that is not the data any more which a pass began with; large files are tried by slow/e2e/changed-large-data.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)

describe('a file that changes while it is read', () => {
  const small = makeRecords(40, 60)

  async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
    return work().then(
      () => undefined,
      (error: unknown) => (error as DataError).code,
    )
  }

  it('is an error at the end of a pass, but not where it was only touched', async () => {
    writeDump(at('small.arrow'), small, { rows: 10 })
    const { inputs } = await openPopulation({ model: 'm', paths: [at('small.arrow')] }, {})
    const check = () => codeOf(async () => inputs[0].check?.())
    expect(await check()).toBeUndefined()
    utimesSync(at('small.arrow'), new Date(), new Date(0))
    expect(await check()).toBeUndefined()
    writeDump(at('small.arrow'), makeRecords(40, 60, 2), { rows: 10 })
    expect(await check()).toBe('mismatch')
    writeDump(at('small.arrow'), small, { rows: 10 })
    expect(await check()).toBeUndefined()
    writeFileSync(at('small.arrow'), 'no dump')
    expect(await check()).toBe('mismatch')
  })

  it('is one where another takes its place', async () => {
    writeDump(at('old.arrow'), small, { rows: 10 })
    writeDump(at('new.arrow'), makeRecords(40, 60, 2), { rows: 10 })
    const source = await openMaps(at('old.arrow'))
    expect(await codeOf(async () => source.check?.())).toBeUndefined()
    renameSync(at('new.arrow'), at('old.arrow'))
    expect(await codeOf(async () => source.check?.())).toBe('mismatch')
    await source.close()
  })

  it('between the two passes of a global threshold ends the run with 78', async () => {
    writeDump(at('two.arrow'), makeRecords(60, 60), { rows: 10 })
    writeDump(at('other.arrow'), makeRecords(60, 60, 3), { rows: 10 })
    writeFileSync(
      at('swap.mjs'),
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
      const { rename } = fs.promises
      fs.promises.rename = (from, to) => {
        if (String(to).endsWith('.radii')) fs.copyFileSync('other.arrow', 'two.arrow')
        return rename(from, to)
      }
      syncBuiltinESMExports()`,
    )
    const args = [
      'score',
      'two.arrow',
      '--convention',
      'acme-atac',
      '--checkpoint',
      'two.state',
      '--out',
      'two',
    ]
    const { code, stderr } = await cli(args, { cwd: folder, node: ['--import', './swap.mjs'] })
    expect(stderr).toContain('two.arrow: has changed while it was read')
    expect(code).toBe(78)
  })
})
