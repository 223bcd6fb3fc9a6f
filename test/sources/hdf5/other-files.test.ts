import { copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openColumns } from '../../../src/sources/open.js'
import { cli, temporaryFolder } from '../../support/cli.js'

// HDF5 files that lead to others on this machine.

const folder = temporaryFolder()
const at = (name: string) => join(folder, name)
cpSync(join(import.meta.dirname, '../../fixtures/hdf5-links'), folder, { recursive: true })

async function fingerprintOf(name: string): Promise<string | undefined> {
  const source = await openColumns(at(name))
  try {
    expect(source.files).toEqual([at(name), at('maps.h5')])
    return await source.fingerprint()
  } finally {
    await source.close()
  }
}

describe.each(['linked.h5', 'virtual.h5'])('%s', name => {
  it('is read, and the file that it leads to is part of its fingerprint', async () => {
    copyFileSync(join(import.meta.dirname, '../../fixtures/hdf5-links/maps.h5'), at('maps.h5'))
    const state = `${name}.state`
    const first = await cli(['score', name, '--checkpoint', state], { cwd: folder })
    expect(first.code, first.stderr).toBe(0)
    const before = await fingerprintOf(name)
    const bytes = readFileSync(at('maps.h5'))
    bytes[bytes.length - 3] ^= 1
    writeFileSync(at('maps.h5'), bytes)
    expect(await fingerprintOf(name)).not.toBe(before)
    const changed = await cli(['score', name, '--checkpoint', state], { cwd: folder })
    expect(changed.stderr).toContain(`${name} has changed since`)
    expect(changed.code).toBe(78)
  })
})

it.each(['a text', 'another HDF5 file', 'a link to a text'])(
  'raw bytes of %s are not read as the external storage of a dataset',
  async what => {
    const secret = 'a-private-note-'.repeat(20)
    if (what === 'another HDF5 file') {
      writeFileSync(
        at('note.txt'),
        Buffer.concat([readFileSync(at('maps.h5')).subarray(0, 8), Buffer.from(secret)]),
      )
    } else writeFileSync(at('note.txt'), secret)
    if (what === 'a link to a text') symlinkSync(at('note.txt'), at('link.txt'))
    const { code, stderr } = await cli(['convert', 'raw.h5', '--float16', '-o', 'out.arrow'], {
      cwd: folder,
      process: true,
    })
    expect(stderr).toMatch(/raw\.h5: column attributions .*has its values in other files, which are not read/)
    expect(code).toBe(1)
  },
)
